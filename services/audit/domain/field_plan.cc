#include "audit/domain/field_plan.h"

#include <google/protobuf/descriptor.h>

namespace twinline::audit {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

int FieldPlan::Add(const Descriptor* type) {
  if (const auto it = known_.find(type); it != known_.end()) {
    const Node& node = nodes_[static_cast<size_t>(it->second)];
    return node.empty ? kNothing : it->second;
  }
  const int index = static_cast<int>(nodes_.size());
  known_[type] = index;
  nodes_.emplace_back();
  nodes_.back().empty = false;  // while in the making: a type that contains itself is looked into
  std::vector<Edge> edges;
  bool any = false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    Edge edge;
    if (const auto kind = classify_(*field)) {
      edge = {kLeaf, *kind};
    } else if (field->message_type() != nullptr) {
      edge.to = static_cast<int16_t>(Add(field->message_type()));
    }
    if (edge.to == kSkip) continue;
    any = true;
    const auto number = static_cast<size_t>(field->number());
    if (edges.size() <= number) edges.resize(number + 1);
    edges[number] = edge;
  }
  Node& node = nodes_[static_cast<size_t>(index)];
  node.edges = std::move(edges);
  node.empty = !any;
  return any ? index : kNothing;
}

}  // namespace twinline::audit
