#!/usr/bin/env bash
# What twinlined says when its journals over Kafka are not as they have to be: one message each, with what to do; and what a
# stranger's record does to a server that runs.
# usage: start_refusals_test.sh <broker script> <twinlined> <twinline> <meddle> <directory>
set -euo pipefail
broker=$1 twinlined=$2 twinline=$3 meddle=$4 dir=$5
jars="$(dirname "$broker")/../../build/kafka/*"
export TWINLINE_LANG=en
rm -rf "$dir" && mkdir -p "$dir"

status=0
brokers=$("$broker" start "$dir/kafka" 2>"$dir/why") || status=$?
((status == 77)) && { echo "SKIPPED: $(cat "$dir/why")"; exit 77; }
((status == 0)) || { cat "$dir/why"; exit 1; }
server=
trap '[[ -z $server ]] || kill -9 "$server" 2>/dev/null; "$broker" stop "$dir/kafka"' EXIT

# config <file> <brokers> <prefix>
config() {
  printf 'log { level: "error" }\njournals { medium: "kafka" }\nkafka { brokers: "%s" replicas: 1 topic_prefix: "%s" request_timeout_s: 5 }\n' \
    "$2" "$3" >"$1"
}
topics() { "$twinline" admin topics --brokers "$brokers" --replicas 1 --demo --prefix a. --create >/dev/null; }
alter() {
  java -cp "$jars" kafka.admin.ConfigCommand --bootstrap-server "$brokers" --alter --topic demo.a.twinline.transfer.journal.v1 \
    --add-config "$1" >"$dir/alter" 2>&1 || { cat "$dir/alter"; exit 1; }
}
# refused <exit code> <data directory> <config> <text>...: the start ends with these words; 1 may pass by itself, 2 needs a person.
refused() {
  local code=0 expected=$1 data=$2 file=$3
  shift 3
  timeout 60 "$twinlined" --data "$data" --config "$file" --listen 127.0.0.1:0 --metrics off >"$dir/out" 2>&1 || code=$?
  for text in "$@"; do
    ((code == expected)) && grep -qF -- "$text" "$dir/out" && continue
    echo "start of $data: exit $code, expected $expected and \"$text\":"
    cat "$dir/out"
    exit 1
  done
}
# serves <data directory> <config>: the start succeeds; the server is left running, its log readable from file descriptor 9.
serves() {
  rm -f "$dir/line" "$dir/log" && mkfifo "$dir/line" "$dir/log"
  exec 9<>"$dir/log"
  "$twinlined" --data "$1" --config "$2" --listen 127.0.0.1:0 --metrics off >"$dir/line" 2>&9 &
  server=$!
  local line
  read -r line <"$dir/line" || true
  [[ $line == "listening on port "* ]] || { echo "start of $1: $line"; exit 1; }
  port=${line##* }
}
# logs <text>: the server says so within a minute.
logs() {
  timeout 60 grep -m1 -qF -- "$1" <&9 || { echo "the server never said \"$1\""; exit 1; }
}
stops() { kill "$server"; wait "$server" || true; server=; }

for name in one other; do
  "$twinlined" --data "$dir/$name" --init demo --clock driven --clock-start 2026-08-25
done
config "$dir/away" 127.0.0.1:1 a.
config "$dir/here" "$brokers" a.

refused 1 "$dir/one" "$dir/away" "journals over Kafka at 127.0.0.1:1" "Connection refused" "start again" "未启动"
refused 1 "$dir/one" "$dir/here" "topics are missing" "admin topics --create" "未启动"
topics
alter retention.ms=1000
refused 1 "$dir/one" "$dir/here" "retention.ms is 1000, must be -1" "kafka-configs.sh" "改回"
alter retention.ms=-1

serves "$dir/one" "$dir/here"
stops
refused 1 "$dir/other" "$dir/here" "belong to installation" "kafka.topic_prefix" "另一套系统"

# A stranger writes into a journal while we serve: that shard stands still for good.
serves "$dir/one" "$dir/here"
"$meddle" "$brokers" write demo.a.twinline.transfer.journal.v1
logs "transfer/0 halts"
logs "halted: "
"$twinline" --server "127.0.0.1:$port" admin status >"$dir/status" 2>&1 || true
grep -q "not serving" "$dir/status" || { cat "$dir/status"; exit 1; }
stops
refused 2 "$dir/one" "$dir/here" "transfer/0"

# The beginning of a journal deleted, as a retention time would.
"$meddle" "$brokers" cut demo.a.twinline.identity.journal.v1
refused 2 "$dir/one" "$dir/here" "identity" "was deleted"

# Deleted and made anew, as if somebody had tidied up: the state knows more than the topic holds.
"$meddle" "$brokers" delete demo.a.twinline.accountability.journal.v1
refused 1 "$dir/one" "$dir/here" "topics are missing" "restore them"
topics
refused 2 "$dir/one" "$dir/here" "acknowledged records are missing: journal accountability/0" "已确认的记录缺失"

# The same with the vault: new keys would hide that nothing sealed can be read any more.
"$meddle" "$brokers" delete demo.a.twinline.registry.keys.v1
topics
refused 2 "$dir/one" "$dir/here" "registry.keys.v1 is empty" "密钥主题却是空的"
echo "start refusals: passed"
