#!/usr/bin/env bash
# The three uses that README.md shows, run as they stand there against the small demonstration, and what they print. The
# commands are taken from README.md itself, so the page cannot say what does not work; README.zh-CN.md must have the same.
# usage: readme.sh <twinline-demo> <directory of the READMEs> <scratch directory>
set -euo pipefail
demo=$1
readmes=$2
scratch=$3
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
export XDG_CONFIG_HOME=$scratch/config TWINLINE_LANG=en

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
# <file> <number>: the number-th code block of the file, without comments.
block() {
  awk -v want="$2" '/^```/ { inside = !inside; count += inside; next } inside && count == want' "$1" | sed 's/  *# .*$//'
}
# Which blocks are the uses: those that log in.
uses=()
total=$(($(grep -c '^```' "$readmes/README.md") / 2))
for number in $(seq 1 "$total"); do
  block "$readmes/README.md" "$number" >"block-$number"
  block "$readmes/README.zh-CN.md" "$number" | diff -u "block-$number" - >&2 || fail "block $number differs between the READMEs"
  ! grep -q '^\$T login' "block-$number" || uses+=("$number")
done
[ ${#uses[@]} = 3 ] || fail "README.md has ${#uses[@]} uses, not 3"

"$demo" --small --data "$scratch/county" --port 0 >demo.log 2>demo.err &
server=$!
# The demonstration and the server that it started.
stop() {
  children=$(pgrep -P "$server" || true)
  # shellcheck disable=SC2086 # one word a process
  kill "$server" $children 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  for child in $children; do
    while kill -0 "$child" 2>/dev/null; do sleep 0.1; done
  done
}
trap stop EXIT
for _ in $(seq 1 1200); do
  ! grep -qs '^{"pupils"' demo.log || break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
grep -qs '^{"pupils"' demo.log || { cat demo.err >&2; fail "the demonstration does not come up"; }
. county/demo-env

# <number> <commands that must fail>: runs a block as somebody types it: an error does not stop the rest, but is noted.
run() {
  cat >runner <<RUNNER
trap 'echo "\$? \$BASH_COMMAND" >>failed' ERR
. "$scratch/county/demo-env"
$(cat "block-$1")
RUNNER
  : >failed
  bash runner >"out-$1" 2>"err-$1" || true
  [ "$(wc -l <failed)" = "$2" ] || { cat "err-$1" >&2; fail "block $1: failed, wanted $2: $(cat failed)"; }
}
# <number> <text>...: each in the output of the block.
shows() {
  local number=$1 text
  shift
  for text in "$@"; do
    grep -qF -- "$text" "out-$number" "err-$number" || { cat "out-$number" "err-$number" >&2; fail "block $number: no \"$text\""; }
  done
}

# A transfer goes through both schools and the bureau, and the registration has moved.
run "${uses[0]}" 0
shows "${uses[0]}" 'transfer within the county' 'completed' 'residence moved' "$TO_SCHOOL" 'National Day' '2026-10-16'
grep -qE "^school  +.*$TO_SCHOOL\$" "out-${uses[0]}" || fail "the registration is not at $TO_SCHOOL"

# The township answers an alert and its visit is on the case, beside the other line.
run "${uses[1]}" 0
shows "${uses[1]}" "$CHILD" 'persuaded' 'home visit' 'agreed to return' '约定下周一返校' 'government line' 'education line'

# The trail verifies without the server; a changed letter is found out (the one command that fails).
run "${uses[2]}" 1
grep -q '^5 .*audit verify forged.twl' failed || fail "not the forged trail: $(cat failed)"
shows "${uses[2]}" '核验通过 VERIFIED' '核验未通过 NOT VERIFIED'
[ -s trail.twl ] || fail "no trail was exported"
echo "readme: all uses run as README.md shows them"
