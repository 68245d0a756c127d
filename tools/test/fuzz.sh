#!/usr/bin/env bash
# fuzz.sh TARGET: FUZZ_SECONDS of one fuzz target, from its seeds (tests/fuzz/TARGET, where there are some)
# and from what earlier runs found (build/fuzz-corpus/TARGET). Prints one result line.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
target=$1
corpus=$top/build/fuzz-corpus/$target
found=$top/build/test/fuzz-found/
mkdir -p "$corpus" "$found"
seeds=()
if [ -d "$top/tests/fuzz/$target" ]; then seeds=("$top/tests/fuzz/$target"); fi
"$top/build/asan/$target" -max_total_time="${FUZZ_SECONDS:-10}" -timeout=10 -rss_limit_mb=2048 \
  -print_final_stats=1 -artifact_prefix="$found$target-" "$corpus" "${seeds[@]}" >"$corpus.log" 2>&1 </dev/null
status=$?
runs=$(awk '/number_of_executed_units/ {print $2}' "$corpus.log")
if [ $status -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
  echo "ok - $target: $runs runs in ${FUZZ_SECONDS:-10} s"
else
  tail -n 60 "$corpus.log"
  echo "not ok - $target (exit code $status; its input is in build/test/fuzz-found)"
  exit 1
fi
