// meddle BROKERS delete|cut|write TOPIC: for scripts, what a stranger or an operator does to a
// topic behind our back. `cut` deletes all that was ever written below offset 2, `write` adds a
// message that is no record.
#include <cstdio>
#include <string>

#include "tests/kafka/raw_client.h"

int main(int argc, char** argv) {
  using namespace twinline::journal_test;
  if (argc != 4) return 2;
  twinline::journal::KafkaOptions options;
  options.brokers = argv[1];
  const std::string act = argv[2], topic = argv[3];
  if (act == "delete") {
    DeleteTopic(options, topic);
  } else if (act == "cut") {
    DeleteRecordsBefore(options, topic, 2);
  } else if (act == "write") {
    ProduceRaw(options, topic, "this is no record");
  } else {
    std::fprintf(stderr, "meddle: delete, cut or write\n");
    return 2;
  }
  return 0;
}
