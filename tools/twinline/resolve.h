// From what a person names to what an RPC needs: a child by number to its view, a class by
// "2141000001/7-3" to its id.
#pragma once

#include "tools/twinline/cli.h"
#include "tools/twinline/parse.h"
#include "twinline/registry/v1/registry_children.pb.h"
#include "twinline/registry/v1/registry_facts.pb.h"

namespace twinline::cli {

// All return an exit code; what went wrong was printed.
int ResolveChild(Cli& cli, const ChildRef& ref, registry::v1::ChildView* child);
// Only the id: no call when it is known already.
int ResolveChildId(Cli& cli, const ChildRef& ref, std::string* child_id);
// Bytes of the class id.
int ResolveClass(Cli& cli, const ClassRef& ref, std::string* class_id);
// The office of the caller's only duty, or of the one that --duty chose; asks the server.
int OwnOffice(Cli& cli, std::string* office);
// `given`, or the own one when it is empty.
int OfficeOrOwn(Cli& cli, const std::string& given, std::string* office);

}  // namespace twinline::cli
