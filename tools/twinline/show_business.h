// A business on its way, as people read it.
#pragma once

#include <google/protobuf/repeated_field.h>

#include "tools/twinline/cli.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::cli {

// Facts and the bar of steps with office, deadline and outcome.
void PrintBusiness(Cli& cli, const transfer::v1::BusinessFacts& business);
void PrintBusinesses(Cli& cli,
                     const google::protobuf::RepeatedPtrField<transfer::v1::BusinessLine>& lines);
// After a write: the reply as JSON, or one sentence, the business and its warnings.
int ShowBusinessReply(Cli& cli, const transfer::v1::BusinessReply& reply, std::string_view zh,
                      std::string_view en);

}  // namespace twinline::cli
