#!/usr/bin/env bash
# The small demonstration to its end: its last line is JSON whose figures agree with the county and with each other;
# what it leaves behind is checked by `twinline admin fsck`; its root is the newest that was signed, and a
# server on the same directory proves that its history goes on from there.
# usage: run.sh <directory of the binaries> <datagen> <scratch directory>
set -euo pipefail
bin=$1
datagen=$2
scratch=$3
rm -rf "$scratch"
mkdir -p "$scratch"
export XDG_CONFIG_HOME=$scratch/config TWINLINE_LANG=en
fail() {
  echo "FAILED: $*" >&2
  exit 1
}

"$bin/twinline-demo" --small --once --seed 3 --data "$scratch/data" >"$scratch/out" 2>"$scratch/log" ||
  { tail -n 5 "$scratch/log" >&2; fail "the demonstration stopped"; }
"$bin/twinline" admin fsck --data "$scratch/data" --json >"$scratch/fsck.json" ||
  fail "fsck: $(cat "$scratch/fsck.json")"
newest=$scratch/data/second-place/checkpoints/newest
pupils=$("$datagen" --small --seed=3 | sed -n 's/.*pupils \([0-9]*\),.*/\1/p')

python3 - "$pupils" "$scratch/fsck.json" "$newest" "$scratch/out" <<'CHECK' || fail "wrong: $(tail -n 1 "$scratch/out")"
import base64, json, sys
pupils, fsck, newest, out = int(sys.argv[1]), json.load(open(sys.argv[2])), open(sys.argv[3]).read(), open(sys.argv[4])
line = json.loads(out.read().splitlines()[-1])
names = "pupils roll_calls cases_opened cases_closed transfers_completed alerts_delivered audit_leaves root seconds"
assert sorted(line) == sorted(names.split())
assert line["pupils"] == pupils > 1000
assert line["cases_opened"] >= 1 and line["transfers_completed"] >= 1 and line["seconds"] > 0
assert line["cases_closed"] <= line["cases_opened"] <= line["alerts_delivered"]
commits = {j["name"]: j["commits"] for j in fsck["journals"]}
# Fifteen school days of two sessions; each roll call is a commit.
assert 1000 < line["roll_calls"] <= commits["attendance/0"]
# A leaf for each record; the last questions of the demonstration may have left access entries since.
records = sum(j["records"] for j in fsck["journals"])
assert records - 50 <= line["audit_leaves"] <= records
assert fsck["ok"] and fsck["checkpoints"] >= 1
# Origin, size, root, a line each.
assert base64.b64decode(newest.splitlines()[2]).hex() == line["root"]
CHECK

# The server again, which must go on from what it signed.
"$bin/twinlined" --data "$scratch/data" --listen 127.0.0.1:0 --metrics off >"$scratch/port" 2>"$scratch/server.log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
for _ in $(seq 1 600); do
  grep -qs '^listening on port' "$scratch/port" && break
  kill -0 "$server" 2>/dev/null || fail "the server does not come up: $(cat "$scratch/server.log")"
  sleep 0.1
done
export TWINLINE_SERVER=127.0.0.1:$(sed -n 's/^listening on port //p' "$scratch/port")
admin=$(sed -n 's/.*auditadmin subject \([0-9a-f]\{32\}\).*/\1/p' "$scratch/data/first-accounts.txt")
"$bin/twinline" login --demo "$admin" >/dev/null
key=$("$bin/twinline" proof key 2>/dev/null)
"$bin/twinline" proof consistency --old "$newest" --key "$key" | grep -q verified || fail "the history was rewritten"
sed '3s/^./Z/' "$newest" >"$scratch/forged"
if "$bin/twinline" proof consistency --old "$scratch/forged" --key "$key" >/dev/null 2>&1; then
  fail "a forged checkpoint is accepted"
fi
