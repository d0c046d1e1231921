#include "registry/service/correction.h"

#include "platform/base/text/name_text.h"
#include "registry/domain/classify.h"
#include "registry/service/plain.h"
#include "registry/service/seal.h"

namespace twinline::registry {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Field by field, by name: the correctable fields of PersonInput and Placement are named alike in
// the request, so that one loop copies and one compares.
void CopyField(const Message& from, Message* to, const std::string& name) {
  const FieldDescriptor* source = from.GetDescriptor()->FindFieldByName(name);
  const FieldDescriptor* target = to->GetDescriptor()->FindFieldByName(name);
  if (source == nullptr || target == nullptr) return;
  const auto* read = from.GetReflection();
  const auto* write = to->GetReflection();
  switch (source->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      write->SetString(to, target, read->GetString(from, source));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      write->SetUInt32(to, target, read->GetUInt32(from, source));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      write->SetBool(to, target, read->GetBool(from, source));
      break;
    default:
      write->MutableMessage(to, target)->CopyFrom(read->GetMessage(from, source));
      break;
  }
}

std::string FieldText(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  const auto* read = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return read->GetString(message, field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(read->GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return read->GetBool(message, field) ? "1" : "";
    default:
      return read->HasField(message, field)
                 ? read->GetMessage(message, field).SerializeAsString() + "+"
                 : "";
  }
}

bool HasField(const google::protobuf::Descriptor* type, const std::string& name) {
  return type->FindFieldByName(name) != nullptr;
}

v1::Placement PlacementOf(const v1::ChildFacts& facts) {
  v1::Placement place;
  place.set_hukou_township(facts.hukou_township());
  place.set_hukou_village(facts.hukou_village());
  place.set_residence_township(facts.residence_township());
  place.set_residence_village(facts.residence_village());
  place.set_boarding(facts.boarding());
  place.set_special_education(facts.special_education());
  return place;
}

class Builder {
 public:
  Builder(const Environment& environment, const Subject& subject, const v1::ChildInput& wanted,
          const std::set<std::string>& fields, Blanks blanks)
      : environment_(environment),
        blanks_(blanks),
        subject_(subject),
        wanted_(wanted),
        fields_(fields),
        before_(OpenChild(Opener(environment), subject.child)),
        sealer_(environment, base::AsId(subject.child.child_id()),
                base::AsId(subject.child.person().name().key_id())) {
    before_.person.set_sex(subject.facts().sex());
  }

  std::variant<v1::CorrectChildCommand, base::Refusal, absl::Status> Build() {
    command_.set_child_id(subject_.child.child_id());
    if (!before_.complete()) {
      return No("PERSONAL_DATA_UNREADABLE", "该生个人信息已销毁或无法读取，不能更正。",
                "The personal data was destroyed or cannot be read.");
    }
    if (auto no = Person()) return *no;
    if (auto no = Guardians()) return *no;
    if (auto no = Numbers()) return *no;
    Placement();
    if (!status_.ok()) return status_;
    return std::move(command_);
  }

 private:
  bool Wants(const std::string& field) const { return fields_.contains(field); }

  template <typename T, typename Target>
  void Take(absl::StatusOr<T> sealed, Target* out) {
    if (sealed.ok()) {
      *out = *std::move(sealed);
    } else if (status_.ok()) {
      status_ = sealed.status();
    }
  }

  std::optional<base::Refusal> Person() {
    v1::PersonInput plain = before_.person;
    bool any = false;
    for (const std::string& field : fields_) {
      if (!HasField(v1::PersonInput::descriptor(), field)) continue;
      CopyField(wanted_.person(), &plain, field);
      any = true;
    }
    if (!any) return std::nullopt;
    // A child without ID number gets one: its kind follows from the number.
    if (Wants("id_number") && !Wants("id_kind") && before_.person.id_kind() == "NONE") {
      plain.clear_id_kind();
    }
    auto classified = ClassifyPerson(plain, environment_.Today(), environment_.demo_realm);
    if (const auto* no = std::get_if<base::Refusal>(&classified)) return *no;
    auto& after = std::get<ClassifiedPerson>(classified);
    bool differs = false;
    for (const FieldDescriptor* field : Fields(v1::PersonInput::descriptor())) {
      if (FieldText(after.person, field->name()) == FieldText(before_.person, field->name())) {
        continue;
      }
      command_.add_changed(field->name());
      differs = true;
    }
    if (!differs) return std::nullopt;
    Take(sealer_.Person(after.person), command_.mutable_person());
    *command_.mutable_classified() = after.result;
    AddOlderTokens(environment_, after.person.id_number(), command_.mutable_classified());
    return std::nullopt;
  }

  static std::vector<const FieldDescriptor*> Fields(const google::protobuf::Descriptor* type) {
    std::vector<const FieldDescriptor*> fields;
    for (int i = 0; i < type->field_count(); ++i) fields.push_back(type->field(i));
    return fields;
  }

  std::vector<v1::GuardianInput> WantedGuardians() const {
    std::vector<v1::GuardianInput> wanted(wanted_.guardians().begin(), wanted_.guardians().end());
    if (blanks_ == Blanks::kMeant) return wanted;
    for (size_t i = 0; i < before_.guardians.size(); ++i) {
      const v1::GuardianInput& old = before_.guardians[i];
      if (i >= wanted.size()) {
        wanted.push_back(old);
        continue;
      }
      v1::GuardianInput& now = wanted[i];
      if (now.name().empty()) now.set_name(old.name());
      if (base::CleanName(now.name()) != old.name()) continue;  // another person: nothing to keep
      if (now.phone().empty()) now.set_phone(old.phone());
      if (now.id_number().empty()) now.set_id_number(old.id_number());
      if (now.relation().empty()) now.set_relation(old.relation());
      now.set_workplace(old.workplace());
      now.set_legal_guardian(old.legal_guardian());
    }
    return wanted;
  }

  std::optional<base::Refusal> Guardians() {
    if (!Wants("guardians")) return std::nullopt;
    std::vector<v1::GuardianInput> after;
    std::string before_bytes, after_bytes;
    for (const auto& guardian : before_.guardians) before_bytes += guardian.SerializeAsString();
    for (const v1::GuardianInput& guardian : WantedGuardians()) {
      auto checked = ClassifyGuardian(guardian);
      if (const auto* no = std::get_if<base::Refusal>(&checked)) return *no;
      after.push_back(std::get<v1::GuardianInput>(checked));
      after_bytes += after.back().SerializeAsString();
    }
    // An empty list would leave a child without anybody to call; it is never what a correction
    // means.
    if (after.empty() || before_bytes == after_bytes) return std::nullopt;
    command_.set_replace_guardians(true);
    command_.add_changed("guardians");
    for (const auto& guardian : after) Take(sealer_.Guardian(guardian), command_.add_guardians());
    return std::nullopt;
  }

  std::optional<base::Refusal> Numbers() {
    const std::string student = Wants("student_number") ? wanted_.student_number() : "";
    const std::string secondary = Wants("secondary_number") ? wanted_.secondary_number() : "";
    auto numbers = ClassifyNumbers(student, secondary);
    if (const auto* no = std::get_if<base::Refusal>(&numbers)) return *no;
    for (const PlainNumber& number : std::get<std::vector<PlainNumber>>(numbers)) {
      const bool is_secondary = number.kind == "SECONDARY";
      if (before_.Number(is_secondary) == number.number) continue;
      command_.add_changed(is_secondary ? "secondary_number" : "student_number");
      Take(sealer_.Number(number, environment_.Today()), command_.add_new_numbers());
    }
    return std::nullopt;
  }

  void Placement() {
    const v1::Placement before = PlacementOf(subject_.facts());
    v1::Placement after = before;
    for (const std::string& field : fields_) {
      if (!HasField(v1::Placement::descriptor(), field)) continue;
      CopyField(wanted_, &after, field);
      if (FieldText(before, field) != FieldText(after, field)) command_.add_changed(field);
    }
    if (before.SerializeAsString() != after.SerializeAsString()) {
      *command_.mutable_placement() = after;
    }
  }

  const Environment& environment_;
  const Blanks blanks_;
  const Subject& subject_;
  const v1::ChildInput& wanted_;
  const std::set<std::string>& fields_;
  PlainChild before_;
  const ChildSealer sealer_;
  v1::CorrectChildCommand command_;
  absl::Status status_;
};

}  // namespace

const std::set<std::string>& CorrectableFields() {
  static const auto* fields = [] {
    auto* all = new std::set<std::string>{"guardians", "student_number", "secondary_number"};
    for (const auto* type : {v1::PersonInput::descriptor(), v1::Placement::descriptor()}) {
      for (int i = 0; i < type->field_count(); ++i) all->insert(type->field(i)->name());
    }
    return all;
  }();
  return *fields;
}

std::variant<v1::CorrectChildCommand, base::Refusal, absl::Status> BuildCorrection(
    const Environment& environment, const Subject& subject, const v1::ChildInput& wanted,
    const std::set<std::string>& fields, Blanks blanks) {
  return Builder(environment, subject, wanted, fields, blanks).Build();
}

}  // namespace twinline::registry
