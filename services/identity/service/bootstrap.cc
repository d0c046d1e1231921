#include "identity/service/bootstrap.h"

#include "absl/strings/str_cat.h"
#include "identity/domain/password.h"
#include "identity/service/first_passwords.h"
#include "identity/service/first_staff.h"
#include "identity/service/submit.h"
#include "identity/tables/tables.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/vault/owner_key.h"
#include "twinline/identity/v1/identity_commands.pb.h"
#include "twinline/identity/v1/identity_events.pb.h"

namespace twinline::identity {
namespace {

absl::Status Check(const FirstAccounts& first) {
  if (!first.installation.demo() && first.present.size() != 2) {
    return absl::InvalidArgumentError(
        "a real installation is set up by two persons: give both names, they are recorded");
  }
  if (first.file.empty() && !first.print) {
    return absl::InvalidArgumentError("nowhere to show the first passwords: give a file");
  }
  return absl::OkStatus();
}

bool HasAccounts(const engine::Shard& identity) {
  bool any = false;
  base::ScanRows<v1::AccountRow>(*identity.Read().rows, 1, [&any](const v1::AccountRow&) {
    any = true;
    return false;
  });
  return any;
}

absl::Status SealNames(const FirstAccounts& first, v1::CreateFirstAccountsCommand* command) {
  const base::Id16 owner = base::DeriveId({"init present", first.installation.id.bytes()});
  command->set_present_owner(owner.str());
  for (const std::string& name : first.present) {
    TWINLINE_RETURN_IF_ERROR(
        vault::SealText(*first.vault, *first.sealer,
                        {owner, v1::FirstAccountsCreated::descriptor()->full_name(),
                         v1::FirstAccountsCreated::kPresentFieldNumber},
                        name, command->add_present()));
  }
  return absl::OkStatus();
}

absl::Status StorePasswords(const FirstAccounts& first, const std::vector<FirstPassword>& passwords,
                            v1::CreateFirstAccountsCommand* command) {
  for (const FirstPassword& password : passwords) {
    TWINLINE_ASSIGN_OR_RETURN(const std::string phc,
                              HashPassword(password.password, base::RandomBytes(kSaltSize)));
    const base::Id16 subject =
        FirstAdministrator(first.installation.id, password.administrator->role);
    TWINLINE_ASSIGN_OR_RETURN(
        const base::Id16 entry,
        first.vault->Put(subject, vault::SecretKind::kPasswordHash, "password", phc));
    v1::CreateAccountCommand* account = command->add_accounts();
    account->set_subject(subject.str());
    account->set_login(password.administrator->login);
    account->set_password_entry(entry.str());
  }
  return absl::OkStatus();
}

absl::Status Submit(const FirstAccounts& first, const v1::CreateFirstAccountsCommand& command) {
  // Of this attempt: a later one has other passwords.
  const base::Id16 id = base::DeriveId(
      {"init accounts", first.installation.id.bytes(), command.accounts(0).password_entry()});
  const engine::Answer answer =
      SubmitAndWait(*first.identity, ServiceSubmission("service:init", id, command));
  if (const auto* status = std::get_if<absl::Status>(&answer)) return *status;
  if (const auto* refusal = std::get_if<base::Refusal>(&answer)) {
    return absl::FailedPreconditionError(absl::StrCat(refusal->code, ": ", refusal->en));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CreateFirstAccounts(const FirstAccounts& first) {
  if (HasAccounts(*first.identity)) return absl::OkStatus();
  TWINLINE_RETURN_IF_ERROR(Check(first));
  TWINLINE_RETURN_IF_ERROR(RecordFirstStaff(first));
  const std::vector<FirstPassword> passwords = DrawFirstPasswords();
  v1::CreateFirstAccountsCommand command;
  TWINLINE_RETURN_IF_ERROR(SealNames(first, &command));
  TWINLINE_RETURN_IF_ERROR(StorePasswords(first, passwords, &command));
  // Written before the accounts exist: after a crash in between there are passwords without
  // accounts, which a second run replaces, and never accounts without passwords.
  const std::string sheet = PasswordSheet(passwords, first.installation);
  if (!first.file.empty()) TWINLINE_RETURN_IF_ERROR(WriteSheet(first.file, sheet));
  if (absl::Status created = Submit(first, command); !created.ok()) {
    // Of an unknown outcome the file may be needed.
    if (created.code() == absl::StatusCode::kFailedPrecondition) RemoveSheet(first.file);
    return created;
  }
  if (first.file.empty()) first.print(sheet);
  return absl::OkStatus();
}

}  // namespace twinline::identity
