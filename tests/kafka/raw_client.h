// What a stranger or an operator does to topics behind our back. CHECKs that it worked.
#pragma once

#include <cstdint>
#include <string>

#include "platform/journal/kafka_journal.h"

namespace twinline::journal_test {

// One message into partition 0.
void ProduceRaw(const journal::KafkaOptions& options, const std::string& topic,
                const std::string& bytes);
void DeleteTopic(const journal::KafkaOptions& options, const std::string& topic);
void DeleteRecordsBefore(const journal::KafkaOptions& options, const std::string& topic,
                         int64_t offset);

}  // namespace twinline::journal_test
