// Tables of the identity state: numbers, keys and indexes, in one place.
#pragma once

#include "platform/base/rows.h"
#include "twinline/identity/v1/identity_rows.pb.h"

namespace twinline::base {

template <>
struct TableOf<identity::v1::AccountRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 10;
  static constexpr uint8_t kByLogin = 1;
  static std::string Key(const identity::v1::AccountRow& r) {
    return RowKey<identity::v1::AccountRow>(AsId(r.subject()));
  }
  static std::vector<std::string> Indexes(const identity::v1::AccountRow& r) {
    return {IndexPrefix<identity::v1::AccountRow>(kByLogin, r.login())};
  }
};

template <>
struct TableOf<identity::v1::SessionRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 11;
  static constexpr uint8_t kBySubject = 1;  // oldest first
  static constexpr uint8_t kByExpiry = 2;
  static std::string Key(const identity::v1::SessionRow& r) {
    return RowKey<identity::v1::SessionRow>(uint64_t{r.session()});
  }
  static std::vector<std::string> Indexes(const identity::v1::SessionRow& r) {
    using Row = identity::v1::SessionRow;
    return {IndexPrefix<Row>(kBySubject, AsId(r.subject()), uint64_t{r.started_pos()}),
            IndexPrefix<Row>(kByExpiry, int64_t{r.expires_us()})};
  }
};

template <>
struct TableOf<identity::v1::KeyRingRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 12;
  static std::string Key(const identity::v1::KeyRingRow&) {
    return RowKey<identity::v1::KeyRingRow>();
  }
};

template <>
struct TableOf<identity::v1::IssuerRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 13;
  static std::string Key(const identity::v1::IssuerRow& r) {
    return RowKey<identity::v1::IssuerRow>(r.issuer());
  }
};

}  // namespace twinline::base
