#!/usr/bin/env bash
# Verifies our evidence with Go tools that are not ours, and demands that they refuse the forged files.
# usage: run.sh <audit_make_sample> <scratch directory>
# Exit code 77 (skipped) only when Go or its modules cannot be had on this machine.
set -euo pipefail
make_sample=$1
scratch=$2
here=$(cd "$(dirname "$0")" && pwd)
export GOTOOLCHAIN=local GOFLAGS=-mod=readonly

skip() {
  echo "SKIPPED verify_with_go: $1. Our proofs were NOT checked by an outside tool in this run." >&2
  exit 77
}
command -v go >/dev/null || skip "no go command"

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$here"
go mod download >"$scratch/download.log" 2>&1 || { cat "$scratch/download.log" >&2; skip "the Go modules cannot be fetched"; }
go build -o "$scratch/verify" .
"$make_sample" "$scratch"

failures=0
accept() { if ! "$scratch/verify" "$@"; then echo "should be accepted: ${*:2}"; failures=$((failures + 1)); fi; }
refuse() { if "$scratch/verify" "$@"; then echo "should be refused: ${*:2}"; failures=$((failures + 1)); fi; }

key=$(cat "$scratch/key.txt")
accept "$key" bundle "$scratch/bundle.json"
accept "$key" bundle "$scratch/bundle-of-audit.json"
accept "$key" continuation "$scratch/old-checkpoint.txt" "$scratch/trail.json"
for part in commit header head path checkpoint; do
  refuse "$key" bundle "$scratch/forged-$part.json"
done
refuse "$key" continuation "$scratch/old-checkpoint.txt" "$scratch/forged-trail.json"

# The page that shows how to do this must show what was run here.
while IFS= read -r line; do
  grep -qF -- "$line" main.go || { echo "docs/verify-with-go.md shows a line that main.go lacks: $line"; failures=$((failures + 1)); }
done < <(sed -n '/^```go$/,/^```$/p' "$here/../../../docs/verify-with-go.md" | grep -v '^```')

exit $((failures > 0))
