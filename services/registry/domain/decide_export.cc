// An export shows many children at once, so two persons stand behind it (R-30, N09).
#include "registry/domain/decide.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"

namespace twinline::registry {

base::Decision Decide(const v1::RequestExportCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  if (!ParseOffice(command.office())) {
    return No("OFFICE_UNKNOWN", "所填单位不存在。", "There is no such office.");
  }
  if (command.purpose().empty()) {
    return No("REASON_MISSING", "请写明导出用途。", "Say what the export is for.");
  }
  v1::ExportRequested event;
  event.set_export_id(context.NewId("export").str());
  event.set_school_code(command.school_code());
  event.set_office(command.office());
  event.set_personal(command.personal());
  event.set_children(command.children());
  event.set_purpose(command.purpose());
  event.set_requested_by(context.actor.subject());
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::ApproveExportCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto row = base::Find<v1::ExportRow>(rows, base::AsId(command.export_id()));
  if (!row) return No("EXPORT_UNKNOWN", "没有这项导出申请。", "There is no such export.");
  if (!row->approved_by().empty()) {
    return No("EXPORT_APPROVED", "该导出申请已批准。", "The export is already approved.");
  }
  if (row->request().requested_by() == context.actor.subject()) {
    return No("SECOND_PERSON_NEEDED", "导出须由申请人以外的人员批准。",
              "Another person than the applicant must approve the export.");
  }
  v1::ExportApproved event;
  event.set_export_id(command.export_id());
  event.set_approved_by(context.actor.subject());
  return base::Events{base::MakeEvent(event, context.today)};
}

}  // namespace twinline::registry
