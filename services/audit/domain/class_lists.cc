#include "audit/domain/class_lists.h"

#include <algorithm>
#include <tuple>

#include "platform/base/decision.h"
#include "platform/base/keys.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::audit {
namespace {

using base::AsId;

void Add(const registry::v1::ClassFacts& room, const base::Id16& child, bool joined,
         std::vector<RosterChange>* changes) {
  const base::Id16 class_id = AsId(room.class_id());
  if (class_id.empty() || child.empty()) return;
  changes->push_back({child, class_id, room.roster_version(), joined});
}

template <typename Event>
bool Take(uint32_t type, std::string_view data, std::vector<RosterChange>* changes) {
  if (type != base::EventType<Event>()) return false;
  Event event;
  if (!event.ParseFromArray(data.data(), static_cast<int>(data.size()))) return true;
  base::Id16 child;
  if constexpr (requires { event.facts(); }) {
    child = AsId(event.facts().child_id());
  } else {
    child = AsId(event.alias_child_id());  // the one that leaves the roster, or returns to it
  }
  if constexpr (requires { event.class_before(); }) {
    Add(event.class_before(), child, false, changes);
  }
  Add(event.class_after(), child, true, changes);
  return true;
}

// A whole class: the first class is the one that its pupils leave.
bool TakeClass(uint32_t type, std::string_view data, std::vector<RosterChange>* changes) {
  if (type != base::EventType<registry::v1::ClassPromoted>()) return false;
  registry::v1::ClassPromoted event;
  if (!event.ParseFromArray(data.data(), static_cast<int>(data.size()))) return true;
  for (const registry::v1::ChildFacts& child : event.children()) {
    const auto& left = event.left_roster();
    if (std::find(left.begin(), left.end(), child.child_id()) != left.end()) {
      Add(event.classes(0), AsId(child.child_id()), false, changes);
    }
    for (int i = 1; i < event.classes_size(); ++i) {
      if (event.classes(i).class_id() != child.class_id()) continue;
      Add(event.classes(i), AsId(child.child_id()), true, changes);
    }
  }
  return true;
}

}  // namespace

std::vector<RosterChange> RosterChanges(uint32_t type, std::string_view data) {
  std::vector<RosterChange> changes;
  TakeClass(type, data, &changes) || Take<registry::v1::ChildRegistered>(type, data, &changes) ||
      Take<registry::v1::ChildPlaced>(type, data, &changes) ||
      Take<registry::v1::RegistrationMoved>(type, data, &changes) ||
      Take<registry::v1::RegistrationStatusChanged>(type, data, &changes) ||
      Take<registry::v1::DuplicateResolved>(type, data, &changes);
  return changes;
}

std::vector<Membership> Memberships(std::vector<RosterChange> changes) {
  // By version, leaving before joining: a class that a child leaves and joins at one version had it
  // on the list throughout.
  std::sort(changes.begin(), changes.end(), [](const RosterChange& a, const RosterChange& b) {
    return std::tuple(a.class_id, a.version, a.joined) <
           std::tuple(b.class_id, b.version, b.joined);
  });
  std::vector<Membership> stretches;
  for (const RosterChange& change : changes) {
    const bool open = !stretches.empty() && stretches.back().class_id == change.class_id &&
                      stretches.back().to == UINT32_MAX;
    if (change.joined && !open) {
      stretches.push_back({change.class_id, change.version, UINT32_MAX});
    } else if (!change.joined && open) {
      stretches.back().to = change.version;
    } else if (!change.joined) {
      // On the list before the first version known here.
      stretches.push_back({change.class_id, 0, change.version});
    }
  }
  return stretches;
}

}  // namespace twinline::audit
