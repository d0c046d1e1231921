// Who holds which duty, and where every child, class and school is now: the registry's published
// facts in memory, followed from its journal, with the sessions that identity ended. A
// county of 69,000 children takes about 6 MB and a fraction of a second to load.
//
// Reach follows the hierarchy of domain.md 1.13 and N10: a class teacher reaches the own class;
// registrar and principal the own school, and children on their way to it; a village and a township
// the children with household registration or residence there, the township also its
// schools; bureau and county the county's schools and their children, and the county's own children
// elsewhere; province and auditor everything.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "platform/journal/journal.h"
#include "platform/rpc/journal_follower.h"
#include "platform/rpc/rights.h"
#include "twinline/registry/v1/registry_facts.pb.h"

namespace twinline::rpc {

class MemoryDirectory final : public Directory {
 public:
  // `home_county`: the six-digit code of a county's own installation, whose bureau then reaches
  // everything as long as no school of another county is known; empty for wider installations.
  explicit MemoryDirectory(std::string home_county);
  ~MemoryDirectory() override;

  std::vector<Duty> DutiesOf(const base::Id16& staff, base::CivilDay on) const override;
  std::optional<ChildPlace> PlaceOf(const base::Id16& child) const override;
  std::unique_ptr<Reach> ReachOf(const Duty& duty) const override;
  bool SessionEnded(uint64_t session) const override;
  int64_t StalenessUs() const override;
  std::shared_ptr<const Standing> StandingOf(const base::Id16& staff,
                                             base::CivilDay on) const override;
  void WhenCurrent(std::function<void()> ready) const override;

  // Reads `registry/0` to its end, then follows it. Called once.
  absl::Status FollowRegistry(std::shared_ptr<journal::Journal> registry);
  // The same for identity; `ended` names the session that an event ended.
  using EndedSessionOf = std::function<std::optional<uint64_t>(const journal::v1::Event&)>;
  absl::Status FollowIdentity(std::shared_ptr<journal::Journal> identity, EndedSessionOf ended);
  // Ends the followers; waiting calls are let go.
  void Stop();

  // The facts themselves; what the followers call, and tests.
  void Apply(const registry::v1::DutyFacts& duty);
  void Apply(const registry::v1::SchoolFacts& school);
  void Apply(const registry::v1::ClassFacts& facts);
  void Apply(const registry::v1::ChildFacts& child);
  void EndSession(uint64_t session);
  void ApplyRecords(const std::vector<journal::Admitted>& records);

  // For reaches: where a school and a class are. Empty when unknown.
  struct SchoolPlace {
    std::string township, village, county;
  };
  std::optional<SchoolPlace> SchoolOf(std::string_view school_code) const;
  std::string SchoolOfClass(const base::Id16& class_id) const;
  bool IsOnlyCounty(std::string_view county) const;

  size_t children() const;
  absl::Status health() const;

 private:
  using Name = uint32_t;  // index of an interned string; 0 is the empty one
  struct ChildRow {
    base::Id16 class_id;
    Name school = 0, pending_school = 0;
    Name hukou_township = 0, hukou_village = 0, residence_township = 0, residence_village = 0;
  };
  struct SchoolRow {
    Name township = 0, village = 0, county = 0;
  };
  struct CachedStanding {
    base::CivilDay day;
    std::shared_ptr<const Standing> standing;
  };

  Name Intern(std::string_view text);
  std::optional<Name> Known(std::string_view text) const;
  std::vector<Duty> DutiesLocked(const base::Id16& staff, base::CivilDay on) const;

  const std::string home_county_;
  mutable std::shared_mutex mutex_;
  std::deque<std::string> names_;
  absl::flat_hash_map<std::string_view, Name> name_index_;
  absl::flat_hash_map<base::Id16, ChildRow> children_;
  absl::flat_hash_map<base::Id16, Name> classes_;
  absl::flat_hash_map<Name, SchoolRow> schools_;
  absl::flat_hash_map<base::Id16, std::vector<Duty>> duties_;  // by staff
  absl::flat_hash_set<uint64_t> ended_sessions_;
  bool foreign_county_ = false;
  mutable absl::flat_hash_map<base::Id16, CachedStanding> standings_;

  std::unique_ptr<JournalFollower> registry_;
  std::unique_ptr<JournalFollower> identity_;
};

}  // namespace twinline::rpc
