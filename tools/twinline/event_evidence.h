// Which evidence files an event names: every field called `evidence`, a digest or a message with
// one, wherever it stands in the event. By reflection over the linked protos, so that an event type
// added later is followed too.
#pragma once

#include <string>
#include <vector>

#include "twinline/journal/v1/record.pb.h"

namespace twinline::cli {

// Digests of 32 bytes. An event type that is not known here names none.
std::vector<std::string> EvidenceOf(const journal::v1::Event& event);

}  // namespace twinline::cli
