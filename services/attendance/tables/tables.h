// Tables of the attendance state: numbers, keys and indexes, in one place. Table numbers never
// change their meaning without a new evolve version.
#pragma once

#include "platform/base/rows.h"
#include "twinline/attendance/v1/attendance_rows.pb.h"

namespace twinline::base {

template <>
struct TableOf<attendance::v1::ClassDayRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 10;
  static std::string Key(const attendance::v1::ClassDayRow& r) {
    return RowKey<attendance::v1::ClassDayRow>(AsId(r.class_id()), r.day());
  }
};

template <>
struct TableOf<attendance::v1::MarkRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 11;
  static std::string Key(const attendance::v1::MarkRow& r) {
    return RowKey<attendance::v1::MarkRow>(AsId(r.registration_id()), r.day());
  }
};

template <>
struct TableOf<attendance::v1::TrackedSetRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 12;
  static std::string Key(const attendance::v1::TrackedSetRow& r) {
    return RowKey<attendance::v1::TrackedSetRow>(AsId(r.class_id()));
  }
};

template <>
struct TableOf<attendance::v1::TrackRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 13;
  static constexpr uint8_t kByClass = 1;  // every class that it is or was in while tracked
  static std::string Key(const attendance::v1::TrackRow& r) {
    return RowKey<attendance::v1::TrackRow>(AsId(r.registration_id()));
  }
  static std::vector<std::string> Indexes(const attendance::v1::TrackRow& r) {
    std::vector<std::string> keys;
    for (const attendance::v1::Place& place : r.places()) {
      keys.push_back(IndexPrefix<attendance::v1::TrackRow>(kByClass, AsId(place.class_id())));
    }
    return keys;
  }
};

template <>
struct TableOf<attendance::v1::ClassStateRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 14;
  static constexpr uint8_t kUnmarked = 1;
  static std::string Key(const attendance::v1::ClassStateRow& r) {
    return RowKey<attendance::v1::ClassStateRow>(AsId(r.class_id()));
  }
  static std::vector<std::string> Indexes(const attendance::v1::ClassStateRow& r) {
    if (r.unmarked_days() == 0) return {};
    return {IndexPrefix<attendance::v1::ClassStateRow>(kUnmarked)};
  }
};

template <>
struct TableOf<attendance::v1::SchoolDayRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 15;
  static std::string Key(const attendance::v1::SchoolDayRow& r) {
    return RowKey<attendance::v1::SchoolDayRow>(r.school_code(), r.day());
  }
};

template <>
struct TableOf<attendance::v1::SchoolRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 16;
  static std::string Key(const attendance::v1::SchoolRow& r) {
    return RowKey<attendance::v1::SchoolRow>(r.school_code());
  }
};

// By valid_from, then by adoption: the newest version valid on a day is the last at or before it.
template <>
struct TableOf<attendance::v1::RuleSetRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 17;
  static std::string Key(const attendance::v1::RuleSetRow& r) {
    return RowKey<attendance::v1::RuleSetRow>(r.valid_from(), uint64_t{r.pos()});
  }
};

template <>
struct TableOf<attendance::v1::CorrectionRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 18;
  static constexpr uint8_t kWaiting = 1;  // for a signature, by class
  static std::string Key(const attendance::v1::CorrectionRow& r) {
    return RowKey<attendance::v1::CorrectionRow>(AsId(r.correction_id()));
  }
  static std::vector<std::string> Indexes(const attendance::v1::CorrectionRow& r) {
    if (r.is_signed()) return {};
    return {IndexPrefix<attendance::v1::CorrectionRow>(kWaiting, AsId(r.class_id()))};
  }
};

template <>
struct TableOf<attendance::v1::BackdatingRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 19;
  static std::string Key(const attendance::v1::BackdatingRow& r) {
    return RowKey<attendance::v1::BackdatingRow>(AsId(r.subject()), r.week());
  }
};

template <>
struct TableOf<attendance::v1::ConflictRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 20;
  static std::string Key(const attendance::v1::ConflictRow& r) {
    return RowKey<attendance::v1::ConflictRow>(r.day(), r.session(), AsId(r.registration_id()));
  }
};

// Foreign rows: copies of registry facts.
template <>
struct TableOf<attendance::v1::ForeignClass> {
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 50;
  static constexpr uint8_t kBySchool = 1;  // open classes only: closed ones add up over the years
  static std::string Key(const attendance::v1::ForeignClass& r) {
    return RowKey<attendance::v1::ForeignClass>(AsId(r.class_id()));
  }
  static std::vector<std::string> Indexes(const attendance::v1::ForeignClass& r) {
    if (r.closed()) return {};
    return {IndexPrefix<attendance::v1::ForeignClass>(kBySchool, r.school_code())};
  }
};

template <>
struct TableOf<attendance::v1::ForeignRegistration> {
  static constexpr Space kSpace = Space::kForeign;
  static constexpr uint16_t kTable = 51;
  static constexpr uint8_t kByClass = 1;
  static constexpr uint8_t kByChild = 2;
  static constexpr uint8_t kByTwin = 3;  // the open duplicate task that names two registrations
  static constexpr uint8_t kByFormerClass = 4;  // classes that it was in, as far as they are kept
  static std::string Key(const attendance::v1::ForeignRegistration& r) {
    return RowKey<attendance::v1::ForeignRegistration>(AsId(r.registration_id()));
  }
  static std::vector<std::string> Indexes(const attendance::v1::ForeignRegistration& r) {
    std::vector<std::string> keys{
        IndexPrefix<attendance::v1::ForeignRegistration>(kByClass, AsId(r.class_id())),
        IndexPrefix<attendance::v1::ForeignRegistration>(kByChild, AsId(r.child_id()))};
    if (r.duplicate()) {
      keys.push_back(
          IndexPrefix<attendance::v1::ForeignRegistration>(kByTwin, AsId(r.duplicate_task())));
    }
    for (int i = 0; i + 1 < r.places_size(); ++i) {
      if (r.places(i).class_id().empty()) continue;
      keys.push_back(IndexPrefix<attendance::v1::ForeignRegistration>(
          kByFormerClass, AsId(r.places(i).class_id())));
    }
    return keys;
  }
};

}  // namespace twinline::base
