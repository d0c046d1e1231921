#include "registry/service/plain.h"

namespace twinline::registry {
namespace {

class Reader {
 public:
  Reader(const Opener& opener, const v1::ChildRow& child, PlainChild* out)
      : opener_(opener), owner_(base::AsId(child.child_id())), out_(out) {}

  std::string Read(const std::string& type, int field, const types::v1::Sealed& sealed,
                   std::string_view name) {
    if (sealed.ciphertext().empty()) return {};
    vault::Opened opened = opener_.Open(owner_, type, field, sealed);
    if (opened.state == vault::OpenState::kOpen) return std::move(opened.plaintext);
    auto& list = opened.state == vault::OpenState::kDestroyed ? out_->destroyed : out_->unreadable;
    if (list.empty() || list.back() != name) list.emplace_back(name);
    return {};
  }

 private:
  const Opener& opener_;
  const base::Id16 owner_;
  PlainChild* out_;
};

void ReadPerson(const v1::SealedPerson& sealed, Reader& reader, v1::PersonInput* person) {
  using S = v1::SealedPerson;
  const std::string& type = S::descriptor()->full_name();
  person->set_name(reader.Read(type, S::kNameFieldNumber, sealed.name(), "name"));
  person->set_former_name(
      reader.Read(type, S::kFormerNameFieldNumber, sealed.former_name(), "former_name"));
  person->set_id_kind(sealed.id_kind());
  person->set_id_number(
      reader.Read(type, S::kIdNumberFieldNumber, sealed.id_number(), "id_number"));
  const auto birth = base::CivilDay::Parse(
      reader.Read(type, S::kBirthDateFieldNumber, sealed.birth_date(), "birth_date"));
  if (birth) person->mutable_birth_date()->set_days(birth->days);
  person->set_address(reader.Read(type, S::kAddressFieldNumber, sealed.address(), "address"));
  person->set_phone(reader.Read(type, S::kPhoneFieldNumber, sealed.phone(), "phone"));
  person->set_ethnicity(sealed.ethnicity());
  person->set_health(reader.Read(type, S::kHealthFieldNumber, sealed.health(), "health"));
}

}  // namespace

std::string PlainChild::Number(bool secondary) const {
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    if ((number->kind() == "SECONDARY") == secondary) return number->number();
  }
  return {};
}

PlainChild OpenChild(const Opener& opener, const v1::ChildRow& child) {
  PlainChild out;
  Reader reader(opener, child, &out);
  ReadPerson(child.person(), reader, &out.person);
  using G = v1::SealedGuardian;
  const std::string& type = G::descriptor()->full_name();
  for (const G& sealed : child.guardians()) {
    v1::GuardianInput guardian;
    guardian.set_name(reader.Read(type, G::kNameFieldNumber, sealed.name(), "guardians"));
    guardian.set_phone(reader.Read(type, G::kPhoneFieldNumber, sealed.phone(), "guardians"));
    guardian.set_id_number(
        reader.Read(type, G::kIdNumberFieldNumber, sealed.id_number(), "guardians"));
    guardian.set_relation(sealed.relation());
    guardian.set_legal_guardian(sealed.legal_guardian());
    guardian.set_workplace(
        reader.Read(type, G::kWorkplaceFieldNumber, sealed.workplace(), "guardians"));
    out.guardians.push_back(std::move(guardian));
  }
  using N = v1::ExternalNumber;
  for (const N& number : child.numbers()) {
    v1::NumberReveal shown;
    shown.set_kind(number.kind());
    *shown.mutable_valid_from() = number.valid_from();
    shown.set_number(reader.Read(N::descriptor()->full_name(), N::kSealedNumberFieldNumber,
                                 number.sealed_number(), "numbers"));
    out.numbers.push_back(std::move(shown));
  }
  return out;
}

}  // namespace twinline::registry
