// A child, and a list of children, as people read them. Numbers arrive masked; nothing here
// unmasks.
#pragma once

#include <google/protobuf/repeated_field.h>

#include "tools/twinline/cli.h"
#include "twinline/registry/v1/registry_children.pb.h"

namespace twinline::cli {

void PrintChild(Cli& cli, const registry::v1::ChildView& child);
void PrintChildren(Cli& cli,
                   const google::protobuf::RepeatedPtrField<registry::v1::ChildView>& children);

}  // namespace twinline::cli
