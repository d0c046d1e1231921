#include "registry/service/open.h"

#include "platform/base/mask.h"
#include "platform/base/text/pinyin.h"
#include "platform/vault/sealed_proto.h"
#include "registry/domain/rules.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::registry {
namespace {

using Person = v1::SealedPerson;
using Guardian = v1::SealedGuardian;
using Staff = v1::StaffRecorded;

bool IsMarker(std::string_view text) { return text == kDestroyedText || text == kUnreadableText; }

}  // namespace

rpc::ChildPlace PlaceOf(const v1::ChildFacts& facts) {
  rpc::ChildPlace place;
  place.school_code = facts.school_code();
  place.class_id = base::AsId(facts.class_id());
  place.hukou_township = facts.hukou_township();
  place.hukou_village = facts.hukou_village();
  place.residence_township = facts.residence_township();
  place.residence_village = facts.residence_village();
  place.pending_school_code = facts.pending_school_code();
  return place;
}

vault::Opened Opener::Open(const base::Id16& owner, std::string_view message_type, int field,
                           const types::v1::Sealed& sealed) const {
  const auto plain = vault::FromProto(sealed);
  if (!plain) return {};
  auto opened =
      environment_.sealer->Open(*plain, {owner, message_type, static_cast<uint32_t>(field)});
  return opened.ok() ? *std::move(opened) : vault::Opened{};
}

std::string Opener::Text(const base::Id16& owner, std::string_view message_type, int field,
                         const types::v1::Sealed& sealed) const {
  if (sealed.ciphertext().empty()) return {};
  vault::Opened opened = Open(owner, message_type, field, sealed);
  switch (opened.state) {
    case vault::OpenState::kOpen:
      return std::move(opened.plaintext);
    case vault::OpenState::kDestroyed:
      return std::string(kDestroyedText);
    case vault::OpenState::kUnreadable:
      break;
  }
  return std::string(kUnreadableText);
}

std::string Opener::Name(const v1::ChildRow& child) const {
  return Text(base::AsId(child.child_id()), Person::descriptor()->full_name(),
              Person::kNameFieldNumber, child.person().name());
}

std::string Opener::StaffName(const v1::StaffRow& staff) const {
  return Text(base::AsId(staff.staff_id()), Staff::descriptor()->full_name(),
              Staff::kNameFieldNumber, staff.name());
}

std::string Opener::StaffPhoneMasked(const v1::StaffRow& staff) const {
  const std::string phone = Text(base::AsId(staff.staff_id()), Staff::descriptor()->full_name(),
                                 Staff::kPhoneFieldNumber, staff.phone());
  return IsMarker(phone) ? phone : base::MaskPhone(phone);
}

v1::ChildView Opener::View(const Subject& subject, const base::Rows& rows, bool detailed) const {
  const base::Id16 owner = base::AsId(subject.child.child_id());
  const std::string& type = Person::descriptor()->full_name();
  const v1::SealedPerson& person = subject.child.person();
  v1::ChildView view;
  view.set_child_id(subject.child.child_id());
  *view.mutable_facts() = subject.facts();
  view.set_name(Name(subject.child));
  view.set_erased(subject.child.key_destroyed());
  if (!IsMarker(view.name())) view.set_pinyin(base::PinyinOf(view.name()).full);
  view.set_id_kind(person.id_kind());
  const std::string id = Text(owner, type, Person::kIdNumberFieldNumber, person.id_number());
  view.set_id_masked(IsMarker(id) ? id : base::MaskIdNumber(id));
  const std::string phone = Text(owner, type, Person::kPhoneFieldNumber, person.phone());
  view.set_phone_masked(IsMarker(phone) ? phone : base::MaskPhone(phone));
  view.set_entry_kind(subject.registration.entry_kind());
  *view.mutable_entered_on() = subject.registration.entered_on();
  if (const auto room = FindClass(rows, subject.facts().class_id())) {
    view.set_class_name(ClassName(room->grade(), room->number()));
  }
  if (const auto school = FindSchool(rows, subject.facts().school_code())) {
    view.set_school_name(school->name());
  }
  if (detailed) AddDetails(subject.child, &view);
  return view;
}

void Opener::AddDetails(const v1::ChildRow& child, v1::ChildView* view) const {
  const base::Id16 owner = base::AsId(child.child_id());
  const std::string& type = Guardian::descriptor()->full_name();
  for (const v1::SealedGuardian& sealed : child.guardians()) {
    v1::GuardianView* guardian = view->add_guardians();
    guardian->set_name(Text(owner, type, Guardian::kNameFieldNumber, sealed.name()));
    guardian->set_relation(sealed.relation());
    guardian->set_legal_guardian(sealed.legal_guardian());
    const std::string phone = Text(owner, type, Guardian::kPhoneFieldNumber, sealed.phone());
    guardian->set_phone_masked(IsMarker(phone) ? phone : base::MaskPhone(phone));
  }
  for (const v1::ExternalNumber& number : child.numbers()) {
    v1::NumberView* shown = view->add_numbers();
    shown->set_number_masked(number.number());
    shown->set_kind(number.kind());
    *shown->mutable_valid_from() = number.valid_from();
  }
}

}  // namespace twinline::registry
