#include "identity/service/first_staff.h"

#include "absl/strings/str_cat.h"
#include "identity/service/first_passwords.h"
#include "identity/service/submit.h"
#include "platform/base/civil.h"
#include "platform/base/status_macros.h"
#include "platform/vault/owner_key.h"
#include "twinline/registry/v1/registry_commands.pb.h"

namespace twinline::identity {
namespace {

constexpr char kUnnamed[] = "名称待登记";

template <typename Command>
engine::Answer Tell(const FirstAccounts& first, std::string_view what, const Command& command) {
  const base::Id16 id = base::DeriveId({"init", first.installation.id.bytes(), what});
  return SubmitAndWait(*first.registry, ServiceSubmission("service:init", id, command));
}

// `settled`: the code of a refusal that says that it is so already.
absl::Status ToStatus(const engine::Answer& answer, std::string_view what,
                      std::string_view settled = "") {
  if (const auto* status = std::get_if<absl::Status>(&answer)) return *status;
  const auto* refusal = std::get_if<base::Refusal>(&answer);
  if (refusal == nullptr || refusal->code == settled) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("the registry refuses ", std::string(what),
                                                    ": ", refusal->code, ", ", refusal->en));
}

absl::Status RecordAreas(const FirstAccounts& first) {
  const std::string& county = first.installation.county_code;
  const struct {
    size_t digits;
    const char* kind;
    const std::string& name;
  } areas[] = {{2, "PROVINCE", first.province_name},
               {4, "CITY", first.city_name},
               {6, "COUNTY", first.county_name}};
  for (const auto& area : areas) {
    registry::v1::RecordAreaCommand command;
    command.mutable_area()->set_code(county.substr(0, area.digits));
    command.mutable_area()->set_kind(area.kind);
    command.mutable_area()->set_name(area.name.empty() ? kUnnamed : area.name);
    TWINLINE_RETURN_IF_ERROR(
        ToStatus(Tell(first, absl::StrCat("area ", area.kind), command), area.kind));
  }
  return absl::OkStatus();
}

absl::Status RecordOne(const FirstAccounts& first, const Administrator& who) {
  const base::Id16 staff = FirstAdministrator(first.installation.id, who.role);
  const std::string office = "bureau:" + first.installation.county_code;
  const std::string login(who.login);
  registry::v1::RecordStaffCommand person;
  person.set_staff_id(staff.str());
  person.set_home_office(office);
  TWINLINE_RETURN_IF_ERROR(
      vault::SealText(*first.vault, *first.sealer,
                      {staff, registry::v1::StaffRecorded::descriptor()->full_name(),
                       registry::v1::StaffRecorded::kNameFieldNumber},
                      who.title_zh, person.mutable_name()));
  engine::Answer answer = Tell(first, "staff " + login, person);
  const auto* refusal = std::get_if<base::Refusal>(&answer);
  // An empty registry: there is no county yet. What exists is not touched, its names may be better.
  if (refusal != nullptr && refusal->code == "OFFICE_UNKNOWN") {
    TWINLINE_RETURN_IF_ERROR(RecordAreas(first));
    answer = Tell(first, "staff " + login, person);
  }
  TWINLINE_RETURN_IF_ERROR(ToStatus(answer, login));
  registry::v1::StartDutyCommand duty;
  duty.set_staff_id(staff.str());
  duty.set_role(who.role);
  duty.set_office(office);
  duty.mutable_from()->set_days(base::DayOf(first.clock->Now()).days);
  return ToStatus(Tell(first, "duty " + login, duty), "the duty of " + login, "DUTY_EXISTS");
}

}  // namespace

base::Id16 FirstAdministrator(const base::Id16& installation, types::v1::Role role) {
  return base::DeriveId({"init staff", installation.bytes(), std::to_string(role)});
}

absl::Status RecordFirstStaff(const FirstAccounts& first) {
  for (const Administrator& administrator : kAdministrators) {
    TWINLINE_RETURN_IF_ERROR(RecordOne(first, administrator));
  }
  return absl::OkStatus();
}

}  // namespace twinline::identity
