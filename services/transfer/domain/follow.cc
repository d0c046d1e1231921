// What approvals take from other journals: placements and schools from the registry, open cases
// from accountability (flags only), and the registry's answer to an approved business.
#include "platform/base/dispatch.h"
#include "transfer/domain/transfer_domain.h"
#include "transfer/tables/tables.h"
#include "twinline/accountability/v1/accountability_events.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::transfer {

using base::AsId;
using base::DerivedCommand;
using base::On;
using base::Rows;
using base::SourceEvent;

namespace {

namespace rv1 = registry::v1;
namespace cv1 = accountability::v1;

void CopyChild(const rv1::ChildFacts& facts, const SourceEvent& source, Rows& rows) {
  if (facts.registration_id().empty()) return;
  const auto before = base::Find<v1::ForeignChild>(rows, AsId(facts.registration_id()));
  v1::ForeignChild row;
  *row.mutable_facts() = facts;
  row.set_pos(source.ref.pos());
  row.set_last_class_id(!facts.class_id().empty() || !before ? facts.class_id()
                                                             : before->last_class_id());
  base::Put(rows, row);
}

void CopyNumber(const types::v1::SearchToken& token, const std::string& registration, Rows& rows) {
  if (token.token().empty()) return;
  v1::ForeignNumber row;
  row.set_pepper_version(token.pepper_version());
  row.set_token(token.token());
  row.set_registration_id(registration);
  base::Put(rows, row);
}

// Numbers by which another province may name the child; old ones stay good (domain.md 1.2).
template <typename Event>
void CopyNumbers(const Event& event, Rows& rows) {
  const std::string& registration = event.facts().registration_id();
  CopyNumber(event.person().id_token(), registration, rows);
  for (const rv1::ExternalNumber& number : event.numbers()) {
    CopyNumber(number.token(), registration, rows);
  }
}

void CopyClass(const rv1::ClassFacts& facts, Rows& rows) {
  if (facts.class_id().empty()) return;
  v1::ForeignClassRow row;
  *row.mutable_facts() = facts;
  base::Put(rows, row);
}

void CopyCase(const cv1::CaseFacts& facts, Rows& rows) {
  v1::ForeignCase row;
  row.set_child_id(facts.child_id());
  row.set_case_id(facts.case_id());
  row.set_state(facts.state());
  row.set_first_absent(facts.first_absent().days());
  base::Put(rows, row);
}

void FollowPromoted(const rv1::ClassPromoted& event, const SourceEvent& source, Rows& rows) {
  for (const rv1::ClassFacts& facts : event.classes()) CopyClass(facts, rows);
  for (const rv1::ChildFacts& facts : event.children()) {
    CopyChild(facts, source, rows);
    // Lawfully elsewhere: its last class is the one that its own has become.
    if (!facts.class_id().empty() || event.classes().empty()) continue;
    auto row = base::Find<v1::ForeignChild>(rows, AsId(facts.registration_id()));
    if (!row || event.classes(0).continued_as().empty()) continue;
    row->set_last_class_id(event.classes(0).continued_as());
    base::Put(rows, *row);
  }
}

DerivedCommand ConfirmClass(const rv1::ClassPromoted& event) {
  v1::ConfirmClassBusiness command;
  command.set_business_id(event.business_id());
  command.set_children(static_cast<uint32_t>(event.children_size()));
  for (const rv1::LeftOut& left : event.except()) {
    v1::ClassException* except = command.add_except();
    except->set_registration_id(left.registration_id());
    except->set_child_id(left.child_id());
    except->set_reason(left.reason());
  }
  return {"transfer.confirm_class", AsId(event.business_id()),
          base::CommandType<v1::ConfirmClassBusiness>(), command.SerializeAsString()};
}

DerivedCommand Reassign(const rv1::SchoolFacts& school) {
  v1::ReassignSteps command;
  command.set_school_code(school.school_code());
  command.set_successor_code(school.successor_code());
  return {"transfer.reassign", base::DeriveId({"school", school.school_code()}),
          base::CommandType<v1::ReassignSteps>(), command.SerializeAsString()};
}

DerivedCommand Confirm(const std::string& business_id, bool done, const std::string& code) {
  v1::ConfirmBusiness command;
  command.set_business_id(business_id);
  command.set_done(done);
  command.set_code(code);
  return {"transfer.confirm", AsId(business_id), base::CommandType<v1::ConfirmBusiness>(),
          command.SerializeAsString()};
}

}  // namespace

