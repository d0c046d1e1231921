#include "accountability/service/views.h"

#include <algorithm>
#include <array>

#include "platform/vault/owner_key.h"

namespace twinline::accountability {
namespace {

// Place = number: never reordered, what is sealed under a number opens under no other.
constexpr std::array<std::string_view, 7> kTexts{"note",   "place",       "met",      "said",
                                                 "reason", "reason_code", "addressee"};

std::string_view OfficeOfCaller(const rpc::Call& call) {
  return call.duty() == nullptr ? std::string_view() : std::string_view(call.duty()->office);
}

// The caller wrote it: nothing to hide from its author.
bool IsAuthor(const rpc::Call& call, const v1::TimelineRow& row) {
  return !row.by().empty() && row.by() == call.principal().subject.bytes();
}

bool Hidden(const rpc::Call& call, const v1::TimelineRow& row, std::string_view text) {
  if (!IsRestricted(OfficeOfCaller(call)) || IsAuthor(call, row)) return false;
  return text == "reason_code" || !row.sensitive().empty();
}

void Show(std::string_view name, std::string plain, v1::TimelineEntry* entry) {
  if (plain == "已销毁") entry->set_destroyed(true);
  if (name == "place")
    entry->set_place(std::move(plain));
  else if (name == "met")
    entry->set_met(std::move(plain));
  else if (name == "said")
    entry->set_said(std::move(plain));
  else if (name == "reason_code")
    entry->set_reason_code(std::move(plain));
  else
    entry->set_note(std::move(plain));  // note and reason
}

}  // namespace

vault::SealPlace TextPlace(std::string_view child_id, std::string_view name) {
  const auto at = std::find(kTexts.begin(), kTexts.end(), name);
  return {base::AsId(child_id), "twinline.accountability.v1.Case",
          static_cast<uint32_t>(at - kTexts.begin()) + 1};
}

bool IsRestricted(std::string_view office) {
  return office.starts_with("township:") || office.starts_with("village:");
}

v1::CaseFacts FactsFor(const rpc::Call& call, v1::CaseFacts facts) {
  // A specialised school tells of a criminal matter, home teaching and special school of health.
  if (IsRestricted(OfficeOfCaller(call)) && !facts.placement().empty())
    facts.set_placement("PLACED");
  return facts;
}

bool HidesEvidence(const rpc::Call& call, const v1::TimelineRow& row) {
  return Hidden(call, row, "evidence");
}

v1::TimelineEntry EntryFor(const rpc::Call& call, vault::Sealer& sealer, std::string_view child_id,
                           const v1::TimelineRow& row) {
  v1::TimelineEntry entry;
  entry.set_number(row.number());
  entry.set_what(row.what());
  entry.set_at_us(row.at_us());
  *entry.mutable_effective() = row.effective();
  entry.set_line(row.line());
  entry.set_office(row.office());
  entry.set_by(row.by());
  entry.set_state(row.state());
  entry.set_code(row.code());
  entry.set_result(row.result());
  if (row.has_deadline()) *entry.mutable_deadline() = row.deadline();
  entry.set_to_office(row.to_office());
  entry.set_paper_id(row.entity_id());
  if (IsRestricted(OfficeOfCaller(call))) {
    const bool placement = row.what() == "PROPOSE_PLACEMENT";
    const bool illness = row.result() == "ILL" && !IsAuthor(call, row);
    if (placement) entry.clear_code();
    if (illness) entry.clear_result();
    entry.set_restricted(placement || illness);
  }
  if (HidesEvidence(call, row)) {
    entry.set_restricted(entry.restricted() || !row.evidence().empty());
  } else {
    *entry.mutable_evidence() = row.evidence();
  }
  for (const v1::SealedText& text : row.text()) {
    if (Hidden(call, row, text.name())) {
      entry.set_restricted(true);
      continue;
    }
    Show(text.name(), vault::OpenText(sealer, TextPlace(child_id, text.name()), text.sealed()),
         &entry);
  }
  return entry;
}

v1::PaperView PaperFor(vault::Sealer& sealer, const v1::PaperRow& row) {
  v1::PaperView view;
  view.set_paper_id(row.paper_id());
  view.set_kind(row.kind());
  view.set_title(row.title());
  view.set_issuer(row.issuer());
  *view.mutable_issued_on() = row.issued_on();
  if (row.has_return_by()) *view.mutable_return_by() = row.return_by();
  if (row.has_served_on()) *view.mutable_served_on() = row.served_on();
  view.set_served_method(row.served_by_method());
  view.set_voided(row.voided());
  *view.mutable_missing_steps() = row.missing_steps();
  view.set_addressee(
      vault::OpenText(sealer, TextPlace(row.child_id(), "addressee"), row.addressee().sealed()));
  return view;
}

}  // namespace twinline::accountability
