#include "registry/service/seal.h"

#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/vault/sealed_proto.h"
#include "registry/domain/lookup.h"

namespace twinline::registry {
namespace {

constexpr int kGuardiansMax = 4;

}  // namespace

types::v1::SearchToken ToProto(const vault::SearchToken& token) {
  types::v1::SearchToken out;
  out.set_pepper_version(token.pepper_version);
  out.set_token(token.token);
  return out;
}

std::optional<types::v1::SearchToken> SamePersonToken(const vault::SearchTokens& tokens,
                                                      const v1::PersonInput& normalised) {
  const std::string digest = base::ToHex(base::View(base::Sha256({SamePersonKey(normalised)})));
  const auto token = tokens.Compute(vault::TokenKind::kSamePerson, digest);
  if (!token) return std::nullopt;
  return ToProto(*token);
}

void AddOlderTokens(const Environment& environment, std::string_view id_number,
                    v1::Classified* classified) {
  const auto all = environment.tokens->ComputeAll(vault::TokenKind::kIdNumber, id_number);
  for (size_t i = 1; i < all.size(); ++i) *classified->add_older_tokens() = ToProto(all[i]);
}

std::variant<PreparedChild, base::Refusal> PrepareChild(const v1::ChildInput& input,
                                                        base::CivilDay today, bool demo_realm) {
  PreparedChild prepared;
  auto person = ClassifyPerson(input.person(), today, demo_realm);
  if (const auto* no = std::get_if<base::Refusal>(&person)) return *no;
  prepared.person = std::move(std::get<ClassifiedPerson>(person));
  if (input.guardians_size() > kGuardiansMax) {
    return No("TOO_MANY_GUARDIANS", "监护人最多填写四人。", "At most four guardians.");
  }
  for (const v1::GuardianInput& guardian : input.guardians()) {
    auto checked = ClassifyGuardian(guardian);
    if (const auto* no = std::get_if<base::Refusal>(&checked)) return *no;
    prepared.guardians.push_back(std::move(std::get<v1::GuardianInput>(checked)));
  }
  auto numbers = ClassifyNumbers(input.student_number(), input.secondary_number());
  if (const auto* no = std::get_if<base::Refusal>(&numbers)) return *no;
  prepared.numbers = std::move(std::get<std::vector<PlainNumber>>(numbers));
  return prepared;
}

absl::Status ChildSealer::Text(std::string_view message_type, int field, std::string_view plain,
                               types::v1::Sealed* out) const {
  if (key_.empty()) return absl::OkStatus();  // a dry run: nothing leaves this process
  TWINLINE_ASSIGN_OR_RETURN(
      vault::Sealed sealed,
      environment_.sealer->Seal(key_, {child_, message_type, static_cast<uint32_t>(field)}, plain));
  vault::ToProto(sealed, out);
  return absl::OkStatus();
}

absl::StatusOr<v1::SealedPerson> ChildSealer::Person(const v1::PersonInput& plain) const {
  using S = v1::SealedPerson;
  const std::string& type = S::descriptor()->full_name();
  S out;
  TWINLINE_RETURN_IF_ERROR(Text(type, S::kNameFieldNumber, plain.name(), out.mutable_name()));
  if (!plain.former_name().empty()) {
    TWINLINE_RETURN_IF_ERROR(
        Text(type, S::kFormerNameFieldNumber, plain.former_name(), out.mutable_former_name()));
  }
  if (!plain.id_number().empty()) {
    TWINLINE_RETURN_IF_ERROR(
        Text(type, S::kIdNumberFieldNumber, plain.id_number(), out.mutable_id_number()));
    const auto token = environment_.tokens->Compute(vault::TokenKind::kIdNumber, plain.id_number());
    if (token) *out.mutable_id_token() = ToProto(*token);
  }
  out.set_id_kind(plain.id_kind());
  const std::string birth = base::CivilDay{plain.birth_date().days()}.ToString();
  TWINLINE_RETURN_IF_ERROR(Text(type, S::kBirthDateFieldNumber, birth, out.mutable_birth_date()));
  if (!plain.address().empty()) {
    TWINLINE_RETURN_IF_ERROR(
        Text(type, S::kAddressFieldNumber, plain.address(), out.mutable_address()));
  }
  if (!plain.phone().empty()) {
    TWINLINE_RETURN_IF_ERROR(Text(type, S::kPhoneFieldNumber, plain.phone(), out.mutable_phone()));
  }
  if (!plain.health().empty()) {
    TWINLINE_RETURN_IF_ERROR(
        Text(type, S::kHealthFieldNumber, plain.health(), out.mutable_health()));
  }
  out.set_ethnicity(plain.ethnicity());
  if (auto token = SamePersonToken(*environment_.tokens, plain)) {
    *out.mutable_same_person_token() = *token;
  }
  return out;
}

absl::StatusOr<v1::SealedGuardian> ChildSealer::Guardian(const v1::GuardianInput& plain) const {
  using S = v1::SealedGuardian;
  const std::string& type = S::descriptor()->full_name();
  S out;
  TWINLINE_RETURN_IF_ERROR(Text(type, S::kNameFieldNumber, plain.name(), out.mutable_name()));
  if (!plain.phone().empty()) {
    TWINLINE_RETURN_IF_ERROR(Text(type, S::kPhoneFieldNumber, plain.phone(), out.mutable_phone()));
  }
  if (!plain.id_number().empty()) {
    TWINLINE_RETURN_IF_ERROR(
        Text(type, S::kIdNumberFieldNumber, plain.id_number(), out.mutable_id_number()));
    const auto token = environment_.tokens->Compute(vault::TokenKind::kIdNumber, plain.id_number());
    if (token) *out.mutable_id_token() = ToProto(*token);
  }
  out.set_relation(plain.relation());
  out.set_legal_guardian(plain.legal_guardian());
  if (!plain.workplace().empty()) {
    TWINLINE_RETURN_IF_ERROR(
        Text(type, S::kWorkplaceFieldNumber, plain.workplace(), out.mutable_workplace()));
  }
  return out;
}

absl::StatusOr<v1::ExternalNumber> ChildSealer::Number(const PlainNumber& plain,
                                                       base::CivilDay from) const {
  using S = v1::ExternalNumber;
  S out;
  out.set_kind(plain.kind);
  out.mutable_valid_from()->set_days(from.days);
  const auto token = environment_.tokens->Compute(vault::TokenKind::kStudentNumber, plain.number);
  if (token) *out.mutable_token() = ToProto(*token);
  // Every form holds the ID number or the birth date inside; only its ends stay readable.
  if (plain.kind == "SECONDARY") {
    out.set_number(plain.number.size() < 2 ? "" : plain.number.substr(plain.number.size() - 2));
  } else {
    out.set_number(plain.kind + "…" + plain.number.substr(plain.number.size() - 2));
  }
  TWINLINE_RETURN_IF_ERROR(Text(S::descriptor()->full_name(), S::kSealedNumberFieldNumber,
                                plain.number, out.mutable_sealed_number()));
  return out;
}

absl::StatusOr<v1::RegisterChildCommand> ChildSealer::Registration(
    const v1::ChildInput& input, const PreparedChild& prepared) const {
  v1::RegisterChildCommand command;
  TWINLINE_ASSIGN_OR_RETURN(*command.mutable_person(), Person(prepared.person.person));
  for (const v1::GuardianInput& guardian : prepared.guardians) {
    TWINLINE_ASSIGN_OR_RETURN(*command.add_guardians(), Guardian(guardian));
  }
  for (const PlainNumber& number : prepared.numbers) {
    TWINLINE_ASSIGN_OR_RETURN(*command.add_numbers(), Number(number, environment_.Today()));
  }
  *command.mutable_classified() = prepared.person.result;
  AddOlderTokens(environment_, prepared.person.person.id_number(), command.mutable_classified());
  command.set_school_code(input.school_code());
  command.set_class_id(input.class_id());
  command.set_grade(input.grade());
  command.set_hukou_township(input.hukou_township());
  command.set_hukou_village(input.hukou_village());
  command.set_residence_township(input.residence_township());
  command.set_residence_village(input.residence_village());
  *command.mutable_watch_groups() = input.watch_groups();
  command.set_boarding(input.boarding());
  command.set_special_education(input.special_education());
  *command.mutable_entered_on() = input.entered_on();
  if (!input.has_entered_on()) command.mutable_entered_on()->set_days(environment_.Today().days);
  command.set_entry_kind(input.entry_kind().empty() ? "NORMAL" : input.entry_kind());
  return command;
}

}  // namespace twinline::registry
