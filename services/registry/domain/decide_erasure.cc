// Erasure by destroying keys: rare, asked for by one person and ordered by another on
// a named legal ground, never a deletion of events or rows. What the vault then did is reported by
// the service in commands that a person cannot send.
#include <algorithm>
#include <set>

#include "platform/base/utf8.h"
#include "registry/domain/decide.h"
#include "registry/domain/erasure.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"

namespace twinline::registry {
namespace {

constexpr size_t kDocumentMax = 64;
constexpr int kRenewedMax = 200;

// PIPL 47. Registration files are kept for ever by rule, so "no longer needed" is not among them.
bool KnownGround(std::string_view ground) {
  static const std::set<std::string_view> kGrounds = {"RETENTION_ENDED", "CONSENT_WITHDRAWN",
                                                      "UNLAWFUL_PROCESSING", "COURT_OR_AUTHORITY",
                                                      "OTHER_LAW"};
  return kGrounds.contains(ground);
}

base::Refusal UnknownChild() {
  return No("CHILD_UNKNOWN", "没有这名学生的学籍。", "There is no such child.");
}

base::Refusal NotRequested() {
  return No(
      "ERASURE_NOT_REQUESTED", "该生没有待决定的销毁申请，请先由一人提出申请。",
      "No erasure of this child is waiting for a decision: one person must ask for it first.");
}

// What keeps a child from being erased, whoever asks.
std::optional<base::Refusal> Check(const Subject& subject, const base::Rows& rows) {
  if (!subject.child.alias_of().empty()) {
    return No("CHILD_MERGED", "该学籍已并入另一学籍，请对保留的学籍办理。",
              "This record was merged into another: name that one.",
              {{"survivor", base::AsId(subject.child.alias_of()).hex()}});
  }
  if (!subject.child.erasure_ground().empty()) {
    return No("ERASURE_ORDERED", "该生个人信息销毁决定已下达。", "The erasure is already ordered.");
  }
  std::vector<std::string> records = MergedInto(rows, subject.child.child_id());
  records.push_back(subject.child.child_id());
  for (const std::string& id : records) {
    const auto record = FindSubject(rows, id);
    if (!record || record->facts().pending_business().empty()) continue;
    return No("BUSINESS_OPEN", "该生有在办业务，办结或撤回后再办理销毁。",
              "The child has an open business: wait until it has ended.",
              {{"business", base::AsId(record->facts().pending_business()).hex()}});
  }
  return std::nullopt;
}

bool GoodDocument(std::string_view document) {
  return !document.empty() && base::ToCodePoints(document).size() <= kDocumentMax &&
         std::ranges::any_of(document, [](char c) { return '0' <= c && c <= '9'; });
}

// A worker of the service, never a person: a person has no way to know what the vault did.
std::optional<base::Refusal> ByService(const base::Context& context) {
  if (context.actor.service() == "service:registry") return std::nullopt;
  return No("COMMAND_NOT_YOURS", "该命令只能由系统提交。", "Only the system submits this command.");
}

}  // namespace

base::Decision Decide(const v1::RequestErasureCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return UnknownChild();
  if (!KnownGround(command.ground())) {
    return No("GROUND_UNKNOWN", "销毁的法律依据不在代码表内。",
              "Unknown legal ground of an erasure.", {{"ground", command.ground()}});
  }
  if (!GoodDocument(command.document())) {
    return No("DOCUMENT_MISSING", "请填写决定的文号（1至64字，含编号；不得写姓名）。",
              "Give the number of the decision: 1 to 64 characters with a digit, never a name.");
  }
  if (auto no = Check(*subject, rows)) return *no;
  const auto row = base::Find<v1::ErasureRow>(rows, base::AsId(command.child_id()));
  if (row && row->state() == kErasureRequested) {
    return No("ERASURE_REQUESTED", "该生已有待决定的销毁申请。",
              "An erasure of this child is already waiting for a decision.");
  }
  v1::ErasureRequested event;
  event.set_child_id(command.child_id());
  event.set_ground(command.ground());
  event.set_document(command.document());
  event.set_requested_by(context.actor.subject());
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::OrderErasureCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return UnknownChild();
  if (auto no = Check(*subject, rows)) return *no;
  const auto row = base::Find<v1::ErasureRow>(rows, base::AsId(command.child_id()));
  if (!row || row->state() != kErasureRequested) return NotRequested();
  if (row->requested_by() == context.actor.subject()) {
    return No("SECOND_PERSON_NEEDED", "销毁个人信息须由申请人以外的人员决定。",
              "Another person than the applicant must order the erasure.");
  }
  v1::ErasureOrdered event;
  event.set_child_id(command.child_id());
  event.set_ground(row->ground());
  event.set_document(row->document());
  event.set_second_person(row->requested_by());
  for (std::string& id : MergedInto(rows, command.child_id())) event.add_merged(std::move(id));
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::DeclineErasureCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto row = base::Find<v1::ErasureRow>(rows, base::AsId(command.child_id()));
  if (!row || row->state() != kErasureRequested) return NotRequested();
  if (command.reason().empty()) {
    return No("REASON_MISSING", "请写明不予销毁或撤回的理由。",
              "Say why it is declined or withdrawn.");
  }
  v1::ErasureDeclined event;
  event.set_child_id(command.child_id());
  event.set_reason(command.reason());
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::NoteKeyDestroyedCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  if (auto no = ByService(context)) return *no;
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return UnknownChild();
  const auto row = FindOrder(rows, command.child_id());
  if (!row) {
    return No("ERASURE_NOT_ORDERED", "尚未下达销毁决定。", "No erasure was ordered.");
  }
  v1::KeyDestroyed event;
  event.set_child_id(command.child_id());
  *event.mutable_key_id() = command.key_id();
  event.set_ground(row->ground());
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::StartTokenRenewalCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto row = base::Find<v1::RenewalRow>(rows);
  if (row && row->renewing_to() != 0) {
    return No("RENEWAL_RUNNING", "检索标识正在更新，请等待完成。",
              "The search tokens are being renewed: wait until that is done.",
              {{"pepper_version", std::to_string(row->renewing_to())}});
  }
  v1::TokenRenewalStarted event;
  event.set_pepper_version(command.pepper_version());
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::RenewTokensCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  if (auto no = ByService(context)) return *no;
  if (command.children_size() > kRenewedMax) {
    return No("TOO_MANY_CHILDREN", "每次最多更新200名学生。", "At most 200 children at a time.");
  }
  v1::TokensRenewed event;
  for (const v1::RenewedChild& child : command.children()) {
    const auto subject = FindSubject(rows, child.tokens().child_id());
    // Corrected or erased since its values were opened: the next round looks again.
    if (!subject || subject->facts().version() != child.version() ||
        subject->child.key_destroyed() ||
        subject->child.guardians_size() != child.tokens().guardians_size() ||
        subject->child.numbers_size() != child.tokens().numbers_size()) {
      continue;
    }
    *event.add_children() = child.tokens();
  }
  if (event.children().empty()) {
    return No("NOTHING_CHANGED", "没有任何变化。", "Nothing changes.");
  }
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::CompleteErasuresCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  if (auto no = ByService(context)) return *no;
  v1::ErasureCompleted event;
  event.set_pepper_version(command.pepper_version());
  event.set_kek_id(command.kek_id());
  const auto renewal = base::Find<v1::RenewalRow>(rows);
  base::ScanIndex<v1::ErasureRow>(
      rows, base::TableOf<v1::ErasureRow>::kByState, 4'000,
      [&](const v1::ErasureRow& row) {
        // What was destroyed after the renewal began may still lie in a copy of the old vault.
        if (renewal && row.destroyed_us() <= renewal->started_us()) {
          event.add_child_id(row.child_id());
        }
        return true;
      },
      std::string_view(kErasureDestroyed));
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::NoteKekRotatedCommand& command, const base::Rows&,
                      const base::Context& context) {
  v1::KekRotated event;
  event.set_kek_id(command.kek_id());
  event.set_entries(command.entries());
  return base::Events{base::MakeEvent(event, context.today)};
}

}  // namespace twinline::registry
