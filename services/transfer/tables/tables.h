// Tables of the transfer state: numbers, keys and indexes, in one place.
#pragma once

#include "platform/base/rows.h"
#include "twinline/transfer/v1/transfer_rows.pb.h"

namespace twinline::base {

template <>
struct TableOf<transfer::v1::BusinessRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 10;
  static constexpr uint8_t kByOffice = 1;  // waiting for an office, open ones only
  static constexpr uint8_t kByChild = 2;
  static constexpr uint8_t kByOpener = 3;  // opened by an office
  static constexpr uint8_t kOpen = 4;
  static std::string Key(const transfer::v1::BusinessRow& r) {
    return RowKey<transfer::v1::BusinessRow>(AsId(r.facts().business_id()));
  }
  static std::vector<std::string> Indexes(const transfer::v1::BusinessRow& r) {
    using Row = transfer::v1::BusinessRow;
    const auto& facts = r.facts();
    std::vector<std::string> keys{
        IndexPrefix<Row>(kByChild, AsId(facts.child_id())),
        IndexPrefix<Row>(kByOpener, facts.opened_by_office()),
    };
    if (facts.state() == "OPEN") {
      keys.push_back(IndexPrefix<Row>(kOpen));
      if (facts.step() < static_cast<uint32_t>(facts.steps_size())) {
        const auto& step = facts.steps(static_cast<int>(facts.step()));
        // Overdue first, then the oldest due date.
        const uint32_t rank = facts.overdue() ? 0 : 1;
        keys.push_back(
            IndexPrefix<Row>(kByOffice, step.office(), rank, step.deadline().due().days()));
        if (!step.or_office().empty()) {
          keys.push_back(
              IndexPrefix<Row>(kByOffice, step.or_office(), rank, step.deadline().due().days()));
        }
      }
    }
    return keys;
  }
};

template <>
struct TableOf<transfer::v1::OpenBusinessRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 11;
  static std::string Key(const transfer::v1::OpenBusinessRow& r) {
    return RowKey<transfer::v1::OpenBusinessRow>(AsId(r.child_id()));
  }
};

template <>
struct TableOf<transfer::v1::CalendarRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 12;
  static std::string Key(const transfer::v1::CalendarRow& r) {
    return RowKey<transfer::v1::CalendarRow>(r.year());
  }
};

template <>
struct TableOf<transfer::v1::AdviceRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 13;
  static std::string Key(const transfer::v1::AdviceRow& r) {
    return RowKey<transfer::v1::AdviceRow>(r.at_us(), AsId(r.advice_id()));
  }
};

template <>
struct TableOf<transfer::v1::RecomputeRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 14;
  static std::string Key(const transfer::v1::RecomputeRow&) {
    return RowKey<transfer::v1::RecomputeRow>();
  }
};

template <>
struct TableOf<transfer::v1::HubApplicationRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 15;
  static std::string Key(const transfer::v1::HubApplicationRow& r) {
    return RowKey<transfer::v1::HubApplicationRow>(r.application_id());
  }
};

template <>
struct TableOf<transfer::v1::HubMessageRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 16;
  static constexpr uint8_t kInOrder = 1;
  static std::string Key(const transfer::v1::HubMessageRow& r) {
    return RowKey<transfer::v1::HubMessageRow>(AsId(r.message_id()));
  }
  static std::vector<std::string> Indexes(const transfer::v1::HubMessageRow& r) {
    return {IndexPrefix<transfer::v1::HubMessageRow>(kInOrder, r.pos(), r.commit(), r.event())};
  }
};

template <>
struct TableOf<transfer::v1::ClassRunRow> {
  using Row = transfer::v1::ClassRunRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 17;
  static constexpr uint8_t kOpen = 1;      // planned or running
  static constexpr uint8_t kByOffice = 2;  // newest last
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.facts().run_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    std::vector<std::string> keys{IndexPrefix<Row>(kByOffice, r.facts().office(), r.planned_us())};
    if (r.facts().state() == "PLANNED" || r.facts().state() == "RUNNING") {
      keys.push_back(IndexPrefix<Row>(kOpen));
    }
    return keys;
  }
};

template <>
struct TableOf<transfer::v1::ClassBusinessRow> {
  using Row = transfer::v1::ClassBusinessRow;
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 18;
  static constexpr uint8_t kByRun = 1;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.facts().business_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    return {IndexPrefix<Row>(kByRun, AsId(r.facts().run_id()))};
  }
};

template <>
struct TableOf<transfer::v1::ForeignChild> {
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 50;
  static std::string Key(const transfer::v1::ForeignChild& r) {
    return RowKey<transfer::v1::ForeignChild>(AsId(r.facts().registration_id()));
  }
  static constexpr uint8_t kByLastClass = 1;
  static std::vector<std::string> Indexes(const transfer::v1::ForeignChild& r) {
    if (r.last_class_id().empty()) return {};
    return {IndexPrefix<transfer::v1::ForeignChild>(kByLastClass, AsId(r.last_class_id()))};
  }
};

template <>
struct TableOf<transfer::v1::ForeignSchool> {
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 51;
  static std::string Key(const transfer::v1::ForeignSchool& r) {
    return RowKey<transfer::v1::ForeignSchool>(r.facts().school_code());
  }
};

template <>
struct TableOf<transfer::v1::ForeignClassRow> {
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 52;
  static std::string Key(const transfer::v1::ForeignClassRow& r) {
    return RowKey<transfer::v1::ForeignClassRow>(AsId(r.facts().class_id()));
  }
  static constexpr uint8_t kBySchool = 1;
  static std::vector<std::string> Indexes(const transfer::v1::ForeignClassRow& r) {
    return {IndexPrefix<transfer::v1::ForeignClassRow>(kBySchool, r.facts().school_code())};
  }
};

template <>
struct TableOf<transfer::v1::ForeignCase> {
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 53;
  static std::string Key(const transfer::v1::ForeignCase& r) {
    return RowKey<transfer::v1::ForeignCase>(AsId(r.child_id()));
  }
};

template <>
struct TableOf<transfer::v1::ForeignNumber> {
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 54;
  static std::string Key(const transfer::v1::ForeignNumber& r) {
    return RowKey<transfer::v1::ForeignNumber>(r.pepper_version(), r.token(),
                                               AsId(r.registration_id()));
  }
};

}  // namespace twinline::base
