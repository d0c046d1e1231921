// The tables of the directory and their look-ups.
#include "platform/rpc/directory.h"

#include <mutex>
#include <utility>

#include "platform/base/keys.h"

namespace twinline::rpc {

MemoryDirectory::MemoryDirectory(std::string home_county) : home_county_(std::move(home_county)) {
  names_.emplace_back();
  name_index_.emplace(names_.back(), 0);
}

MemoryDirectory::~MemoryDirectory() { Stop(); }

MemoryDirectory::Name MemoryDirectory::Intern(std::string_view text) {
  if (const auto it = name_index_.find(text); it != name_index_.end()) return it->second;
  const auto name = static_cast<Name>(names_.size());
  names_.emplace_back(text);
  name_index_.emplace(names_.back(), name);
  return name;
}

std::optional<MemoryDirectory::Name> MemoryDirectory::Known(std::string_view text) const {
  const auto it = name_index_.find(text);
  if (it == name_index_.end()) return std::nullopt;
  return it->second;
}

void MemoryDirectory::Apply(const registry::v1::DutyFacts& facts) {
  Duty duty;
  duty.duty_id = base::AsId(facts.duty_id());
  duty.staff_id = base::AsId(facts.staff_id());
  duty.role = static_cast<types::v1::Role>(facts.role());
  duty.office = facts.office();
  duty.line = facts.line();
  duty.from = base::CivilDay{facts.from().days()};
  if (facts.has_to()) duty.to = base::CivilDay{facts.to().days()};
  const std::lock_guard lock(mutex_);
  std::vector<Duty>& held = duties_[duty.staff_id];
  std::erase_if(held, [&](const Duty& known) { return known.duty_id == duty.duty_id; });
  standings_.erase(duty.staff_id);
  held.push_back(std::move(duty));
}

void MemoryDirectory::Apply(const registry::v1::SchoolFacts& school) {
  const std::lock_guard lock(mutex_);
  schools_[Intern(school.school_code())] = {Intern(school.township()), Intern(school.village()),
                                            Intern(school.county())};
  if (!school.county().empty() && school.county() != home_county_) foreign_county_ = true;
}

void MemoryDirectory::Apply(const registry::v1::ClassFacts& facts) {
  const std::lock_guard lock(mutex_);
  classes_[base::AsId(facts.class_id())] = Intern(facts.school_code());
}

void MemoryDirectory::Apply(const registry::v1::ChildFacts& child) {
  const std::lock_guard lock(mutex_);
  ChildRow& row = children_[base::AsId(child.child_id())];
  row.class_id = base::AsId(child.class_id());
  row.school = Intern(child.school_code());
  row.pending_school = Intern(child.pending_school_code());
  row.hukou_township = Intern(child.hukou_township());
  row.hukou_village = Intern(child.hukou_village());
  row.residence_township = Intern(child.residence_township());
  row.residence_village = Intern(child.residence_village());
}

void MemoryDirectory::EndSession(uint64_t session) {
  const std::lock_guard lock(mutex_);
  ended_sessions_.insert(session);
}

bool MemoryDirectory::SessionEnded(uint64_t session) const {
  const std::shared_lock lock(mutex_);
  return ended_sessions_.contains(session);
}

std::vector<Duty> MemoryDirectory::DutiesLocked(const base::Id16& staff, base::CivilDay on) const {
  std::vector<Duty> duties;
  const auto it = duties_.find(staff);
  if (it == duties_.end()) return duties;
  for (const Duty& duty : it->second) {
    if (duty.from <= on && (!duty.to || on <= *duty.to)) duties.push_back(duty);
  }
  return duties;
}

std::vector<Duty> MemoryDirectory::DutiesOf(const base::Id16& staff, base::CivilDay on) const {
  const std::shared_lock lock(mutex_);
  return DutiesLocked(staff, on);
}

std::shared_ptr<const Standing> MemoryDirectory::StandingOf(const base::Id16& staff,
                                                            base::CivilDay on) const {
  {
    const std::shared_lock lock(mutex_);
    const auto it = standings_.find(staff);
    if (it != standings_.end() && it->second.day == on) return it->second.standing;
  }
  const std::lock_guard lock(mutex_);
  auto standing = std::make_shared<Standing>();
  standing->duties = DutiesLocked(staff, on);
  for (const Duty& duty : standing->duties) standing->reaches.push_back(ReachOf(duty));
  // A person without a duty is not remembered: ids of strangers must not fill the memory.
  if (!standing->duties.empty()) standings_[staff] = {on, standing};
  return standing;
}

std::optional<ChildPlace> MemoryDirectory::PlaceOf(const base::Id16& child) const {
  const std::shared_lock lock(mutex_);
  const auto it = children_.find(child);
  if (it == children_.end()) return std::nullopt;
  const ChildRow& row = it->second;
  return ChildPlace{names_[row.school],
                    row.class_id,
                    names_[row.hukou_township],
                    names_[row.hukou_village],
                    names_[row.residence_township],
                    names_[row.residence_village],
                    names_[row.pending_school]};
}

std::optional<MemoryDirectory::SchoolPlace> MemoryDirectory::SchoolOf(
    std::string_view school_code) const {
  const std::shared_lock lock(mutex_);
  const auto name = Known(school_code);
  const auto it = name ? schools_.find(*name) : schools_.end();
  if (it == schools_.end()) return std::nullopt;
  return SchoolPlace{names_[it->second.township], names_[it->second.village],
                     names_[it->second.county]};
}

std::string MemoryDirectory::SchoolOfClass(const base::Id16& class_id) const {
  const std::shared_lock lock(mutex_);
  const auto it = classes_.find(class_id);
  return it == classes_.end() ? std::string() : names_[it->second];
}

bool MemoryDirectory::IsOnlyCounty(std::string_view county) const {
  const std::shared_lock lock(mutex_);
  return !home_county_.empty() && county == home_county_ && !foreign_county_;
}

size_t MemoryDirectory::children() const {
  const std::shared_lock lock(mutex_);
  return children_.size();
}

}  // namespace twinline::rpc
