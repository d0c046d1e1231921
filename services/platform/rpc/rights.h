// Rights come from duties at request time: a token says who, the registry's journal says
// what one may do. The directory follows registry/0 and identity/0 in memory; unknown means no.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/civil.h"
#include "platform/base/ids.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::rpc {

struct Duty {
  base::Id16 duty_id;
  base::Id16 staff_id;
  types::v1::Role role = types::v1::ROLE_UNSPECIFIED;
  std::string office;  // "class:<hex>", "school:<10>", "township:<9>", "village:<12>",
                       // "bureau:<6>", "county:<6>", …
  uint32_t line = 0;   // twinline.types.v1.Line
  base::CivilDay from;
  std::optional<base::CivilDay> to;
};

struct Principal {
  base::Id16 subject;  // staff id; empty for public calls and services
  uint64_t session = 0;
  std::string service;  // "service:<name>" for calls between processes
};

// Where a child is now, for scope checks. Township by hukou OR residence.
struct ChildPlace {
  std::string school_code;
  base::Id16 class_id;
  std::string hukou_township, hukou_village, residence_township, residence_village;
  std::string pending_school_code;  // the receiving school of an open transfer sees the child too
};

// What a duty reaches. A handler that lists asks Covers* for each candidate.
class Reach {
 public:
  virtual ~Reach() = default;
  virtual bool everything() const = 0;  // auditor, province, county-wide bureau of the only county
  virtual bool CoversChild(const ChildPlace& place) const = 0;
  virtual bool CoversSchool(std::string_view school_code) const = 0;
  virtual bool CoversClass(const base::Id16& class_id) const = 0;
  virtual bool CoversOffice(std::string_view office) const = 0;
  virtual const Duty& duty() const = 0;
};

// The duties of one person in force on one day, each with its reach: what the interceptor looks at.
struct Standing {
  std::vector<Duty> duties;
  std::vector<std::unique_ptr<Reach>> reaches;  // same order
};

// Reaches nothing; for public calls and for people without a duty.
const Reach& NoReach();

class Directory {
 public:
  virtual ~Directory() = default;
  // Never null. Implementations may keep it until the person's duties change.
  virtual std::shared_ptr<const Standing> StandingOf(const base::Id16& staff,
                                                     base::CivilDay on) const;
  // Calls `ready` once this directory has reached what was durable in the followed journals when it
  // was asked: before a "no" is spoken, so that nobody is refused for our own lag.
  virtual void WhenCurrent(std::function<void()> ready) const { ready(); }
  virtual std::vector<Duty> DutiesOf(const base::Id16& staff, base::CivilDay on) const = 0;
  virtual std::optional<ChildPlace> PlaceOf(const base::Id16& child) const = 0;
  virtual std::unique_ptr<Reach> ReachOf(const Duty& duty) const = 0;
  virtual bool SessionEnded(uint64_t session) const = 0;
  // Microseconds of real time since the followed journals were last seen to their ends;
  // writes are refused above 60 s.
  virtual int64_t StalenessUs() const = 0;
};

}  // namespace twinline::rpc
