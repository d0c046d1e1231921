#include "tests/support/new_child.h"

#include "tests/support/tiny_county.h"
#include "tools/datagen/people.h"

namespace twinline::test {

registry::v1::RegisterChildRequest NewChild(const demo::Api& api, const datagen::County& county,
                                            const demo::Loaded& loaded, int n) {
  constexpr int kBirthDays = 300;
  registry::v1::RegisterChildRequest request;
  request.mutable_write()->set_request_id(rpc::NewRequestId(api.now_us()).str());
  registry::v1::ChildInput* child = request.mutable_child();
  const base::CivilDay birth = base::CivilDay::FromYmd(2016, 1, 1) + n % kBirthDays;
  child->mutable_person()->set_name("新生" + std::to_string(n));
  child->mutable_person()->set_id_kind("RESIDENT_ID");
  child->mutable_person()->set_id_number(
      datagen::IdNumber(birth, 1, static_cast<uint32_t>(100 + n / kBirthDays)));
  child->mutable_person()->mutable_birth_date()->set_days(birth.days);
  child->mutable_person()->set_sex(1);
  child->set_school_code(county.schools[kPrimaryOne].code);
  child->set_class_id(loaded.classes[0].str());
  child->set_grade(4);
  child->set_hukou_township("411282103");
  child->set_residence_township("411282103");
  child->set_entry_kind("NORMAL");
  child->mutable_entered_on()->set_days(base::CivilDay::FromYmd(2026, 9, 1).days);
  return request;
}

}  // namespace twinline::test
