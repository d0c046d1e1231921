// Tables of the accountability state: numbers, keys and indexes, in one place. Table numbers never
// change their meaning without a new evolve version.
#pragma once

#include <string>
#include <vector>

#include "platform/base/rows.h"
#include "twinline/accountability/v1/accountability_rows.pb.h"

namespace twinline::accountability {

// A closed case is in a state CLOSED_…
inline bool IsClosed(std::string_view state) { return state.starts_with("CLOSED_"); }

}  // namespace twinline::accountability

namespace twinline::base {

template <>
struct TableOf<accountability::v1::CaseRow> {
  using Row = accountability::v1::CaseRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 10;
  static constexpr uint8_t kOpen = 1;  // all open cases, in order of their ids
  static constexpr uint8_t kByOffice =
      2;  // open, by an office in charge of a line; overdue, then due date
  static constexpr uint8_t kByTownship = 3;  // closed ones too, both townships
  static constexpr uint8_t kBySchool = 4;
  static constexpr uint8_t kByState = 5;
  static constexpr uint8_t kUndecided =
      6;  // waits for a person: vacant office, denied, end of stage
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.facts().case_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    const auto& facts = r.facts();
    const bool open = !accountability::IsClosed(facts.state());
    std::vector<std::string> keys{
        IndexPrefix<Row>(kByTownship, facts.township(), open ? 0U : 1U),
        IndexPrefix<Row>(kBySchool, facts.school_code(), open ? 0U : 1U),
        IndexPrefix<Row>(kByState, facts.state()),
    };
    if (!facts.copy_township().empty() && facts.copy_township() != facts.township()) {
      keys.push_back(IndexPrefix<Row>(kByTownship, facts.copy_township(), open ? 0U : 1U));
    }
    if (!open) return keys;
    keys.push_back(IndexPrefix<Row>(kOpen));
    for (const auto* line : {&facts.government(), &facts.education()}) {
      keys.push_back(IndexPrefix<Row>(kByOffice, line->office(), line->overdue() ? 0U : 1U,
                                      line->deadline().due().days()));
    }
    if (!facts.decision_needed().empty() || facts.government().owner().empty() ||
        facts.education().owner().empty()) {
      keys.push_back(IndexPrefix<Row>(kUndecided));
    }
    return keys;
  }
};

template <>
struct TableOf<accountability::v1::OfficeReviewRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 30;
  static std::string Key(const accountability::v1::OfficeReviewRow& r) {
    return RowKey<accountability::v1::OfficeReviewRow>(AsId(r.review_id()));
  }
};

template <>
struct TableOf<accountability::v1::ChildCaseRow> {
  using Row = accountability::v1::ChildCaseRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 11;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.child_id())); }
};

template <>
struct TableOf<accountability::v1::RegistrationCaseRow> {
  using Row = accountability::v1::RegistrationCaseRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 12;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.registration_id())); }
};

template <>
struct TableOf<accountability::v1::TimelineRow> {
  using Row = accountability::v1::TimelineRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 13;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.case_id()), r.number()); }
};

template <>
struct TableOf<accountability::v1::PaperRow> {
  using Row = accountability::v1::PaperRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 14;
  static constexpr uint8_t kByCase = 1;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.paper_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    return {IndexPrefix<Row>(kByCase, AsId(r.case_id()))};
  }
};

template <>
struct TableOf<accountability::v1::PaperCounterRow> {
  using Row = accountability::v1::PaperCounterRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 15;
  static std::string Key(const Row& r) { return RowKey<Row>(r.issuer(), r.year(), r.kind()); }
};

template <>
struct TableOf<accountability::v1::AlertRow> {
  using Row = accountability::v1::AlertRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 16;
  static constexpr uint8_t kByOffice = 1;    // in journal order: the cursor of a stream
  static constexpr uint8_t kUnanswered = 2;  // per office
  static constexpr uint8_t kByCase = 3;
  static constexpr uint8_t kInOrder = 4;  // all offices: what streams wait for
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.alert_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    std::vector<std::string> keys{
        IndexPrefix<Row>(kByOffice, r.office(), uint64_t{r.pos()}, r.ordinal()),
        IndexPrefix<Row>(kInOrder, uint64_t{r.pos()}, r.ordinal())};
    if (r.answer().empty()) {
      keys.push_back(IndexPrefix<Row>(kUnanswered, r.office(), uint64_t{r.pos()}, r.ordinal()));
    }
    if (!r.case_id().empty()) {
      keys.push_back(IndexPrefix<Row>(kByCase, AsId(r.case_id()), uint64_t{r.pos()}, r.ordinal()));
    }
    return keys;
  }
};

