#include "registry/domain/classify.h"

#include "platform/base/citizen_id.h"
#include "platform/base/identifier_text.h"
#include "platform/base/phone.h"
#include "platform/base/student_number.h"
#include "platform/base/text/name_text.h"
#include "platform/base/utf8.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"

namespace twinline::registry {
namespace {

constexpr size_t kNameBytesMax = 150;
constexpr size_t kTextBytesMax = 600;

v1::Notice Warning(std::string_view code, std::string_view zh, std::string_view en) {
  v1::Notice notice;
  notice.set_code(std::string(code));
  notice.set_message_zh(std::string(zh));
  notice.set_message_en(std::string(en));
  return notice;
}

// GB/T 3304: 01 to 56, 97 others, 98 of foreign descent.
bool KnownEthnicity(std::string_view code) {
  if (code.size() != 2 || code.find_first_not_of("0123456789") != std::string_view::npos)
    return false;
  const int number = (code[0] - '0') * 10 + (code[1] - '0');
  return (1 <= number && number <= 56) || number == 97 || number == 98;
}

std::optional<base::Refusal> NormaliseTexts(v1::PersonInput* person) {
  for (const std::string* text :
       {&person->name(), &person->former_name(), &person->address(), &person->health()}) {
    if (!base::IsValidUtf8(*text) || text->size() > kTextBytesMax) {
      return No("TEXT_INVALID", "文字含有无法识别的字符或过长。",
                "A text is not valid UTF-8 or too long.");
    }
  }
  person->set_name(base::CleanName(person->name()));
  person->set_former_name(base::CleanName(person->former_name()));
  if (person->name().empty()) return No("NAME_MISSING", "请填写姓名。", "The name is missing.");
  if (person->name().size() > kNameBytesMax) {
    return No("NAME_TOO_LONG", "姓名过长。", "The name is too long.");
  }
  if (!person->ethnicity().empty() && !KnownEthnicity(person->ethnicity())) {
    return No("ETHNICITY_UNKNOWN", "民族代码不在GB/T 3304代码表内。", "Unknown ethnicity code.");
  }
  if (person->sex() != 0 && person->sex() != 1 && person->sex() != 2 && person->sex() != 9) {
    return No("SEX_UNKNOWN", "性别代码不在GB/T 2261.1代码表内。", "Unknown sex code.");
  }
  person->set_phone(base::ParsePhone(person->phone()).number);
  return std::nullopt;
}

// Fills birth date and sex from a right ID number, or flags what does not fit.
std::optional<base::Refusal> CheckResidentId(base::CivilDay today, bool demo_realm,
                                             ClassifiedPerson* out) {
  v1::PersonInput& person = out->person;
  const base::CitizenId id = base::ParseCitizenId(person.id_number(), today);
  person.set_id_number(id.number);
  if (!id.ok()) {
    const base::CitizenIdText text = base::Describe(id.verdict);
    out->result.add_id_problems("ID_INVALID");
    out->warnings.push_back(Warning("ID_INVALID", text.zh, text.en));
    // With only the check digit wrong the date is most likely right, and better than turning the
    // child away for want of one (A01).
    if (!person.has_birth_date() && id.birth && *id.birth <= today) {
      person.mutable_birth_date()->set_days(id.birth->days);
    }
    return std::nullopt;
  }
  switch (base::CheckArea(id, demo_realm)) {
    case base::AreaRule::kFits:
      break;
    case base::AreaRule::kRefuse:
      return No("DEMO_AREA_ONLY", "演示环境只接受411299开头的虚构身份证号，严禁录入真实证件号。",
                "A demonstration accepts only made-up ID numbers of area 411299.");
    case base::AreaRule::kFlag:
      out->result.add_id_problems("DEMO_AREA");
      out->warnings.push_back(Warning("DEMO_AREA", "该身份证号使用演示地区代码。",
                                      "The ID number has the demonstration area code."));
      break;
  }
  bool mismatch = false;
  if (!person.has_birth_date()) {
    person.mutable_birth_date()->set_days(id.birth->days);
  } else if (person.birth_date().days() != id.birth->days) {
    mismatch = true;
  }
  const auto sex = static_cast<uint32_t>(id.sex);
  if (person.sex() == 0) {
    person.set_sex(sex);
  } else if (person.sex() != sex) {
    mismatch = true;
  }
  if (mismatch) {
    out->result.add_id_problems("ID_MISMATCH");
    out->warnings.push_back(Warning("ID_MISMATCH", "身份证号与所填出生日期或性别不一致。",
                                    "The ID number does not fit the birth date or sex."));
  }
  return std::nullopt;
}

void NormaliseIdKind(v1::PersonInput* person) {
  if (person->id_kind().empty()) {
    person->set_id_kind(base::FoldIdentifier(person->id_number()).empty() ? "NONE" : "RESIDENT_ID");
  } else if (base::FoldIdentifier(person->id_number()).empty()) {
    person->set_id_kind("NONE");
  }
  if (person->id_kind() == "NONE") person->clear_id_number();
}

}  // namespace

std::variant<ClassifiedPerson, base::Refusal> ClassifyPerson(const v1::PersonInput& input,
                                                             base::CivilDay today,
                                                             bool demo_realm) {
  ClassifiedPerson out;
  out.person = input;
  v1::PersonInput& person = out.person;
  if (auto no = NormaliseTexts(&person)) return *no;
  if (!person.id_kind().empty() && !KnownIdKind(person.id_kind())) {
    return No("ID_KIND_UNKNOWN", "身份证件类型不在代码表内。", "Unknown kind of ID document.");
  }
  NormaliseIdKind(&person);
  if (person.id_kind() == "NONE") {
    out.result.add_id_problems("NO_ID");
  } else if (person.id_kind() == "RESIDENT_ID") {
    if (auto no = CheckResidentId(today, demo_realm, &out)) return *no;
  } else {
    person.set_id_number(base::FoldIdentifier(person.id_number()));
  }
  if (!person.has_birth_date()) {
    return No("BIRTH_DATE_MISSING", "请填写出生日期（证件号无法识别时必填）。",
              "The birth date is missing and cannot be read from the ID number.");
  }
  const base::CivilDay birth{person.birth_date().days()};
  if (birth > today || birth < base::CivilDay::FromYmd(1980, 1, 1)) {
    return No("BIRTH_DATE_IMPOSSIBLE", "出生日期不合理。", "The birth date is impossible.");
  }
  out.result.set_entry_cohort(static_cast<uint32_t>(EntryCohort(birth)));
  out.result.set_sex(person.sex());
  return out;
}

std::variant<v1::GuardianInput, base::Refusal> ClassifyGuardian(const v1::GuardianInput& input) {
  v1::GuardianInput guardian = input;
  for (const std::string* text : {&input.name(), &input.workplace()}) {
    if (!base::IsValidUtf8(*text) || text->size() > kTextBytesMax) {
      return No("TEXT_INVALID", "监护人信息含有无法识别的字符或过长。",
                "A guardian's text is not valid UTF-8 or too long.");
    }
  }
  guardian.set_name(base::CleanName(input.name()));
  if (guardian.name().empty()) {
    return No("GUARDIAN_NAME_MISSING", "请填写监护人姓名。", "A guardian's name is missing.");
  }
  if (guardian.relation().empty()) guardian.set_relation("其他监护人");
  if (!KnownRelation(guardian.relation())) {
    return No("RELATION_UNKNOWN", "监护人关系不在代码表内。", "Unknown relation of a guardian.");
  }
  guardian.set_phone(base::ParsePhone(input.phone()).number);
  guardian.set_id_number(base::FoldIdentifier(input.id_number()));
  return guardian;
}

std::variant<std::vector<PlainNumber>, base::Refusal> ClassifyNumbers(
    std::string_view student_number, std::string_view secondary_number) {
  std::vector<PlainNumber> numbers;
  const base::StudentNumber number = base::ParseStudentNumber(student_number);
  switch (number.verdict) {
    case base::StudentNumberVerdict::kEmpty:
      break;
    case base::StudentNumberVerdict::kOk:
      numbers.push_back({number.number.substr(0, 1), number.number});
      break;
    case base::StudentNumberVerdict::kBadForm:
      return No(
          "STUDENT_NUMBER_INVALID", "学籍号应为G、L或J加18位；没有学籍号时请留空。",
          "A student number is G, L or J and 18 characters; leave it empty when there is none.");
    case base::StudentNumberVerdict::kBadCheckDigit:
      return No("STUDENT_NUMBER_INVALID", "学籍号校验位不正确，请核对；没有学籍号时请留空。",
                "The check digit of the student number is wrong.");
  }
  const std::string secondary = base::FoldIdentifier(secondary_number);
  if (secondary.size() > 40) {
    return No("SECONDARY_NUMBER_INVALID", "学籍辅号过长。", "The secondary number is too long.");
  }
  if (!secondary.empty()) numbers.push_back({"SECONDARY", secondary});
  return numbers;
}

std::string SamePersonKey(const v1::PersonInput& normalised) {
  return base::NameKey(normalised.name()) + "|" +
         base::CivilDay{normalised.birth_date().days()}.ToString() + "|" +
         std::to_string(normalised.sex());
}

}  // namespace twinline::registry
