// Finding that two registrations are one child (domain.md 1.11, A04). A finding flags both and
// opens a task; it never refuses and never deletes.
#pragma once

#include <string>
#include <vector>

#include "platform/base/decision.h"
#include "registry/domain/lookup.h"

namespace twinline::registry {

struct Candidate {
  base::Id16 child_id;  // of the child being registered or corrected
  const v1::SealedPerson* person = nullptr;
  const google::protobuf::RepeatedPtrField<v1::SealedGuardian>* guardians = nullptr;
  const google::protobuf::RepeatedPtrField<v1::ExternalNumber>* numbers = nullptr;
  const google::protobuf::RepeatedPtrField<types::v1::SearchToken>* older_tokens = nullptr;
  bool id_usable = false;  // it has an ID number and nothing is wrong with it
};

struct DuplicateHit {
  Subject other;
  std::string_view ground;   // SAME_ID SAME_NUMBER SAME_PERSON
  std::string_view problem;  // flag that both get
};

// At most eight hits, each child once, strongest ground first. Pairs already under an open task or
// decided to be different children are left out.
std::vector<DuplicateHit> FindDuplicates(const base::Rows& rows, const Candidate& candidate);

// Appends one DuplicateReported per hit. `facts` is the candidate's state after the events so far
// and is brought forward; hits' facts are one version later than stored.
void ReportDuplicates(const std::vector<DuplicateHit>& hits, const base::Context& context,
                      v1::ChildFacts* facts, base::Events* events);

}  // namespace twinline::registry
