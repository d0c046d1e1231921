// Keys and secondary indexes of the registry's rows: the only code of this service that knows how a
// row is found. Changing a key or an index is a change of evolve_version.
#pragma once

#include <string>
#include <vector>

#include "platform/base/rows.h"
#include "twinline/registry/v1/registry_rows.pb.h"

namespace twinline::base {

template <typename Row>
struct RegistryTable {
  static constexpr Space kSpace = Space::kOwn;
};

template <>
struct TableOf<registry::v1::AreaRow> : RegistryTable<registry::v1::AreaRow> {
  using Row = registry::v1::AreaRow;
  static constexpr uint16_t kTable = 101;
  static constexpr uint8_t kByParent = 1;
  static std::string Key(const Row& r) { return RowKey<Row>(r.area().code()); }
  // The code of the area above: 12 -> 9 -> 6 -> 4 -> 2 digits (domain.md 6.1).
  static std::string Parent(std::string_view code) {
    static constexpr size_t kLengths[] = {9, 6, 4, 2};
    for (const size_t length : kLengths) {
      if (code.size() > length) return std::string(code.substr(0, length));
    }
    return {};
  }
  static std::vector<std::string> Indexes(const Row& r) {
    return {IndexPrefix<Row>(kByParent, Parent(r.area().code()))};
  }
};

template <>
struct TableOf<registry::v1::SchoolRow> : RegistryTable<registry::v1::SchoolRow> {
  using Row = registry::v1::SchoolRow;
  static constexpr uint16_t kTable = 102;
  static constexpr uint8_t kByTownship =
      1;  // key part: township code, so a county is a scan by prefix
  static std::string Key(const Row& r) { return RowKey<Row>(r.school().school_code()); }
  static std::vector<std::string> Indexes(const Row& r) {
    return {IndexPrefix<Row>(kByTownship, r.school().township())};
  }
};

template <>
struct TableOf<registry::v1::ClassRow> : RegistryTable<registry::v1::ClassRow> {
  using Row = registry::v1::ClassRow;
  static constexpr uint16_t kTable = 103;
  static constexpr uint8_t kBySchool = 1;  // school, school year, grade, number
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.facts().class_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    const auto& c = r.facts();
    return {IndexPrefix<Row>(kBySchool, c.school_code(), c.school_year(), c.grade(), c.number())};
  }
};

template <>
struct TableOf<registry::v1::StaffRow> : RegistryTable<registry::v1::StaffRow> {
  using Row = registry::v1::StaffRow;
  static constexpr uint16_t kTable = 104;
  static constexpr uint8_t kByOffice = 1;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.staff_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    return {IndexPrefix<Row>(kByOffice, r.home_office())};
  }
};

template <>
struct TableOf<registry::v1::DutyRow> : RegistryTable<registry::v1::DutyRow> {
  using Row = registry::v1::DutyRow;
  static constexpr uint16_t kTable = 105;
  static constexpr uint8_t kByOffice = 1;
  static constexpr uint8_t kByStaff = 2;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.duty().duty_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    return {IndexPrefix<Row>(kByOffice, r.duty().office(), r.duty().from().days()),
            IndexPrefix<Row>(kByStaff, AsId(r.duty().staff_id()))};
  }
};

template <>
struct TableOf<registry::v1::ChildRow> : RegistryTable<registry::v1::ChildRow> {
  using Row = registry::v1::ChildRow;
  static constexpr uint16_t kTable = 106;
  static constexpr uint8_t kByIdToken = 1;
  static constexpr uint8_t kBySamePerson = 2;
  static constexpr uint8_t kByNumberToken = 3;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.child_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    std::vector<std::string> entries;
    const auto add = [&entries](uint8_t index, const types::v1::SearchToken& token) {
      if (!token.token().empty()) {
        entries.push_back(IndexPrefix<Row>(index, token.pepper_version(), token.token()));
      }
    };
    add(kByIdToken, r.person().id_token());
    add(kBySamePerson, r.person().same_person_token());
    for (const auto& number : r.numbers()) add(kByNumberToken, number.token());
    return entries;
  }
};

template <>
struct TableOf<registry::v1::RegistrationRow> : RegistryTable<registry::v1::RegistrationRow> {
  using Row = registry::v1::RegistrationRow;
  static constexpr uint16_t kTable = 107;
  static constexpr uint8_t kByChild = 1;
  static constexpr uint8_t kByHomeClass = 2;
  static constexpr uint8_t kBySchool = 3;   // school, grade
  static constexpr uint8_t kByProblem = 4;  // problem flag, school
  static constexpr uint8_t kByChange =
      5;  // position of the last change: what readers in memory catch up with
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.facts().registration_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    const auto& f = r.facts();
    std::vector<std::string> entries = {IndexPrefix<Row>(kByChild, AsId(f.child_id())),
                                        IndexPrefix<Row>(kByHomeClass, AsId(r.home_class_id())),
                                        IndexPrefix<Row>(kBySchool, f.school_code(), f.grade()),
                                        IndexPrefix<Row>(kByChange, r.changed_pos())};
    for (const std::string& problem : f.problems()) {
      entries.push_back(IndexPrefix<Row>(kByProblem, problem, f.school_code()));
    }
    return entries;
  }
};

