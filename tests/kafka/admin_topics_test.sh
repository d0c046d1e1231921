#!/usr/bin/env bash
# `twinline admin topics` against a real broker: missing, made, as it should be, and changed by somebody else.
# usage: admin_topics_test.sh <broker script> <twinline> <directory>
set -euo pipefail
broker=$1 twinline=$2 dir=$3
export TWINLINE_LANG=en
rm -rf "$dir" && mkdir -p "$dir"

status=0
brokers=$("$broker" start "$dir/kafka" 2>"$dir/why") || status=$?
((status == 77)) && { echo "SKIPPED: $(cat "$dir/why")"; exit 77; }
((status == 0)) || { cat "$dir/why"; exit 1; }
trap '"$broker" stop "$dir/kafka"' EXIT

# run <expected exit code> <expected text> <argument>...
run() {
  local code=0 expected=$1 text=$2
  shift 2
  "$twinline" admin topics --brokers "$brokers" --replicas 1 "$@" >"$dir/out" 2>&1 || code=$?
  if ((code != expected)) || ! grep -qF -- "$text" "$dir/out"; then
    echo "admin topics $*: exit $code, expected $expected and \"$text\":"
    cat "$dir/out"
    exit 1
  fi
}

run 5 "missing twinline.registry.journal.v1"
run 0 "made twinline.audit.journal.v1" --create
run 0 "topics are as topics.tsv says"
run 0 "topics are as topics.tsv says" --create
run 5 "missing demo.twinline.clock.journal.v1" --demo
java -cp "$(dirname "$broker")/../../build/kafka/*" org.apache.kafka.tools.ConfigCommand --bootstrap-server "$brokers" \
  --alter --topic twinline.transfer.journal.v1 --add-config retention.ms=1000 >"$dir/alter" 2>&1 ||
  java -cp "$(dirname "$broker")/../../build/kafka/*" kafka.admin.ConfigCommand --bootstrap-server "$brokers" \
    --alter --topic twinline.transfer.journal.v1 --add-config retention.ms=1000 >>"$dir/alter" 2>&1
run 5 "differs twinline.transfer.journal.v1: retention.ms is 1000, must be -1"
run 5 "differs twinline.transfer.journal.v1: retention.ms is 1000, must be -1" --create
echo "admin topics: passed"
