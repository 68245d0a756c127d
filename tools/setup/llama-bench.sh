#!/usr/bin/env bash
# For benchmarks only: llama.cpp's own llama-bench and llama-server, from the same source and with the
# same flags as the libraries that interposer links. Built into the cache on demand; prints the folder of
# the two programs as its last line.
set -euo pipefail
. "$(dirname "$0")/all.sh"

build_llama_tools() {
  [ ! -f "$tools/complete" ] || return 0
  local work=$cache/work/$(basename "$llama_prefix")
  mkdir -p "$work"
  llama_get_source "$work"
  llama_configure "$work/build" -DLLAMA_BUILD_TOOLS=ON -DLLAMA_BUILD_SERVER=ON
  ninja_progress "$work/build" "llama.cpp's tools" llama-bench llama-server
  rm -rf "$tools" "$tools.new"
  mkdir -p "$tools.new"
  cp "$work/build/bin/llama-bench" "$work/build/bin/llama-server" "$tools.new/"
  touch "$tools.new/complete"
  mv "$tools.new" "$tools"
  rm -rf "$work"
}

{
  require_debian_12
  setup_packages run
  python_env setup
  setup_llama
  tools=$llama_prefix-tools
  if [ ! -f "$tools/complete" ]; then
    note "building llama-bench and llama-server $llama_version for a $llama_variant_name CPU"
    alone llama build_llama_tools
  fi
} >&2
echo "$tools"