template <>
struct TableOf<registry::v1::MemberRow> : RegistryTable<registry::v1::MemberRow> {
  using Row = registry::v1::MemberRow;
  static constexpr uint16_t kTable = 108;
  static std::string Key(const Row& r) {
    return RowKey<Row>(AsId(r.class_id()), AsId(r.registration_id()), r.joined_version());
  }
};

template <>
struct TableOf<registry::v1::RosterRow> : RegistryTable<registry::v1::RosterRow> {
  using Row = registry::v1::RosterRow;
  static constexpr uint16_t kTable = 109;
  static std::string Key(const Row& r) {
    return RowKey<Row>(AsId(r.class_id()), r.roster_version());
  }
};

template <>
struct TableOf<registry::v1::HistoryRow> : RegistryTable<registry::v1::HistoryRow> {
  using Row = registry::v1::HistoryRow;
  static constexpr uint16_t kTable = 110;
  static std::string Key(const Row& r) {
    return RowKey<Row>(AsId(r.child_id()), r.pos(), r.commit(), r.event());
  }
};

template <>
struct TableOf<registry::v1::DuplicateTaskRow> : RegistryTable<registry::v1::DuplicateTaskRow> {
  using Row = registry::v1::DuplicateTaskRow;
  static constexpr uint16_t kTable = 111;
  static constexpr uint8_t kByChild = 1;
  static constexpr uint8_t kByState = 2;  // resolved or not, time opened
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.task_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    return {IndexPrefix<Row>(kByChild, AsId(r.first_child_id())),
            IndexPrefix<Row>(kByChild, AsId(r.second_child_id())),
            IndexPrefix<Row>(kByState, !r.outcome().empty(), r.opened_us())};
  }
};

template <>
struct TableOf<registry::v1::AlarmRow> : RegistryTable<registry::v1::AlarmRow> {
  using Row = registry::v1::AlarmRow;
  static constexpr uint16_t kTable = 112;
  static constexpr uint8_t kBySourceRow = 1;
  static std::string Key(const Row& r) { return RowKey<Row>(r.pos(), r.commit(), r.event()); }
  static std::vector<std::string> Indexes(const Row& r) {
    return {IndexPrefix<Row>(kBySourceRow, r.alarm().source_row())};
  }
};

template <>
struct TableOf<registry::v1::CountRow> : RegistryTable<registry::v1::CountRow> {
  using Row = registry::v1::CountRow;
  static constexpr uint16_t kTable = 113;
  static std::string Key(const Row& r) {
    return RowKey<Row>(r.school_code(), r.grade(), r.status());
  }
};

template <>
struct TableOf<registry::v1::ExportRow> : RegistryTable<registry::v1::ExportRow> {
  using Row = registry::v1::ExportRow;
  static constexpr uint16_t kTable = 114;
  static constexpr uint8_t kByOffice = 1;
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.request().export_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    return {IndexPrefix<Row>(kByOffice, r.request().office(), r.requested_us())};
  }
};

template <>
struct TableOf<registry::v1::ErasureRow> : RegistryTable<registry::v1::ErasureRow> {
  using Row = registry::v1::ErasureRow;
  static constexpr uint16_t kTable = 115;
  static constexpr uint8_t kByState = 1;   // state, time of the request
  static constexpr uint8_t kByTime = 2;    // time of the request
  static constexpr uint8_t kByRecord = 3;  // the child and every record merged into it
  static std::string Key(const Row& r) { return RowKey<Row>(AsId(r.child_id())); }
  static std::vector<std::string> Indexes(const Row& r) {
    std::vector<std::string> entries = {IndexPrefix<Row>(kByState, r.state(), r.requested_us()),
                                        IndexPrefix<Row>(kByTime, r.requested_us()),
                                        IndexPrefix<Row>(kByRecord, AsId(r.child_id()))};
    for (const std::string& record : r.merged()) {
      entries.push_back(IndexPrefix<Row>(kByRecord, AsId(record)));
    }
    return entries;
  }
};

template <>
struct TableOf<registry::v1::RenewalRow> : RegistryTable<registry::v1::RenewalRow> {
  using Row = registry::v1::RenewalRow;
  static constexpr uint16_t kTable = 116;
  static std::string Key(const Row&) { return RowKey<Row>(); }
};

}  // namespace twinline::base