template <>
struct TableOf<accountability::v1::WebhookRow> {
  using Row = accountability::v1::WebhookRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 17;
  static constexpr uint8_t kByOffice = 1;  // active ones
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.facts().webhook_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    if (!r.facts().active()) return {};
    return {IndexPrefix<Row>(kByOffice, r.facts().office())};
  }
};

template <>
struct TableOf<accountability::v1::DeliveryRow> {
  using Row = accountability::v1::DeliveryRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 18;
  static constexpr uint8_t kPending = 1;    // what the sender has to do, per webhook
  static constexpr uint8_t kByWebhook = 2;  // newest change first
  static std::string Key(const Row& r) {
    return RowKey<Row>(AsId(r.alert_id()), AsId(r.webhook_id()));
  }
  static std::vector<std::string> Indexes(const Row& r) {
    std::vector<std::string> keys{
        IndexPrefix<Row>(kByWebhook, AsId(r.webhook_id()), int64_t{-r.changed_at_us()})};
    if (r.state() == "PENDING") keys.push_back(IndexPrefix<Row>(kPending, AsId(r.webhook_id())));
    return keys;
  }
};

template <>
struct TableOf<accountability::v1::TaskRow> {
  using Row = accountability::v1::TaskRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 19;
  static constexpr uint8_t kByOffice = 1;        // open ones; overdue, then due date
  static constexpr uint8_t kByRegistration = 2;  // open ones
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.facts().task_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    const auto& facts = r.facts();
    if (facts.state() != "OPEN") return {};
    return {IndexPrefix<Row>(kByOffice, facts.office(), facts.overdue() ? 0U : 1U,
                             facts.deadline().due().days()),
            IndexPrefix<Row>(kByRegistration, AsId(facts.registration_id()), facts.kind())};
  }
};

template <>
struct TableOf<accountability::v1::SuspensionWatchRow> {
  using Row = accountability::v1::SuspensionWatchRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 20;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.registration_id())); }
};

template <>
struct TableOf<accountability::v1::ArrivalWatchRow> {
  using Row = accountability::v1::ArrivalWatchRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 21;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.registration_id())); }
};

template <>
struct TableOf<accountability::v1::CalendarRow> {
  using Row = accountability::v1::CalendarRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 22;
  static std::string Key(const Row& r) { return RowKey<Row>(r.year()); }
};

template <>
struct TableOf<accountability::v1::RecomputeRow> {
  using Row = accountability::v1::RecomputeRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 23;
  static std::string Key(const Row&) { return RowKey<Row>(); }
};

// By valid_from, then by adoption: the newest version valid on a day is the last at or before it.
template <>
struct TableOf<accountability::v1::RuleSetRow> {
  using Row = accountability::v1::RuleSetRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 24;
  static std::string Key(const Row& r) { return RowKey<Row>(r.valid_from(), uint64_t{r.pos()}); }
};

template <>
struct TableOf<accountability::v1::CountRow> {
  using Row = accountability::v1::CountRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 25;
  static std::string Key(const Row& r) { return RowKey<Row>(r.scope(), r.stage(), r.state()); }
};

// Foreign rows: copies of facts of registry and attendance.

template <>
struct TableOf<accountability::v1::ForeignChild> {
  using Row = accountability::v1::ForeignChild;
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 50;
  static constexpr uint8_t kByChild = 1;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.facts().registration_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    return {IndexPrefix<Row>(kByChild, AsId(r.facts().child_id()))};
  }
};

template <>
struct TableOf<accountability::v1::ForeignSchool> {
  using Row = accountability::v1::ForeignSchool;
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 51;
  static std::string Key(const Row& r) { return RowKey<Row>(r.facts().school_code()); }
};

template <>
struct TableOf<accountability::v1::ForeignArea> {
  using Row = accountability::v1::ForeignArea;
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 52;
  static std::string Key(const Row& r) { return RowKey<Row>(r.facts().code()); }
};

template <>
struct TableOf<accountability::v1::ForeignDuty> {
  using Row = accountability::v1::ForeignDuty;
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 53;
  static constexpr uint8_t kByOffice = 1;  // office, role
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.facts().duty_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    return {IndexPrefix<Row>(kByOffice, r.facts().office(), r.facts().role())};
  }
};

template <>
struct TableOf<accountability::v1::ForeignCalendar> {
  using Row = accountability::v1::ForeignCalendar;
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 54;
  static std::string Key(const Row& r) { return RowKey<Row>(r.school_code()); }
};

template <>
struct TableOf<accountability::v1::ForeignArrival> {
  using Row = accountability::v1::ForeignArrival;
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 55;
  static constexpr uint8_t kAwaitedInClass = 1;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.registration_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    if (r.seen() != 0 || r.class_id().empty()) return {};
    return {IndexPrefix<Row>(kAwaitedInClass, AsId(r.class_id()))};
  }
};

}  // namespace twinline::base
