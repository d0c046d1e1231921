#include "registry/domain/duplicates.h"

#include <set>

namespace twinline::registry {
namespace {

using ChildTable = base::TableOf<v1::ChildRow>;
constexpr size_t kHitsMax = 8;

bool SharesGuardian(const google::protobuf::RepeatedPtrField<v1::SealedGuardian>& a,
                    const google::protobuf::RepeatedPtrField<v1::SealedGuardian>& b) {
  for (const auto& x : a) {
    for (const auto& y : b) {
      if (!x.id_token().token().empty() && x.id_token().token() == y.id_token().token())
        return true;
    }
  }
  return false;
}

bool HasUsableId(const Subject& subject) {
  if (subject.child.person().id_token().token().empty()) return false;
  for (const std::string& problem : subject.facts().problems()) {
    if (problem == "ID_INVALID" || problem == "ID_MISMATCH") return false;
  }
  return true;
}

// An open task about the pair, or the decision that they are two children, settles it.
bool Settled(const base::Rows& rows, const base::Id16& child, const std::string& other) {
  bool settled = false;
  base::ScanIndex<v1::DuplicateTaskRow>(
      rows, base::TableOf<v1::DuplicateTaskRow>::kByChild, 64,
      [&](const v1::DuplicateTaskRow& task) {
        const bool same_pair = task.first_child_id() == other || task.second_child_id() == other;
        settled = same_pair && task.outcome() != "UNMERGED" && task.outcome() != "MERGED";
        return !settled;
      },
      child);
  return settled;
}

class Search {
 public:
  Search(const base::Rows& rows, const Candidate& candidate) : rows_(rows), candidate_(candidate) {}

  void By(uint8_t index, const types::v1::SearchToken& token, std::string_view ground,
          std::string_view problem) {
    if (token.token().empty()) return;
    base::ScanIndex<v1::ChildRow>(
        rows_, index, 16,
        [&](const v1::ChildRow& row) {
          Offer(row, ground, problem);
          return hits_.size() < kHitsMax;
        },
        token.pepper_version(), token.token());
  }

  std::vector<DuplicateHit> Take() { return std::move(hits_); }

 private:
  void Offer(const v1::ChildRow& row, std::string_view ground, std::string_view problem) {
    const base::Id16 id = ResolveAlias(rows_, base::AsId(row.child_id()));
    if (id == candidate_.child_id || !seen_.insert(id).second) return;
    auto other = FindSubject(rows_, id.bytes());
    if (!other) return;
    // Equal name, birth date and sex are common among 70,000 children. They count when one of the
    // two cannot be told apart by an ID number, or when the same guardian stands behind both.
    if (ground == "SAME_PERSON" && candidate_.id_usable && HasUsableId(*other) &&
        !SharesGuardian(*candidate_.guardians, other->child.guardians())) {
      seen_.erase(id);
      return;
    }
    if (Settled(rows_, candidate_.child_id, other->child.child_id())) return;
    hits_.push_back({std::move(*other), ground, problem});
  }

  const base::Rows& rows_;
  const Candidate& candidate_;
  std::set<base::Id16> seen_;
  std::vector<DuplicateHit> hits_;
};

}  // namespace

std::vector<DuplicateHit> FindDuplicates(const base::Rows& rows, const Candidate& candidate) {
  Search search(rows, candidate);
  search.By(ChildTable::kByIdToken, candidate.person->id_token(), "SAME_ID", "ID_DUPLICATE");
  if (candidate.older_tokens != nullptr) {
    for (const auto& token : *candidate.older_tokens) {
      search.By(ChildTable::kByIdToken, token, "SAME_ID", "ID_DUPLICATE");
    }
  }
  for (const auto& number : *candidate.numbers) {
    search.By(ChildTable::kByNumberToken, number.token(), "SAME_NUMBER", "ID_DUPLICATE");
  }
  search.By(ChildTable::kBySamePerson, candidate.person->same_person_token(), "SAME_PERSON",
            "DUPLICATE_WITHOUT_ID");
  return search.Take();
}

void ReportDuplicates(const std::vector<DuplicateHit>& hits, const base::Context& context,
                      v1::ChildFacts* facts, base::Events* events) {
  for (size_t i = 0; i < hits.size(); ++i) {
    const std::string task = context.NewId("duplicate", static_cast<uint32_t>(i)).str();
    v1::DuplicateReported event;
    event.set_task_id(task);
    event.set_ground(std::string(hits[i].ground));
    v1::ChildFacts& first = *event.mutable_first();
    first = NextFacts(hits[i].other.registration);
    AddCode(first.mutable_problems(), hits[i].problem);
    first.set_open_duplicate_task(task);
    facts->set_version(facts->version() + 1);
    AddCode(facts->mutable_problems(), hits[i].problem);
    facts->set_open_duplicate_task(task);
    *event.mutable_second() = *facts;
    events->push_back(base::MakeEvent(event, context.today));
  }
}

}  // namespace twinline::registry
