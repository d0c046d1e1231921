// What the registry does when a class business was approved: a whole class goes up, to the
// paired junior school, to the successor of its school, or graduates. One event, so that at no
// moment a child of it has two schools or none. Whoever does not fit any more is left out with the
// reason, never moved on a guess.
#include <algorithm>
#include <set>

#include "registry/domain/decide.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"

namespace twinline::registry {
namespace {

constexpr size_t kClassesOfYearMax = 200;

// The classes that receive, with the head counts that they will have.
class Rooms {
 public:
  Rooms(const v1::ApplyClassBusinessCommand& command, const base::Rows& rows,
        const base::Context& context)
      : command_(command), rows_(rows), context_(context) {
    base::ScanIndex<v1::ClassRow>(
        rows, base::TableOf<v1::ClassRow>::kBySchool, kClassesOfYearMax,
        [&](const v1::ClassRow& row) {
          taken_.push_back(row.facts().number());
          if (!row.facts().closed()) open_.push_back(row.facts());
          return true;
        },
        command.to_school_code(), command.to_school_year(), command.to_grade());
  }

  // Where the next pupil sits; null: placed later by the receiving school (编班).
  v1::ClassFacts* Next(const v1::ClassFacts& from) {
    if (command_.action() == "TO_JUNIOR") return Emptiest();
    if (!continued_) continued_ = Continuation(from);
    return &*continued_;
  }
  // Every class that gained somebody, one roster version later.
  std::vector<v1::ClassFacts> Changed() const {
    std::vector<v1::ClassFacts> changed;
    if (continued_ && gained_ > 0) changed.push_back(*continued_);
    for (const v1::ClassFacts& room : open_) {
      if (used_.contains(room.class_id())) changed.push_back(room);
    }
    return changed;
  }
  void Gain(v1::ClassFacts* room) {
    room->set_pupils(room->pupils() + 1);
    ++gained_;
    if (command_.action() == "TO_JUNIOR" && used_.insert(room->class_id()).second) {
      room->set_roster_version(room->roster_version() + 1);
    }
  }
  const std::optional<v1::ClassFacts>& continued() const { return continued_; }

 private:
  // Evenly over the classes that the junior school has recorded for the new year.
  v1::ClassFacts* Emptiest() {
    const auto it = std::min_element(open_.begin(), open_.end(), [](const auto& a, const auto& b) {
      return std::pair(a.pupils(), a.number()) < std::pair(b.pupils(), b.number());
    });
    return it == open_.end() ? nullptr : &*it;
  }

  // The class that this one becomes: who was left out before follows into it. A new one keeps the
  // number where it is free.
  v1::ClassFacts Continuation(const v1::ClassFacts& from) const {
    if (const auto known = FindClass(rows_, from.continued_as()); known && !known->closed()) {
      return RosterChanged(*known, 0);
    }
    if (command_.action() == "PROMOTE") {
      for (const v1::ClassFacts& room : open_) {
        if (room.number() == from.number()) return RosterChanged(room, 0);
      }
    }
    v1::ClassFacts room;
    room.set_class_id(context_.NewId("class").str());
    room.set_school_code(command_.to_school_code());
    room.set_grade(command_.to_grade());
    room.set_school_year(command_.to_school_year());
    room.set_number(from.number());
    while (std::ranges::find(taken_, room.number()) != taken_.end()) {
      room.set_number(room.number() + 1);
    }
    room.set_roster_version(1);
    return room;
  }

