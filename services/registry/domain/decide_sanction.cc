// Disciplinary sanctions (处分): while one runs the child is not transferred (Henan, T10). The
// school sends its own pupils' sanctions, so the end is bounded: a sanction must not become a way
// to hold a child, nor its absence of an end.
#include "platform/base/utf8.h"
#include "registry/domain/decide.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"

namespace twinline::registry {
namespace {

constexpr int32_t kLongestDays = 366;
constexpr size_t kDocumentMax = 64;

std::optional<base::Refusal> CheckDates(const v1::RecordSanctionCommand& command,
                                        const v1::ChildFacts& now, const base::Context& context) {
  const bool running =
      now.has_sanction_until() && now.sanction_until().days() >= context.today.days;
  if (!command.has_until()) {
    if (running) return std::nullopt;
    return No("NOTHING_CHANGED", "该生没有在执行的处分。", "No sanction is running.");
  }
  const int32_t until = command.until().days();
  if (until < context.today.days || until > context.today.days + kLongestDays) {
    return No("SANCTION_DATE", "处分截止日应在今天至今后一年之内。",
              "A sanction ends between today and a year from now.");
  }
  if (running && now.sanction_until().days() == until) {
    return No("NOTHING_CHANGED", "处分截止日没有变化。", "The last day is the same.");
  }
  return std::nullopt;
}

}  // namespace

base::Decision Decide(const v1::RecordSanctionCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return No("CHILD_UNKNOWN", "没有这名学生的学籍。", "There is no such child.");
  if (!subject->child.alias_of().empty()) {
    return No("CHILD_MERGED", "该学籍已并入另一学籍。", "This record was merged into another.",
              {{"survivor", base::AsId(subject->child.alias_of()).hex()}});
  }
  const size_t document = base::ToCodePoints(command.document()).size();
  if (document == 0 || document > kDocumentMax) {
    return No("SANCTION_DOCUMENT", "请填写处分（或解除处分）决定的文号，不超过64字，不写违纪事实。",
              "Give the number of the decision, at most 64 characters, not what the child did.");
  }
  const StatusRule* status = FindStatus(subject->facts().status());
  if (status == nullptr || status->ended) {
    return No("STATUS_ENDED", "该生学籍已终结，不能再记录处分。",
              "The registration has ended: no sanction is recorded.",
              {{"status", subject->facts().status()}});
  }
  if (auto no = CheckDates(command, subject->facts(), context)) return *no;
  v1::SanctionRecorded event;
  v1::ChildFacts& facts = *event.mutable_facts();
  facts = NextFacts(subject->registration);
  facts.clear_sanction_until();
  if (command.has_until()) *facts.mutable_sanction_until() = command.until();
  event.set_document(command.document());
  return base::Events{base::MakeEvent(event, context.today)};
}

}  // namespace twinline::registry
