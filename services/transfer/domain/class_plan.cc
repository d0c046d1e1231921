#include "transfer/domain/class_plan.h"

#include <algorithm>
#include <span>
#include <tuple>

#include "platform/base/hash.h"
#include "transfer/tables/tables.h"

namespace twinline::transfer {

using base::AsId;
using base::Rows;

namespace {

constexpr size_t kSchoolsMax = 10'000;
constexpr size_t kClassesOfSchoolMax = 2'000;
constexpr size_t kChildrenOfClassMax = 400;

struct Stage {
  std::string_view kind;
  uint32_t first;
  uint32_t last;
};
// 6-3 (ASK-17): the length of a stage is the county's, not what a school happens to teach, or a
// school without grade 6 would graduate its pupils early (domain.md 1.8).
constexpr Stage kStages[] = {{"PRIMARY", 1, 6},   {"TEACHING_POINT", 1, 6}, {"JUNIOR", 7, 9},
                             {"NINE_YEAR", 1, 9}, {"SPECIAL", 1, 9},        {"SPECIALIZED", 1, 9}};
constexpr uint32_t kPrimaryEnd = 6;
constexpr uint32_t kCompulsoryEnd = 9;

const Stage* StageOf(const registry::v1::SchoolFacts& school) {
  const auto it = std::find_if(std::begin(kStages), std::end(kStages),
                               [&](const Stage& stage) { return stage.kind == school.kind(); });
  return it == std::end(kStages) ? nullptr : it;
}

bool Receives(const Rows& rows, const std::string& code) {
  const auto school = base::Find<v1::ForeignSchool>(rows, code);
  return school && !school->facts().closed() && school->facts().successor_code().empty();
}

std::vector<registry::v1::ClassFacts> ClassesOf(const std::string& school, uint32_t year,
                                                const Rows& rows) {
  std::vector<registry::v1::ClassFacts> classes;
  base::ScanIndex<v1::ForeignClassRow>(
      rows, base::TableOf<v1::ForeignClassRow>::kBySchool, kClassesOfSchoolMax,
      [&](const v1::ForeignClassRow& row) {
        if (!row.facts().closed() && row.facts().school_year() == year) {
          classes.push_back(row.facts());
        }
        return true;
      },
      school);
  std::sort(classes.begin(), classes.end(),
            [](const auto& a, const auto& b) { return a.class_id() < b.class_id(); });
  return classes;
}

// What becomes of the class, or why nothing does.
void Target(const v1::ClassRunFacts& run, const registry::v1::SchoolFacts& school,
            const registry::v1::ClassFacts& facts, const Rows& rows, ClassPlan* plan) {
  v1::ClassBusinessFacts& business = plan->facts;
  business.set_to_school_code(facts.school_code());
  business.set_to_grade(facts.grade() + 1);
  business.set_to_school_year(facts.school_year() + 1);
  if (run.kind() == kMerger) {
    business.set_action("MERGE");
    business.set_to_school_code(run.successor_code());
    business.set_to_grade(facts.grade());
    business.set_to_school_year(facts.school_year());
    return;
  }
  const Stage* stage = StageOf(school);
  if (stage == nullptr) {
    plan->blocked = "SCHOOL_STAGE_MISMATCH";
  } else if (facts.grade() < stage->last) {
    business.set_action("PROMOTE");
  } else if (facts.grade() == kCompulsoryEnd) {
    business.set_action("GRADUATE");
    business.set_to_grade(kCompulsoryEnd);
  } else if (facts.grade() == kPrimaryEnd && Receives(rows, school.junior_school_code())) {
    business.set_action("TO_JUNIOR");
    business.set_to_school_code(school.junior_school_code());
  } else {
    plan->blocked = "NO_PAIRED_JUNIOR";
  }
}

bool EndsStage(const std::string& action) { return action == "GRADUATE" || action == "TO_JUNIOR"; }

bool HasOpenCase(const std::string& child_id, const Rows& rows) {
  const auto open_case = base::Find<v1::ForeignCase>(rows, AsId(child_id));
  return open_case && !open_case->state().starts_with("CLOSED");
}

// Why the child is left out; empty: it goes along.
std::string Reason(const registry::v1::ChildFacts& child, const std::string& action,
                   std::string* business, const Rows& rows) {
  if (const auto lock = base::Find<v1::OpenBusinessRow>(rows, AsId(child.child_id()))) {
    *business = lock->business_id();
    return "BUSINESS_IN_PROGRESS";
  }
  // Resumes by its real level, not below the grade it left (domain.md 1.7).
  if (child.status() == "SUSPENDED") return action == "MERGE" ? "" : "SUSPENDED";
  if (!EndsStage(action)) return {};
  // A stage end closes no case in silence (K-7).
  if (HasOpenCase(child.child_id(), rows)) return "OPEN_CASE";
  if (child.status() == "DROPOUT" || child.status() == "MISSING" ||
      child.status() == "REG_ABSENT") {
    return "NOT_IN_SCHOOL";
  }
  return {};
}

// Still counted at the school: on the roster, or lawfully elsewhere with this as its last class.
bool Belongs(const registry::v1::ChildFacts& child, const registry::v1::ClassFacts& facts) {
  static constexpr std::string_view kElsewhere[] = {"SUSPENDED", "HOME_TEACH", "SPECIALIZED"};
  if (!child.alias_of().empty() || child.school_code() != facts.school_code()) return false;
  if (!child.class_id().empty()) return true;
  // Promoted already: its grade has gone up and its last class has not changed.
  return child.grade() == facts.grade() && std::find(std::begin(kElsewhere), std::end(kElsewhere),
                                                     child.status()) != std::end(kElsewhere);
}

void Fill(const registry::v1::ClassFacts& facts, const Rows& rows, ClassPlan* plan) {
  std::vector<registry::v1::ChildFacts> children;
  base::ScanIndex<v1::ForeignChild>(
      rows, base::TableOf<v1::ForeignChild>::kByLastClass, kChildrenOfClassMax,
      [&](const v1::ForeignChild& row) {
        if (Belongs(row.facts(), facts)) children.push_back(row.facts());
        return true;
      },
      AsId(facts.class_id()));
  v1::ClassBusinessFacts& business = plan->facts;
  for (const registry::v1::ChildFacts& child : children) {
    std::string holder;
    const std::string reason = Reason(child, business.action(), &holder, rows);
    const auto list = [&](v1::ClassException* line, const std::string& why) {
      line->set_registration_id(child.registration_id());
      line->set_child_id(child.child_id());
      line->set_reason(why);
      line->set_business_id(holder);
    };
    if (!reason.empty()) {
      list(business.add_except(), reason);
      continue;
    }
    v1::ClassMember* member = business.add_members();
    member->set_registration_id(child.registration_id());
    member->set_child_id(child.child_id());
    if (HasOpenCase(child.child_id(), rows)) list(business.add_noted(), "OPEN_CASE");
  }
}

ClassPlan PlanClass(const v1::ClassRunFacts& run, const registry::v1::SchoolFacts& school,
                    const registry::v1::ClassFacts& facts, const Rows& rows) {
  ClassPlan plan;
  v1::ClassBusinessFacts& business = plan.facts;
  business.set_class_id(facts.class_id());
  business.set_school_code(facts.school_code());
  business.set_grade(facts.grade());
  business.set_number(facts.number());
  business.set_school_year(facts.school_year());
  Target(run, school, facts, rows, &plan);
  Fill(facts, rows, &plan);
  return plan;
}

// Plans of one school. A class of a grade that the school's kind does not teach stops all of it:
// its length of schooling is set wrongly, and every step up would be one too many or too few (N14).
std::vector<ClassPlan> PlanSchool(const v1::ClassRunFacts& run,
                                  const registry::v1::SchoolFacts& school, const Rows& rows) {
  std::vector<ClassPlan> plans;
  const Stage* stage = StageOf(school);
  bool mismatch = false;
  for (const auto& facts : ClassesOf(school.school_code(), run.school_year(), rows)) {
    mismatch |= stage == nullptr || facts.grade() < stage->first || facts.grade() > stage->last;
    plans.push_back(PlanClass(run, school, facts, rows));
  }
  if (mismatch && run.kind() == kPromotion) {
    for (ClassPlan& plan : plans) plan.blocked = "SCHOOL_STAGE_MISMATCH";
  }
  return plans;
}

// Calls `visit` with each school of the run after `after`, in the order of codes, until it says
// false.
template <typename Visit>
void ForEachSchool(const v1::ClassRunFacts& run, const std::string& from, const Rows& rows,
                   Visit&& visit) {
  base::ScanRows<v1::ForeignSchool>(rows, kSchoolsMax, [&](const v1::ForeignSchool& row) {
    const registry::v1::SchoolFacts& school = row.facts();
    if (school.school_code() < from || school.closed()) return true;
    if (school.county() != run.county()) return true;
    if (!run.school_code().empty() && school.school_code() != run.school_code()) return true;
    return static_cast<bool>(visit(school));
  });
}

}  // namespace

RunPlan PlanRun(const v1::ClassRunFacts& run, const Rows& rows) {
  RunPlan whole;
  std::string text = run.kind() + "\n" + std::to_string(run.school_year()) + "\n" + run.county() +
                     "\n" + run.school_code() + "\n" + run.successor_code() + "\n";
  ForEachSchool(run, {}, rows, [&](const registry::v1::SchoolFacts& school) {
    for (ClassPlan& plan : PlanSchool(run, school, rows)) {
      if (plan.facts.members().empty() && plan.facts.except().empty()) continue;
      if (plan.blocked.empty()) {
        whole.children += static_cast<uint32_t>(plan.facts.members_size());
        whole.excepted += static_cast<uint32_t>(plan.facts.except_size());
      }
      const std::string bytes = plan.facts.SerializeAsString();
      text += std::to_string(bytes.size()) + " " + plan.blocked + "\n" + bytes;
      whole.classes.push_back(std::move(plan));
    }
    return true;
  });
  whole.digest = std::string(base::View(base::Sha256({text})));
  return whole;
}

bool NextClass(const v1::ClassRunFacts& run, const std::string& after_school,
               const std::string& after_class, const Rows& rows, ClassPlan* plan) {
  bool found = false;
  ForEachSchool(run, after_school, rows, [&](const registry::v1::SchoolFacts& school) {
    for (ClassPlan& candidate : PlanSchool(run, school, rows)) {
      const std::string& id = candidate.facts.class_id();
      if (school.school_code() == after_school && id <= after_class) continue;
      if (!candidate.blocked.empty() || candidate.empty()) continue;
      *plan = std::move(candidate);
      found = true;
      return false;
    }
    return true;
  });
  return found;
}

}  // namespace twinline::transfer
