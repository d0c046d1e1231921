#!/usr/bin/env bash
# Model-checks the commit protocol: the models must hold, and each seeded bug must be found.
# usage: spin_admit.sh <services/platform/journal> <scratch directory>
# Exit code 77 (skipped) only when Spin is not installed (Debian package: spin).
set -euo pipefail
models=$1
scratch=$2
command -v spin >/dev/null || {
  echo "SKIPPED spin_admit: no spin command. The commit protocol was NOT model-checked in this run." >&2
  exit 77
}
failures=0

# verdict <model> <define...>: "holds", "violated" or the reason why there is none. The search is complete:
# an exhausted memory limit or depth is no verdict.
verdict() {
  local model=$1 end=-E
  shift
  [[ $model == scan_positions ]] && end= # there, waiting for ever is an error too
  rm -rf "$scratch"
  mkdir -p "$scratch"
  (
    cd "$scratch"
    spin -a "$@" "$models/$model.pml" >spin.txt 2>&1 || { echo "spin refuses it"; exit; }
    gcc -w -O2 -DSAFETY -DCOLLAPSE -DMEMLIM=4000 -o pan pan.c || { echo "gcc refuses it"; exit; }
    ./pan $end -m100000 >pan.txt 2>&1 || true
    if grep -q "errors: [1-9]" pan.txt; then
      if grep -qE "assertion violated|invalid end state" pan.txt; then echo violated; else echo "stopped by something else"; fi
    elif grep -qE "Search not completed|max search depth too small|truncated" pan.txt; then
      echo "incomplete"
    elif grep -q "errors: 0" pan.txt; then
      echo holds
    else
      echo "no result"
    fi
  )
}

check() {
  local expected=$1 found
  shift
  found=$(verdict "$@")
  echo "$*: $found"
  if [[ $found != "$expected" ]]; then
    echo "expected: $expected"
    cat "$scratch"/spin.txt "$scratch"/pan.txt 2>/dev/null || true
    failures=$((failures + 1))
  fi
}

check holds admit
check holds scan_positions
# Four records suffice for each counter-example.
for bug in BUG_NO_FENCE BUG_NO_NONCE BUG_NO_READ_BACK BUG_FIRST_CLAIM BUG_ANY_LANDING; do
  check violated admit -DRECORDS=4 -D$bug
done
check violated scan_positions -DBUG_NO_WAIT

exit $((failures > 0))
