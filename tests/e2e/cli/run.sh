#!/usr/bin/env bash
# A demonstration installation from nothing: log in, move its clock, read and be refused, check the signed history, stop
# it, check, back up, restore, rebuild, and find everything again on the restored copy.
# usage: run.sh <twinlined> <twinline> <scratch directory>
set -euo pipefail
twinlined=$1
twinline=$2
scratch=$3
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
export XDG_CONFIG_HOME=$scratch/config TWINLINE_LANG=en

server=
stop() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}
trap stop EXIT

start() { # <data directory>
  rm -f "$scratch/port" # of the server before
  "$twinlined" --data "$1" --listen 127.0.0.1:0 --metrics off >"$scratch/port" 2>"$scratch/server.log" &
  server=$!
  for _ in $(seq 1 600); do
    if grep -qs '^listening on port' "$scratch/port"; then
      export TWINLINE_SERVER=127.0.0.1:$(sed -n 's/^listening on port //p' "$scratch/port")
      return
    fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$scratch/server.log" >&2
  fail "the server does not come up"
}

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
# <exit code> <text that must appear, or empty> <arguments>
expect() {
  local want=$1 text=$2 code=0 out
  shift 2
  out=$("$twinline" "$@" 2>&1) || code=$?
  [ "$code" = "$want" ] || fail "twinline $*: exit code $code, not $want: $out"
  grep -qF -- "$text" <<<"$out" || fail "twinline $*: no \"$text\" in: $out"
}

"$twinlined" --data "$scratch/data" --init demo --county 411282 --clock driven --clock-start 2026-08-25
start "$scratch/data"
admin=$(sed -n 's/.*auditadmin subject \([0-9a-f]\{32\}\).*/\1/p' data/first-accounts.txt)
security=$(sed -n 's/.*secadmin subject \([0-9a-f]\{32\}\).*/\1/p' data/first-accounts.txt)
[ -n "$admin" ] && [ -n "$security" ] || fail "the first accounts are not where they should be"

expect 3 'twinline login' whoami
expect 4 '' --server 127.0.0.1:1 proof checkpoint
expect 0 "$admin" login --demo "$admin"
expect 0 "$security" login --demo "$security" --as "$scratch/security.token"
expect 0 'audit administrator' whoami
expect 0 'DEMO' whoami
expect 0 '"subject"' whoami --json
# A login name is enough for whoever may look accounts up.
expect 0 "$security" --as "$scratch/security.token" login --demo secadmin

expect 0 '2026-08-25' clock show
expect 0 '2026-08-26 08:00' clock advance 2026-08-26T08:00
expect 1 'CLOCK_NEVER_GOES_BACK' clock advance 2026-08-25
expect 0 'no schools' --as "$scratch/security.token" places schools
expect 1 'PERMISSION_ROLE' students list school:2141128201
expect 2 '32 hex digits' students show nobody
expect 0 'serving' admin status

# The signed history, checked with the key and without the server's word for it.
key=$("$twinline" proof key 2>/dev/null)
expect 0 'saved' proof checkpoint --out "$scratch/checkpoint"
expect 0 'serving' --as "$scratch/security.token" admin status
expect 0 'verified' proof consistency --old "$scratch/checkpoint" --key "$key"
event=$("$twinline" trail actor "$admin" --limit 1 2>/dev/null | awk 'END { print $NF }')
expect 0 'saved' proof entry "$event" --out "$scratch/entry.json"
expect 0 'VERIFIED' audit verify "$scratch/entry.json" --key "$key"
sed 's/"checkpoint": "demo/"checkpoint": "dema/' entry.json >forged.json
expect 5 'NOT VERIFIED' audit verify "$scratch/forged.json" --key "$key"

expect 1 'DIRECTORY_IN_USE' admin rebuild registry --data "$scratch/data" --yes
expect 0 'all is well' admin fsck --data "$scratch/data"
stop

expect 0 'all is well' admin fsck --data "$scratch/data"
cp -r data/second-place second-place-then
expect 0 'backup complete' admin backup "$scratch/backup" --data "$scratch/data"
expect 0 '--drill' admin restore "$scratch/backup" --data "$scratch/restored"
expect 2 'never overwrites' admin restore "$scratch/backup" --data "$scratch/restored"
expect 0 'deleted' admin rebuild identity --data "$scratch/data" --yes
start "$scratch/data"
expect 0 "$admin" login --demo "$admin"
expect 0 'audit administrator' whoami
stop

# The first machine went on after the backup and its second place says so: the older copy must not pass for the whole
# truth (R-07).
cp -r data/keys data/second-place restored/
expect 5 'acknowledged records are missing' admin fsck --data "$scratch/restored"
rm -r restored/second-place
cp -r second-place-then restored/second-place
start "$scratch/restored"
expect 0 "$admin" login --demo "$admin"
expect 0 '2026-08-26 08:00' clock show
expect 0 'verified' proof consistency --old "$scratch/checkpoint" --key "$key"
echo "cli_smoke: all steps passed"
