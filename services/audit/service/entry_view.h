// An entry of the trail as an auditor reads it: who, when, from where, what, and what it changed
// (domain.md N08). Sealed values stay sealed, but for the network address, which N08 asks for.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "audit/domain/show.h"
#include "audit/service/journal_index.h"
#include "audit/service/trail.h"
#include "twinline/audit/v1/audit.pb.h"

namespace twinline::vault {
class Sealer;
}

namespace twinline::audit {

// Made for one reply; remembers addresses.
class EntryViews {
 public:
  // `sealer` null: addresses are not opened. `access_owner` is the owner under which the access log
  // seals. `child` empty: everybody's parts are shown.
  EntryViews(const store::IndexStore& store, std::shared_ptr<const IndexView> view,
             vault::Sealer* sealer, const base::Id16& access_owner, const base::Id16& child);

  absl::Status Show(const TrailHit& hit, v1::TrailEntryView* out);

 private:
  struct Shown {
    const TrailHit& hit;
    uint32_t event;
  };

  void ShowEvent(const TrailHit& hit, const JournalView& journal, uint32_t index,
                 const journal::v1::Event& event, v1::EventView* out);
  void ShowFacts(const Shown& at, const google::protobuf::Message& facts, v1::EventView* out);
  std::unique_ptr<google::protobuf::Message> FactsBefore(const Shown& at,
                                                         const google::protobuf::Message& facts);
  std::unique_ptr<google::protobuf::Message> FactsIn(const journal::v1::Commit& commit,
                                                     uint32_t events, const std::string& key);
  void ShowChildren(const journal::v1::Commit& commit, v1::TrailEntryView* out);
  std::string AddressOf(const TrailHit& hit);
  std::string ReadAddress(uint64_t session, int64_t time_us);
  base::Id16 ChildOf(const base::Id16& link);

  const store::IndexStore& store_;
  const std::shared_ptr<const IndexView> view_;
  vault::Sealer* const sealer_;
  const base::Id16 access_owner_;
  const base::Id16 child_;
  Concerns concerns_;
  std::map<std::pair<uint64_t, int64_t>, std::string> addresses_;
  std::map<base::Id16, base::Id16> links_;
};

// The children that a commit names, by the index's knowledge of registrations and cases.
std::vector<base::Id16> ChildrenOf(const store::IndexStore& store,
                                   const journal::v1::Commit& commit);

}  // namespace twinline::audit
