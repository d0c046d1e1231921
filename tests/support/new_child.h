// Children that the tiny county does not have yet, for tests that register many.
#pragma once

#include "tools/datagen/county.h"
#include "tools/demo/api.h"
#include "tools/demo/loader.h"
#include "twinline/registry/v1/registry_children.pb.h"

namespace twinline::test {

// The n-th of them, into the first class of the first primary school, under a request id of its
// own.
registry::v1::RegisterChildRequest NewChild(const demo::Api& api, const datagen::County& county,
                                            const demo::Loaded& loaded, int n);

}  // namespace twinline::test
