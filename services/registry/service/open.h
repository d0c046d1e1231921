// From sealed rows to what a reply shows: names in clear, numbers and telephones masked. What was
// destroyed says 已销毁; what cannot be read says 无法读取 and is never shown as empty.
#pragma once

#include <string>
#include <string_view>

#include "platform/rpc/rights.h"
#include "registry/domain/lookup.h"
#include "registry/service/environment.h"
#include "twinline/registry/v1/registry_children.pb.h"

namespace twinline::registry {

inline constexpr std::string_view kDestroyedText = "已销毁";
inline constexpr std::string_view kUnreadableText = "无法读取";

rpc::ChildPlace PlaceOf(const v1::ChildFacts& facts);

class Opener {
 public:
  explicit Opener(const Environment& environment) : environment_(environment) {}

  vault::Opened Open(const base::Id16& owner, std::string_view message_type, int field,
                     const types::v1::Sealed& sealed) const;
  // Text for people; empty when nothing was stored.
  std::string Text(const base::Id16& owner, std::string_view message_type, int field,
                   const types::v1::Sealed& sealed) const;

  std::string Name(const v1::ChildRow& child) const;
  std::string StaffName(const v1::StaffRow& staff) const;
  std::string StaffPhoneMasked(const v1::StaffRow& staff) const;

  // `detailed` adds guardians and numbers, for a page about one child.
  v1::ChildView View(const Subject& subject, const base::Rows& rows, bool detailed) const;

 private:
  void AddDetails(const v1::ChildRow& child, v1::ChildView* view) const;
  const Environment& environment_;
};

}  // namespace twinline::registry
