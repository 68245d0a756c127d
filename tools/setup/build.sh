# Interposer itself, by a CMake preset. CMake runs when there is no build yet or llama.cpp moved; ninja runs
# always, since it knows best what a change touches and takes a moment when nothing did.

# ccache finds in one checkout what it compiled in another: paths are hashed relative to the checkout.
export CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=1

# setup_build PRESET TARGET..
setup_build() {
  local preset=$1 configured_for
  shift
  configured_for=$(cat "$top/CMakePresets.json" "$setup/llama-prefix" | hash_text)
  if [ ! -f "$top/build/$preset/build.ninja" ] || ! fresh "cmake-$preset" "$configured_for"; then
    note "configuring"
    (cd "$top" && logged "cmake-$preset" cmake --preset "$preset")
    stamp "cmake-$preset" "$configured_for"
  fi
  ninja_progress "$top/build/$preset" "$preset build" "$@"
}
