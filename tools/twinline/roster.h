// The children of one class, and finding one of them by what a teacher would type.
#pragma once

#include <string>
#include <string_view>

#include "tools/twinline/cli.h"
#include "tools/twinline/parse.h"
#include "twinline/registry/v1/registry_children.pb.h"

namespace twinline::cli {

class Roster {
 public:
  // Prints what went wrong; returns an exit code.
  int Load(Cli& cli, const ClassRef& ref);
  // From a list that is here already.
  void Use(registry::v1::ListClassReply list) { list_ = std::move(list); }

  const std::string& class_id() const { return list_.class_facts().class_id(); }
  uint32_t version() const { return list_.class_facts().roster_version(); }
  const registry::v1::ListClassReply& list() const { return list_; }

  enum class Match { kNone, kOne, kSeveral };
  // By full name, child id, registration id, or the first six or more hex digits of either id.
  // Several children of one name are never guessed at.
  Match Find(std::string_view text, const registry::v1::ChildView** child) const;
  // Name by registration id (bytes); the id where it is not of this class.
  std::string NameOf(const std::string& registration_id) const;

 private:
  registry::v1::ListClassReply list_;
};

}  // namespace twinline::cli
