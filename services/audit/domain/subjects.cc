#include "audit/domain/subjects.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <string>

#include "audit/domain/event_catalog.h"
#include "audit/domain/field_plan.h"

namespace twinline::audit {

using google::protobuf::FieldDescriptor;

namespace {

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// The plans of all event types, by number.
class Plans {
 public:
  Plans()
      : plan_([](const FieldDescriptor& field) -> std::optional<uint8_t> {
          const SubjectKind kind = SubjectKindOf(field);
          if (kind == SubjectKind::kNone) return std::nullopt;
          return static_cast<uint8_t>(kind);
        }) {
    for (const auto& [number, type] : EventTypes()) {
      if (roots_.size() <= number) roots_.resize(number + 1, FieldPlan::kNothing);
      roots_[number] = static_cast<int16_t>(plan_.Add(type));
    }
  }

  int RootOf(uint32_t type) const {
    return type < roots_.size() ? roots_[type] : FieldPlan::kNothing;
  }
  const FieldPlan& plan() const { return plan_; }

 private:
  FieldPlan plan_;
  std::vector<int16_t> roots_;
};

const Plans& AllPlans() {
  static const auto* plans = new Plans();
  return *plans;
}

// Collects, and joins the links of a message with its one child.
class Collector {
 public:
  explicit Collector(Subjects* out) : out_(out) {}

  void Enter() {
    if (++depth_ < kLevels) levels_[depth_] = Level();
  }
  void Field(uint8_t kind, std::string_view bytes) {
    const auto id = base::Id16::FromBytes(bytes);
    if (!id || id->empty()) return;
    Level& level = levels_[depth_ < kLevels ? depth_ : kLevels - 1];
    if (kind == static_cast<uint8_t>(SubjectKind::kLink)) {
      out_->links.push_back(*id);
      if (level.own_links < level.links.size()) level.links[level.own_links++] = *id;
      return;
    }
    out_->children.push_back(*id);
    if (kind == static_cast<uint8_t>(SubjectKind::kChild)) {
      ++level.children;
      level.child = *id;
    }
  }
  void Leave() {
    if (depth_ < kLevels && levels_[depth_].children == 1) {
      const Level& level = levels_[depth_];
      for (size_t i = 0; i < level.own_links; ++i) {
        out_->learned.emplace_back(level.links[i], level.child);
      }
    }
    --depth_;
  }

 private:
  static constexpr int kLevels = 8;
  struct Level {
    int children = 0;
    base::Id16 child;
    std::array<base::Id16, 4> links;
    size_t own_links = 0;
  };
  Subjects* out_;
  int depth_ = -1;
  std::array<Level, kLevels> levels_;
};

}  // namespace

SubjectKind SubjectKindOf(const FieldDescriptor& field) {
  if (field.type() != FieldDescriptor::TYPE_BYTES) return SubjectKind::kNone;
  const std::string& name = field.name();
  if (name == "child_id") return SubjectKind::kChild;
  if (EndsWith(name, "_child_id") || name == "alias_of") return SubjectKind::kOtherChild;
  for (const std::string_view link : {"registration_id", "case_id", "alert_id"}) {
    if (EndsWith(name, link)) return SubjectKind::kLink;
  }
  return SubjectKind::kNone;
}

bool FindSubjects(uint32_t event_type, std::string_view data, Subjects* out) {
  const int root = AllPlans().RootOf(event_type);
  if (root == FieldPlan::kNothing) return true;
  Collector collector(out);
  return AllPlans().plan().Walk(root, data, collector);
}

}  // namespace twinline::audit
