// What deciding a step makes of a business, whoever decided it: people, the bureau's override or
// the other province through the hub.
#pragma once

#include <string>

#include "platform/base/decision.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::transfer {

void Sign(v1::Step* step, const base::Context& context, const std::string& outcome,
          const std::string& code);

// The business with its current step decided, and the next step's clock started from record time.
v1::BusinessFacts Advance(v1::BusinessFacts facts, const base::Rows& rows,
                          const base::Context& context);

// The events of deciding the current step as `outcome` (DONE REFUSED).
base::Events StepEvents(v1::BusinessFacts facts, const std::string& outcome,
                        const std::string& code, const types::v1::Sealed& text,
                        const base::Rows& rows, const base::Context& context);

// The county of that one of our schools which the business is about: of the receiving one, or of
// the sending one when a child leaves for another province.
std::string HomeCounty(const v1::BusinessFacts& facts, const base::Rows& rows);
// The county in which the office of a step lies; HomeCounty for another province's.
std::string CountyOfStep(const v1::Step& step, const v1::BusinessFacts& facts,
                         const base::Rows& rows);

}  // namespace twinline::transfer
