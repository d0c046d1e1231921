// The text of deploy/kafka/topics.tsv, from a source that CMake writes.
#pragma once

namespace twinline::journal {

extern const char kTopicsTsv[];

}  // namespace twinline::journal
