// How a follower that lost its own store finds its place again. What it has is the InputCursor that
// its own records carried: a position and eight bytes of the chain value before it. The
// first record that claims the position is not the answer: a late batch of a stale epoch may claim
// it, with the right previous chain value, and every other reader ignores that batch. So the
// journal is read from its beginning through Admit, which also proves the whole chain up to the
// position.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "platform/journal/admit.h"

namespace twinline::journal {

// A reader whose next admitted record is number `next_pos`. `chain_prefix`: the first bytes of the
// chain value after record next_pos - 1, at least 8 of them; ignored when next_pos is 0. DATA_LOSS
// when the journal ends before the position or its chain is another one there: the source was cut
// or forked.
absl::StatusOr<AdmittedReader> ReaderAt(std::shared_ptr<Journal> journal, uint64_t next_pos,
                                        std::string_view chain_prefix);

}  // namespace twinline::journal
