// Staff and duties. A staff member has a key in the vault like a child has.
#include "platform/base/hash.h"
#include "platform/base/phone.h"
#include "platform/base/text/name_text.h"
#include "platform/vault/sealed_proto.h"
#include "registry/service/handlers.h"
#include "registry/service/open.h"
#include "twinline/registry/v1/registry_commands.pb.h"
#include "twinline/registry/v1/registry_places.pb.h"

namespace twinline::registry {
namespace {

using Staff = v1::StaffRecorded;

rpc::Fill FillId(const rpc::CallPtr& call) {
  return [call](const engine::Accepted& accepted, const engine::ReadView&) {
    if (accepted.entities.empty()) return;
    rpc::Out<v1::RecordedReply>(*call).set_id(accepted.entities.front().str());
  };
}

absl::Status SealInto(const Environment& environment, const base::Id16& key,
                      const base::Id16& staff, int field, std::string_view plain,
                      types::v1::Sealed* out) {
  auto sealed = environment.sealer->Seal(
      key, {staff, Staff::descriptor()->full_name(), static_cast<uint32_t>(field)}, plain);
  if (!sealed.ok()) return sealed.status();
  vault::ToProto(*sealed, out);
  return absl::OkStatus();
}

void RecordStaff(const rpc::CallPtr& call, const Environment& environment,
                 const engine::ReadView& view) {
  const auto& request = rpc::In<v1::RecordStaffRequest>(*call);
  const std::string name = base::CleanName(request.name());
  if (name.empty()) return call->Finish(No("NAME_MISSING", "请填写姓名。", "The name is missing."));
  const base::Id16 staff =
      request.staff_id().empty()
          ? environment.IdOf("staff", call->actor(), base::AsId(request.write().request_id()))
          : base::AsId(request.staff_id());
  const auto known = base::Find<v1::StaffRow>(*view.rows, staff);
  if (known && !call->reach().CoversOffice(known->home_office())) {
    return call->Finish(No("STAFF_OF_OTHER_OFFICE", "该人员属于其他单位，须由其所在单位更改。",
                           "The person belongs to another office, which must make the change."));
  }
  const auto key = environment.vault->Create(staff, "staff");
  if (!key.ok()) return call->Finish(key.status());
  v1::RecordStaffCommand command;
  command.set_staff_id(request.staff_id());
  command.set_home_office(request.office());
  absl::Status status =
      SealInto(environment, *key, staff, Staff::kNameFieldNumber, name, command.mutable_name());
  if (status.ok() && !request.phone().empty()) {
    status = SealInto(environment, *key, staff, Staff::kPhoneFieldNumber,
                      base::ParsePhone(request.phone()).number, command.mutable_phone());
  }
  if (!status.ok()) return call->Finish(status);
  Write(call, environment, command, FillId(call));
}

void StartDuty(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::StartDutyRequest>(*call);
  v1::StartDutyCommand command;
  command.set_staff_id(request.staff_id());
  command.set_role(request.role());
  command.set_office(request.office());
  *command.mutable_from() = request.from();
  if (request.has_to()) *command.mutable_to() = request.to();
  command.set_deputy(request.deputy());
  Write(call, environment, command, FillId(call));
}

void EndDuty(const rpc::CallPtr& call, const Environment& environment,
             const engine::ReadView& view) {
  const auto& request = rpc::In<v1::EndDutyRequest>(*call);
  const auto row = base::Find<v1::DutyRow>(*view.rows, base::AsId(request.duty_id()));
  // The scope check looked at `office`: it must be the duty's own.
  if (row && row->duty().office() != request.office()) {
    return call->Finish(
        No("DUTY_UNKNOWN", "该单位没有这条任职记录。", "The office has no such duty."));
  }
  v1::EndDutyCommand command;
  command.set_duty_id(request.duty_id());
  *command.mutable_to() = request.to();
  command.set_reason(request.reason());
  Write(call, environment, command, FillId(call));
}

void ListStaff(const rpc::CallPtr& call, const Environment& environment,
               const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListStaffRequest>(*call);
  base::PageRequest page;
  if (!ReadPage(call, request.page(), &page)) return;
  if (request.office().empty()) {
    return call->Finish(No("OFFICE_UNKNOWN", "请指明单位。", "Name an office."));
  }
  auto& reply = rpc::Out<v1::ListStaffReply>(*call);
  const Opener opener(environment);
  const auto found = base::ScanPage<v1::StaffRow>(
      *view.rows,
      base::IndexPrefix<v1::StaffRow>(base::TableOf<v1::StaffRow>::kByOffice, request.office()),
      /*is_index=*/true, page);
  for (const v1::StaffRow& row : found.rows) {
    v1::StaffView* shown = reply.add_staff();
    shown->set_staff_id(row.staff_id());
    shown->set_name(opener.StaffName(row));
    shown->set_phone_masked(opener.StaffPhoneMasked(row));
    shown->set_office(row.home_office());
  }
  reply.set_next_page_token(base::ToHex(found.next_key));
  call->Finish();
}

bool InForce(const v1::DutyFacts& duty, const v1::ListDutiesRequest& request) {
  if (!request.has_on()) return true;
  const int32_t day = request.on().days();
  return duty.from().days() <= day && (!duty.has_to() || day <= duty.to().days());
}

void ListDuties(const rpc::CallPtr& call, const Environment& environment,
                const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListDutiesRequest>(*call);
  auto& reply = rpc::Out<v1::ListDutiesReply>(*call);
  const Opener opener(environment);
  const auto add = [&](const v1::DutyRow& row) {
    if (!InForce(row.duty(), request)) return true;
    v1::DutyView* shown = reply.add_duties();
    *shown->mutable_duty() = row.duty();
    shown->set_end_reason(row.end_reason());
    const auto staff = base::Find<v1::StaffRow>(*view.rows, base::AsId(row.duty().staff_id()));
    if (staff) shown->set_staff_name(opener.StaffName(*staff));
    return true;
  };
  constexpr size_t kMost = 1'000;
  if (!request.staff_id().empty()) {
    base::ScanIndex<v1::DutyRow>(*view.rows, base::TableOf<v1::DutyRow>::kByStaff, kMost, add,
                                 base::AsId(request.staff_id()));
  } else {
    base::ScanIndex<v1::DutyRow>(*view.rows, base::TableOf<v1::DutyRow>::kByOffice, kMost, add,
                                 request.office());
  }
  call->Finish();
}

}  // namespace

void RegisterStaffHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  const auto write = [&](std::string_view name, auto* handler) {
    Serve(registry, name,
          [&environment, handler](rpc::CallPtr call) { handler(call, environment); });
  };
  const auto read = [&](std::string_view name, auto* handler) {
    Serve(registry, name, [&environment, handler](rpc::CallPtr call) {
      rpc::WithView(call, *environment.shard,
                    [call, handler, &environment](const engine::ReadView& view) {
                      handler(call, environment, view);
                    });
    });
  };
  read("RecordStaff", &RecordStaff);
  write("StartDuty", &StartDuty);
  read("EndDuty", &EndDuty);
  read("ListStaff", &ListStaff);
  read("ListDuties", &ListDuties);
}

}  // namespace twinline::registry
