// Finds the wanted fields of serialised messages without parsing them: which fields are wanted is
// worked out once per message type from descriptors, then the wire format is walked and everything
// else is skipped. The audit index looks into every event of the house this way; parsing each into
// a message would cost ten times as much.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace twinline::audit {

class FieldPlan {
 public:
  // The kind under which a field is handed out; nullopt: not wanted, though a message field is
  // still looked into. A message field with a kind is handed out whole and not looked into.
  using Classify = std::function<std::optional<uint8_t>(const google::protobuf::FieldDescriptor&)>;
  explicit FieldPlan(Classify classify) : classify_(std::move(classify)) {}

  // The root for messages of this type; kNothing when it can hold no wanted field.
  static constexpr int kNothing = -1;
  int Add(const google::protobuf::Descriptor* type);

  // `visitor`: Enter() and Leave() around each message that may hold wanted fields, Field(kind,
  // bytes) for each wanted field of wire type "length-delimited". False when the bytes are not a
  // message; what was found before is then still handed out.
  template <typename Visitor>
  bool Walk(int root, std::string_view data, Visitor& visitor) const;

 private:
  static constexpr int16_t kSkip = -1;
  static constexpr int16_t kLeaf = -2;
  static constexpr int kDepthMax = 32;
  struct Edge {
    int16_t to = kSkip;  // node of a message field, kLeaf or kSkip
    uint8_t kind = 0;
  };
  struct Node {
    std::vector<Edge> edges;  // by field number
    bool empty = true;
  };

  static bool ReadVarint(std::string_view* in, uint64_t* value);
  static bool SkipField(std::string_view* in, uint32_t wire_type);
  template <typename Visitor>
  bool WalkNode(int node, std::string_view data, Visitor& visitor, int depth) const;

  Classify classify_;
  std::vector<Node> nodes_;
  std::map<const google::protobuf::Descriptor*, int> known_;
};

inline bool FieldPlan::ReadVarint(std::string_view* in, uint64_t* value) {
  uint64_t result = 0;
  for (unsigned i = 0; i < 10 && i < in->size(); ++i) {
    const auto byte = static_cast<uint8_t>((*in)[i]);
    result |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) {
      in->remove_prefix(i + 1);
      *value = result;
      return true;
    }
  }
  return false;
}

inline bool FieldPlan::SkipField(std::string_view* in, uint32_t wire_type) {
  uint64_t size = 0;
  switch (wire_type) {
    case 0:
      return ReadVarint(in, &size);
    case 1:
      size = 8;
      break;
    case 5:
      size = 4;
      break;
    default:  // groups are not used in any event
      return false;
  }
  if (in->size() < size) return false;
  in->remove_prefix(size);
  return true;
}

template <typename Visitor>
bool FieldPlan::Walk(int root, std::string_view data, Visitor& visitor) const {
  return root == kNothing || WalkNode(root, data, visitor, 0);
}

template <typename Visitor>
bool FieldPlan::WalkNode(int node, std::string_view data, Visitor& visitor, int depth) const {
  if (depth > kDepthMax) return false;
  const std::vector<Edge>& edges = nodes_[static_cast<size_t>(node)].edges;
  visitor.Enter();
  bool sound = true;
  while (sound && !data.empty()) {
    uint64_t tag = 0;
    if (!ReadVarint(&data, &tag)) {
      sound = false;
      break;
    }
    const auto wire_type = static_cast<uint32_t>(tag & 7);
    if (wire_type != 2) {
      sound = SkipField(&data, wire_type);
      continue;
    }
    uint64_t size = 0;
    if (!ReadVarint(&data, &size) || data.size() < size) {
      sound = false;
      break;
    }
    const uint64_t number = tag >> 3;
    if (number < edges.size() && edges[number].to != kSkip) {
      const Edge edge = edges[number];
      const std::string_view value = data.substr(0, size);
      if (edge.to == kLeaf) {
        visitor.Field(edge.kind, value);
      } else {
        sound = WalkNode(edge.to, value, visitor, depth + 1);
      }
    }
    data.remove_prefix(size);
  }
  visitor.Leave();
  return sound;
}

}  // namespace twinline::audit
