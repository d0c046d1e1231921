#include "registry/domain/evolve.h"

#include <map>

#include "platform/base/status_macros.h"
#include "registry/tables/tables.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::registry {
namespace {

using base::EventContext;
using journal::v1::Event;

absl::Status Fold(const v1::AreaRecorded& event, const Event&, const EventContext&,
                  base::Rows& rows) {
  v1::AreaRow row;
  *row.mutable_area() = event.area();
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::SchoolRecorded& event, const Event&, const EventContext&,
                  base::Rows& rows) {
  v1::SchoolRow row;
  *row.mutable_school() = event.school();
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::ClassRecorded& event, const Event&, const EventContext& context,
                  base::Rows& rows) {
  PutClass(event.class_facts(), context, rows);
  return absl::OkStatus();
}

absl::Status Fold(const v1::StaffRecorded& event, const Event&, const EventContext&,
                  base::Rows& rows) {
  v1::StaffRow row;
  row.set_staff_id(event.staff_id());
  *row.mutable_name() = event.name();
  if (event.has_phone()) *row.mutable_phone() = event.phone();
  row.set_home_office(event.home_office());
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::DutyStarted& event, const Event&, const EventContext&,
                  base::Rows& rows) {
  v1::DutyRow row;
  *row.mutable_duty() = event.duty();
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::DutyEnded& event, const Event&, const EventContext&, base::Rows& rows) {
  v1::DutyRow row;
  *row.mutable_duty() = event.duty();
  row.set_end_reason(event.reason());
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::ChildRegistered& event, const Event& raw, const EventContext& context,
                  base::Rows& rows) {
  const FactsChange change{&event.facts(), &raw, &context};
  TWINLINE_RETURN_IF_ERROR(PutNewRegistration(event, change, rows));
  v1::ChildRow child;
  child.set_child_id(event.facts().child_id());
  child.set_registration_id(event.facts().registration_id());
  *child.mutable_person() = event.person();
  *child.mutable_guardians() = event.guardians();
  *child.mutable_numbers() = event.numbers();
  child.set_source_row(event.source_row());
  child.set_created_us(context.recorded.us);
  base::Put(rows, child);
  PutClass(event.class_after(), context, rows);
  base::Put(rows, HistoryOf(event.facts().child_id(), change));
  return absl::OkStatus();
}

absl::Status Fold(const v1::ChildCorrected& event, const Event& raw, const EventContext& context,
                  base::Rows& rows) {
  const FactsChange change{&event.facts(), &raw, &context};
  TWINLINE_RETURN_IF_ERROR(PutFacts(change, rows));
  auto child = base::Find<v1::ChildRow>(rows, base::AsId(event.facts().child_id()));
  if (!child) return absl::DataLossError("a corrected child was never recorded");
  v1::HistoryRow history = HistoryOf(event.facts().child_id(), change);
  *history.mutable_changed() = event.changed();
  history.set_reason(event.reason());
  if (event.has_person()) {
    *history.mutable_person_before() = child->person();
    *child->mutable_person() = event.person();
  }
  if (!event.guardians().empty()) *child->mutable_guardians() = event.guardians();
  if (!event.numbers().empty()) *child->mutable_numbers() = event.numbers();
  if (!event.source_row().empty()) child->set_source_row(event.source_row());
  base::Put(rows, *child);
  base::Put(rows, history);
  return absl::OkStatus();
}

// Events that carry the facts after them and at most two classes, and nothing else to fold.
absl::Status FoldFacts(const v1::ChildFacts& facts, const std::string& reason,
                       const std::string& business, const Event& raw, const EventContext& context,
                       base::Rows& rows) {
  const FactsChange change{&facts, &raw, &context};
  TWINLINE_RETURN_IF_ERROR(PutFacts(change, rows));
  v1::HistoryRow history = HistoryOf(facts.child_id(), change);
  history.set_reason(reason);
  history.set_business_id(business);
  base::Put(rows, history);
  return absl::OkStatus();
}

absl::Status Fold(const v1::ChildPlaced& event, const Event& raw, const EventContext& context,
                  base::Rows& rows) {
  PutClass(event.class_before(), context, rows);
  PutClass(event.class_after(), context, rows);
  return FoldFacts(event.facts(), event.reason(), {}, raw, context, rows);
}

absl::Status Fold(const v1::RegistrationMoved& event, const Event& raw, const EventContext& context,
                  base::Rows& rows) {
  PutClass(event.class_before(), context, rows);
  PutClass(event.class_after(), context, rows);
  return FoldFacts(event.facts(), {}, event.business_id(), raw, context, rows);
}

absl::Status Fold(const v1::RegistrationStatusChanged& event, const Event& raw,
                  const EventContext& context, base::Rows& rows) {
  PutClass(event.class_before(), context, rows);
  PutClass(event.class_after(), context, rows);
  return FoldFacts(event.facts(), {}, event.business_id(), raw, context, rows);
}

absl::Status Fold(const v1::ClassPromoted& event, const Event& raw, const EventContext& context,
                  base::Rows& rows) {
  for (const v1::ClassFacts& facts : event.classes()) PutClass(facts, context, rows);
  const std::string continued = event.classes().empty() ? "" : event.classes(0).continued_as();
  for (const v1::ChildFacts& facts : event.children()) {
    TWINLINE_RETURN_IF_ERROR(
        FoldFacts(facts, event.action(), event.business_id(), raw, context, rows));
    // Lawfully elsewhere: it comes back into the class that its own has become.
    if (!facts.class_id().empty() || continued.empty()) continue;
    auto row = base::Find<v1::RegistrationRow>(rows, base::AsId(facts.registration_id()));
    if (!row) return absl::DataLossError("a promoted registration was never recorded");
    row->set_home_class_id(continued);
    base::Put(rows, *row);
  }
  for (const v1::LeftOut& left : event.except()) {
    v1::HistoryRow history = HistoryOf(left.child_id(), {nullptr, &raw, &context});
    history.set_reason(left.reason());
    history.set_business_id(event.business_id());
    base::Put(rows, history);
  }
  return absl::OkStatus();
}

absl::Status Fold(const v1::MoveRefused& event, const Event& raw, const EventContext& context,
                  base::Rows& rows) {
  v1::HistoryRow history = HistoryOf(event.child_id(), {nullptr, &raw, &context});
  history.set_reason(event.code());
  history.set_business_id(event.business_id());
  base::Put(rows, history);
  return absl::OkStatus();
}

absl::Status Fold(const v1::BusinessNoted& event, const Event& raw, const EventContext& context,
                  base::Rows& rows) {
  return FoldFacts(event.facts(), event.open() ? "OPENED" : "ENDED", event.business_id(), raw,
                   context, rows);
}

absl::Status Fold(const v1::ProblemsChanged& event, const Event& raw, const EventContext& context,
                  base::Rows& rows) {
  return FoldFacts(event.facts(), event.reason(), {}, raw, context, rows);
}

absl::Status Fold(const v1::WatchGroupsChanged& event, const Event& raw,
                  const EventContext& context, base::Rows& rows) {
  return FoldFacts(event.facts(), {}, {}, raw, context, rows);
}

absl::Status Fold(const v1::SanctionRecorded& event, const Event& raw, const EventContext& context,
                  base::Rows& rows) {
  return FoldFacts(event.facts(), event.document(), {}, raw, context, rows);
}

absl::Status Fold(const v1::DuplicateReported& event, const Event& raw, const EventContext& context,
                  base::Rows& rows) {
  return EvolveReported(event, raw, context, rows);
}

absl::Status Fold(const v1::DuplicateResolved& event, const Event& raw, const EventContext& context,
                  base::Rows& rows) {
  return EvolveResolved(event, raw, context, rows);
}

absl::Status Fold(const v1::UnlawfulCodeAlarmed& event, const Event& raw,
                  const EventContext& context, base::Rows& rows) {
  v1::AlarmRow row;
  row.set_pos(context.ref.pos());
  row.set_commit(context.ref.commit());
  row.set_event(context.ref.event());
  *row.mutable_alarm() = event;
  row.set_recorded_us(context.recorded.us);
  if (context.actor != nullptr) row.set_actor_subject(context.actor->subject());
  base::Put(rows, row);
  if (!event.child_id().empty()) {
    v1::HistoryRow history = HistoryOf(event.child_id(), {nullptr, &raw, &context});
    history.set_reason(event.code());
    base::Put(rows, history);
  }
  return absl::OkStatus();
}

// The vault knows; no row depends on it.
absl::Status Fold(const v1::KekRotated&, const Event&, const EventContext&, base::Rows&) {
  return absl::OkStatus();
}

// The trail holds them; no row depends on them.
absl::Status Fold(const v1::ImportFinished&, const Event&, const EventContext&, base::Rows&) {
  return absl::OkStatus();
}
absl::Status Fold(const v1::ImportRowsLogged&, const Event&, const EventContext&, base::Rows&) {
  return absl::OkStatus();
}

absl::Status Fold(const v1::ExportRequested& event, const Event&, const EventContext& context,
                  base::Rows& rows) {
  v1::ExportRow row;
  *row.mutable_request() = event;
  row.set_requested_us(context.recorded.us);
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::ExportApproved& event, const Event&, const EventContext& context,
                  base::Rows& rows) {
  auto row = base::Find<v1::ExportRow>(rows, base::AsId(event.export_id()));
  if (!row) return absl::DataLossError("an approved export was never asked for");
  row->set_approved_by(event.approved_by());
  row->set_approved_us(context.recorded.us);
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status Fold(const journal::v1::NoEffect&, const Event&, const EventContext&, base::Rows&) {
  return absl::OkStatus();
}

using Folder = absl::Status (*)(const Event&, const EventContext&, base::Rows&);

template <typename Message>
std::pair<const uint32_t, Folder> Entry() {
  return {base::EventType<Message>(),
          [](const Event& raw, const EventContext& context, base::Rows& rows) {
            Message message;
            if (!message.ParseFromString(raw.data())) {
              return absl::DataLossError("a registry event does not parse");
            }
            if constexpr (requires { EvolveErasure(message, raw, context, rows); }) {
              return EvolveErasure(message, raw, context, rows);
            } else {
              return Fold(message, raw, context, rows);
            }
          }};
}

const std::map<uint32_t, Folder>& Folders() {
  static const auto* folders = new std::map<uint32_t, Folder>{
      Entry<v1::AreaRecorded>(),
      Entry<v1::SchoolRecorded>(),
      Entry<v1::ClassRecorded>(),
      Entry<v1::StaffRecorded>(),
      Entry<v1::DutyStarted>(),
      Entry<v1::DutyEnded>(),
      Entry<v1::ChildRegistered>(),
      Entry<v1::ChildCorrected>(),
      Entry<v1::ChildPlaced>(),
      Entry<v1::RegistrationMoved>(),
      Entry<v1::RegistrationStatusChanged>(),
      Entry<v1::MoveRefused>(),
      Entry<v1::BusinessNoted>(),
      Entry<v1::ProblemsChanged>(),
      Entry<v1::DuplicateReported>(),
      Entry<v1::DuplicateResolved>(),
      Entry<v1::WatchGroupsChanged>(),
      Entry<v1::UnlawfulCodeAlarmed>(),
      Entry<v1::SanctionRecorded>(),
      Entry<v1::KeyDestroyed>(),
      Entry<v1::ErasureOrdered>(),
      Entry<v1::ErasureRequested>(),
      Entry<v1::ErasureDeclined>(),
      Entry<v1::TokenRenewalStarted>(),
      Entry<v1::TokensRenewed>(),
      Entry<v1::ErasureCompleted>(),
      Entry<v1::KekRotated>(),
      Entry<v1::ImportFinished>(),
      Entry<v1::ImportRowsLogged>(),
      Entry<v1::ExportRequested>(),
      Entry<v1::ExportApproved>(),
      Entry<v1::ClassPromoted>(),
      Entry<journal::v1::NoEffect>(),
  };
  return *folders;
}

}  // namespace

absl::Status EvolveEvent(const Event& event, const EventContext& context, base::Rows& rows) {
  const auto folder = Folders().find(event.type());
  if (folder == Folders().end()) {
    return absl::DataLossError("the registry cannot fold event type " +
                               std::to_string(event.type()));
  }
  return folder->second(event, context, rows);
}

}  // namespace twinline::registry