bool WantsSource(uint32_t type) {
  return base::IsAnyOf<rv1::SchoolRecorded, rv1::ClassRecorded, rv1::ChildRegistered,
                       rv1::ChildCorrected, rv1::ChildPlaced, rv1::RegistrationMoved,
                       rv1::RegistrationStatusChanged, rv1::ClassPromoted, rv1::MoveRefused,
                       rv1::BusinessNoted, rv1::ProblemsChanged, rv1::DuplicateReported,
                       rv1::DuplicateResolved, rv1::WatchGroupsChanged, rv1::SanctionRecorded,
                       cv1::CaseOpened, cv1::CaseChanged, cv1::CaseClosed, cv1::CaseReopened>(type);
}

void Follow(const SourceEvent& source, Rows& rows) {
  const auto child = [&](const auto& event) { CopyChild(event.facts(), source, rows); };
  const auto moved = [&](const auto& event) {
    CopyChild(event.facts(), source, rows);
    CopyClass(event.class_before(), rows);
    CopyClass(event.class_after(), rows);
  };
  const auto open_case = [&](const auto& event) { CopyCase(event.case_facts(), rows); };
  On<rv1::SchoolRecorded>(source,
                          [&](const auto& event) {
                            v1::ForeignSchool row;
                            *row.mutable_facts() = event.school();
                            base::Put(rows, row);
                          }) ||
      On<rv1::ClassRecorded>(source,
                             [&](const auto& event) { CopyClass(event.class_facts(), rows); }) ||
      On<rv1::ChildRegistered>(source,
                               [&](const auto& event) {
                                 CopyChild(event.facts(), source, rows);
                                 CopyNumbers(event, rows);
                                 CopyClass(event.class_after(), rows);
                               }) ||
      On<rv1::ChildCorrected>(source,
                              [&](const auto& event) {
                                CopyChild(event.facts(), source, rows);
                                CopyNumbers(event, rows);
                              }) ||
      On<rv1::BusinessNoted>(source, child) || On<rv1::ProblemsChanged>(source, child) ||
      On<rv1::WatchGroupsChanged>(source, child) || On<rv1::SanctionRecorded>(source, child) ||
      On<rv1::ChildPlaced>(source, moved) || On<rv1::RegistrationMoved>(source, moved) ||
      On<rv1::RegistrationStatusChanged>(source, moved) ||
      On<rv1::DuplicateReported>(source,
                                 [&](const auto& event) {
                                   CopyChild(event.first(), source, rows);
                                   CopyChild(event.second(), source, rows);
                                 }) ||
      On<rv1::DuplicateResolved>(source,
                                 [&](const auto& event) {
                                   CopyChild(event.survivor(), source, rows);
                                   CopyChild(event.alias(), source, rows);
                                 }) ||
      On<rv1::ClassPromoted>(source,
                             [&](const auto& event) { FollowPromoted(event, source, rows); }) ||
      On<cv1::CaseOpened>(source, open_case) || On<cv1::CaseChanged>(source, open_case) ||
      On<cv1::CaseClosed>(source, open_case) || On<cv1::CaseReopened>(source, open_case);
}

std::vector<std::string> ReactionRules() {
  return {"transfer.confirm", "transfer.confirm_class", "transfer.reassign"};
}

std::vector<DerivedCommand> React(const SourceEvent& source) {
  std::vector<DerivedCommand> commands;
  const auto done = [&](const auto& event) {
    if (!event.business_id().empty()) commands.push_back(Confirm(event.business_id(), true, {}));
  };
  On<rv1::RegistrationMoved>(source, done) || On<rv1::RegistrationStatusChanged>(source, done) ||
      On<rv1::ClassPromoted>(source,
                             [&](const auto& event) { commands.push_back(ConfirmClass(event)); }) ||
      On<rv1::SchoolRecorded>(source,
                              [&](const auto& event) {
                                if (event.school().successor_code().empty()) return;
                                commands.push_back(Reassign(event.school()));
                              }) ||
      On<rv1::MoveRefused>(source, [&](const auto& event) {
        commands.push_back(Confirm(event.business_id(), false, event.code()));
      });
  return commands;
}

}  // namespace twinline::transfer