  const v1::ApplyClassBusinessCommand& command_;
  const base::Rows& rows_;
  const base::Context& context_;
  std::vector<v1::ClassFacts> open_;
  std::vector<uint32_t> taken_;
  std::optional<v1::ClassFacts> continued_;
  std::set<std::string> used_;
  uint32_t gained_ = 0;
};

// Why the whole class stays; empty: nothing against it.
std::string_view ClassObjection(const v1::ApplyClassBusinessCommand& command,
                                const std::optional<v1::ClassFacts>& from, const base::Rows& rows) {
  if (!from || from->school_code() != command.school_code()) return "CLASS_UNKNOWN";
  if (from->closed()) return "CLASS_CLOSED";
  if (command.action() == "GRADUATE") return {};
  const auto to = FindSchool(rows, command.to_school_code());
  if (!to) return "SCHOOL_UNKNOWN";
  if (to->closed()) return "SCHOOL_CLOSED";
  return TeachesGrade(to->kind(), command.to_grade()) ? std::string_view() : "GRADE_NOT_TAUGHT";
}

// Why this child stays; empty: it goes along.
std::string_view Objection(const v1::ApplyClassBusinessCommand& command,
                           const std::optional<Subject>& subject) {
  if (!subject) return "CHILD_UNKNOWN";
  const v1::ChildFacts& facts = subject->facts();
  if (!subject->child.alias_of().empty()) return "CHILD_MERGED";
  if (!facts.pending_business().empty()) return "BUSINESS_PENDING";
  if (facts.school_code() != command.school_code()) return "NOT_IN_CLASS";
  const StatusRule* status = FindStatus(facts.status());
  if (status == nullptr || status->ended) return "STATUS_DOES_NOT_ALLOW";
  const std::string& last =
      status->on_roster ? facts.class_id() : subject->registration.home_class_id();
  return last == command.class_id() ? std::string_view() : "NOT_IN_CLASS";
}

v1::ChildFacts After(const v1::ApplyClassBusinessCommand& command, const Subject& subject,
                     const v1::ClassFacts& from, Rooms* rooms) {
  v1::ChildFacts facts = NextFacts(subject.registration);
  const bool on_roster = !facts.class_id().empty();
  facts.clear_class_id();
  if (command.action() == "GRADUATE") {
    facts.set_status("GRADUATED");
    return facts;
  }
  facts.set_school_code(command.to_school_code());
  facts.set_grade(command.to_grade());
  if (!on_roster) return facts;
  if (v1::ClassFacts* room = rooms->Next(from)) {
    facts.set_class_id(room->class_id());
    rooms->Gain(room);
  }
  return facts;
}

}  // namespace

base::Decision Decide(const v1::ApplyClassBusinessCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  v1::ClassPromoted event;
  event.set_business_id(command.business_id());
  event.set_action(command.action());
  event.set_class_id(command.class_id());
  event.set_from_school_code(command.school_code());
  event.set_to_school_code(command.to_school_code());
  const auto leave_out = [&event](const std::string& registration, const std::string& child,
                                  std::string_view reason) {
    v1::LeftOut* left = event.add_except();
    left->set_registration_id(registration);
    left->set_child_id(child);
    left->set_reason(std::string(reason));
  };
  std::optional<v1::ClassFacts> from = FindClass(rows, command.class_id());
  const std::string_view whole = ClassObjection(command, from, rows);
  if (!whole.empty()) {
    for (const v1::ClassMemberRef& member : command.members()) {
      leave_out(member.registration_id(), member.child_id(), whole);
    }
    return base::Events{base::MakeEvent(event, context.today)};
  }
  Rooms rooms(command, rows, context);
  uint32_t left_roster = 0;
  for (const v1::ClassMemberRef& member : command.members()) {
    const auto subject = FindSubject(rows, member.child_id());
    if (const std::string_view why = Objection(command, subject); !why.empty()) {
      leave_out(member.registration_id(), member.child_id(), why);
      continue;
    }
    if (!subject->facts().class_id().empty()) {
      ++left_roster;
      event.add_left_roster(member.child_id());
    }
    *event.add_children() = After(command, *subject, *from, &rooms);
  }
  v1::ClassFacts before = RosterChanged(*from, -static_cast<int>(left_roster));
  if (rooms.continued()) before.set_continued_as(rooms.continued()->class_id());
  before.set_closed(before.pupils() == 0 && command.left_behind() == 0 && event.except().empty());
  *event.add_classes() = std::move(before);
  for (v1::ClassFacts& room : rooms.Changed()) *event.add_classes() = std::move(room);
  return base::Events{base::MakeEvent(event, context.today)};
}

// A merged school keeps its code until its last pupil has gone; from now on it receives nobody
// (T14).
base::Decision Decide(const v1::CloseMergedSchoolCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto school = FindSchool(rows, command.school_code());
  v1::SchoolRecorded event;
  if (!school || school->closed() || !FindSchool(rows, command.successor_code())) {
    journal::v1::NoEffect nothing;
    nothing.set_rule("registry.close_merged");
    nothing.set_reason("SCHOOL_CLOSED");
    return base::Events{base::MakeEvent(nothing, context.today)};
  }
  *event.mutable_school() = *school;
  event.mutable_school()->set_successor_code(command.successor_code());
  bool pupils = false;
  base::ScanIndex<v1::RegistrationRow>(
      rows, base::TableOf<v1::RegistrationRow>::kBySchool, 100'000,
      [&pupils](const v1::RegistrationRow& row) {
        const StatusRule* status = FindStatus(row.facts().status());
        pupils = row.facts().alias_of().empty() && (status == nullptr || !status->ended);
        return !pupils;
      },
      command.school_code());
  event.mutable_school()->set_closed(!pupils);
  return base::Events{base::MakeEvent(event, context.today)};
}

}  // namespace twinline::registry
