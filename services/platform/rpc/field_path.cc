// Resolving paths and finding the fields that show a child.
#include "platform/rpc/field_path.h"

#include <map>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/base/absl_view.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool IsLeaf(const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

bool ShowsChild(const FieldDescriptor* field) {
  return IsLeaf(field) && field->options().GetExtension(types::v1::shows_child);
}

// Every message type below `type`, itself included.
void Collect(const Descriptor* type, std::set<const Descriptor*>* types) {
  if (!types->insert(type).second) return;
  for (int i = 0; i < type->field_count(); ++i) {
    if (const Descriptor* inner = type->field(i)->message_type()) Collect(inner, types);
  }
}

// The types from which a marked field can be reached.
std::set<const Descriptor*> Showing(const std::set<const Descriptor*>& types) {
  std::set<const Descriptor*> showing;
  for (bool grew = true; grew;) {
    grew = false;
    for (const Descriptor* type : types) {
      for (int i = 0; i < type->field_count() && !showing.contains(type); ++i) {
        const FieldDescriptor* field = type->field(i);
        if (ShowsChild(field) || showing.contains(field->message_type())) {
          showing.insert(type);
          grew = true;
        }
      }
    }
  }
  return showing;
}

}  // namespace

absl::StatusOr<FieldPath> FieldPath::Resolve(const Descriptor* type, std::string_view path) {
  FieldPath resolved;
  if (path.empty()) return resolved;
  const Descriptor* here = type;
  for (const absl::string_view part : absl::StrSplit(base::ToAbsl(path), '.')) {
    const FieldDescriptor* field =
        here == nullptr ? nullptr : here->FindFieldByName(std::string(part));
    if (field == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(type->full_name(), " has no field \"", base::ToAbsl(path), "\""));
    }
    resolved.fields_.push_back(field);
    here = field->message_type();
  }
  if (!IsLeaf(resolved.fields_.back())) {
    return absl::InvalidArgumentError(
        absl::StrCat(type->full_name(), ".", base::ToAbsl(path), " is neither string nor bytes"));
  }
  return resolved;
}

ShownChildren::ShownChildren(const Descriptor* type) {
  std::set<const Descriptor*> types;
  Collect(type, &types);
  const std::set<const Descriptor*> showing = Showing(types);
  if (!showing.contains(type)) return;
  std::map<const Descriptor*, Node*> made;
  for (const Descriptor* each : showing) {
    nodes_.push_back(std::make_shared<Node>());
    made[each] = nodes_.back().get();
  }
  for (const auto& [each, node] : made) {
    for (int i = 0; i < each->field_count(); ++i) {
      const FieldDescriptor* field = each->field(i);
      if (ShowsChild(field)) node->leaves.push_back(field);
      if (showing.contains(field->message_type())) {
        node->inner.emplace_back(field, made[field->message_type()]);
      }
    }
  }
  root_ = made[type];
}

}  // namespace twinline::rpc
