# llama.cpp, built once for this machine's CPU into a prefix in the cache that every clone and every
# preset links to. The source is the pinned archive of the Python package llama-cpp-python, which
# holds the whole tree; INTERPOSER_LLAMA_SOURCE=DIR takes a tree the user has instead.
#
# setup_llama leaves the prefix in build/setup/llama-prefix, which CMakeLists.txt reads.

llama_package=llama-cpp-python
llama_archive=llama_cpp_python-0.3.36.tar.gz
llama_pinned_version=0.5.0

# GGML_OPENMP=OFF: ggml's own thread pool is as fast at two threads (README.md here has the
# figures), needs no shared library, and sanitizers see through it.
llama_options=(
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19
  -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF
  -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF -DGGML_CCACHE=OFF
  -DLLAMA_BUILD_NUMBER=0 -DLLAMA_BUILD_COMMIT=pinned
  -DLLAMA_BUILD_COMMON=ON -DLLAMA_BUILD_MTMD=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_SUBPROCESS=OFF
  -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_BUILD_TESTS=OFF
  -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_APP=OFF)
llama_library_options=(-DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_SERVER=OFF)

# Sets llama_version, llama_variant_name, llama_features and llama_prefix.
llama_identity() {
  local variant source=$llama_archive
  variant=$(llama_variant "$(cpu_flags)")
  llama_variant_name=${variant%%|*}
  llama_features=${variant#*|}
  llama_version=$llama_pinned_version
  if [ -n "${INTERPOSER_LLAMA_SOURCE:-}" ]; then
    llama_check_source "$INTERPOSER_LLAMA_SOURCE"
    llama_version=$(awk '/LLAMA_VERSION_(MAJOR|MINOR|PATCH) [0-9]/ {gsub(/[^0-9]/, "", $2); v = v "." $2}
      END {print substr(v, 2)}' "$INTERPOSER_LLAMA_SOURCE/CMakeLists.txt")
    llama_version=${llama_version:-user}
    source=$(cd "$INTERPOSER_LLAMA_SOURCE" && find . -path ./.git -prune -o -path ./build -prune -o \
      -type f -printf '%p %s %T@\n' | sort | hash_text)
  fi
  llama_prefix=$cache/llama-$llama_version-$(
    {
      echo "$source $llama_features ${llama_options[*]} ${llama_library_options[*]}"
      cat "$top/tools/setup/interposer-llama.cmake.in" "$top/tools/setup/no_avx512fp16.h"
    } | hash_text | cut -c1-12)
}

llama_check_source() {
  [ -f "$1/include/llama.h" ] && [ -f "$1/common/chat.h" ] ||
    die "INTERPOSER_LLAMA_SOURCE=$1 is no llama.cpp source tree (no include/llama.h and common/chat.h)" \
      "Name the folder that holds llama.cpp's CMakeLists.txt, or unset the variable."
}

setup_llama() {
  llama_identity
  if [ ! -f "$llama_prefix/complete" ]; then alone llama llama_build; fi
  if [ "$(cat "$setup/llama-prefix" 2>/dev/null)" != "$llama_prefix" ]; then
    echo "$llama_prefix" >"$setup/llama-prefix.new"
    mv "$setup/llama-prefix.new" "$setup/llama-prefix"
    ln -sfn "$llama_prefix" "$cache/current"
  fi
}

# Sets llama_tree to the unpacked source.
llama_get_source() {
  if [ -n "${INTERPOSER_LLAMA_SOURCE:-}" ]; then
    llama_tree=$(cd "$INTERPOSER_LLAMA_SOURCE" && pwd)
    return
  fi
  local archive=$cache/downloads/$llama_archive work=$1
  fetch_package llama "$archive"
  llama_tree=$work/llama.cpp
  if [ ! -d "$llama_tree" ]; then
    rm -rf "$llama_tree.new"
    mkdir -p "$llama_tree.new"
    tar -xzf "$archive" -C "$llama_tree.new" --strip-components=3 --exclude=.git \
      "${llama_archive%.tar.gz}/vendor/llama.cpp"
    mv "$llama_tree.new" "$llama_tree"
  fi
}

# fetch_package LIST FILE: the one package that requirements-LIST.txt pins, by pip, whose settings
# (mirror, proxy, certificates) are the user's. pip refuses a file with another hash. A source
# archive's metadata step runs with the pinned build tools of our environment, not with fetched ones.
fetch_package() {
  local list=$top/tools/setup/requirements-$1.txt file=$2 new
  [ ! -f "$file" ] || return 0
  new=$cache/fetch-$1
  rm -rf "$new"
  mkdir -p "$new"
  trust_system_certificates "$python_setup"
  logged "fetch-$1" "$python_setup" -m pip download --no-input --no-deps --require-hashes \
    --no-build-isolation -d "$new" -r "$list"
  mkdir -p "$(dirname "$file")"
  mv "$new/$(basename "$file")" "$file"
  rm -rf "$new"
}

# llama_configure BUILD OPTION..
llama_configure() {
  local build=$1 guard="-include $top/tools/setup/no_avx512fp16.h" launcher=()
  shift
  if command -v ccache >/dev/null; then
    launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  # shellcheck disable=SC2046
  logged llama-configure cmake -S "$llama_tree" -B "$build" -G Ninja "${llama_options[@]}" \
    "-DCMAKE_C_FLAGS=$guard" "-DCMAKE_CXX_FLAGS=$guard" "${launcher[@]}" \
    $(llama_feature_options "$llama_features") "$@"
}

llama_build() {
  [ ! -f "$llama_prefix/complete" ] || return 0
  local work=$cache/work/$(basename "$llama_prefix")
  mkdir -p "$work"
  note "llama.cpp $llama_version for a $llama_variant_name CPU; about 5 minutes on 2 cores, once"
  llama_get_source "$work"
  llama_configure "$work/build" "${llama_library_options[@]}"
  ninja_progress "$work/build" "llama.cpp" llama llama-common
  llama_install "$work/build" "$llama_prefix"
  rm -rf "$work"
}

# Upstream installs neither static libraries nor the headers of llama-common, so we do.
llama_install() {
  local build=$1 prefix=$2 new=$2.new
  rm -rf "$new" "$prefix"
  mkdir -p "$new/lib" "$new/include/common"
  find "$build" -name '*.a' -exec cp {} "$new/lib/" \;
  cp "$llama_tree"/include/*.h "$llama_tree"/ggml/include/*.h "$new/include/"
  (cd "$llama_tree/common" && find . \( -name '*.h' -o -name '*.hpp' \) -exec cp --parents {} "$new/include/common/" \;)
  cp "$llama_tree/LICENSE" "$new/"
  cp -r "$llama_tree/licenses" "$new/" 2>/dev/null || true
  sed -e "s/@version@/$llama_version/" -e "s/@variant@/$llama_variant_name/" \
    "$top/tools/setup/interposer-llama.cmake.in" >"$new/interposer-llama.cmake"
  touch "$new/complete"
  mv "$new" "$prefix"
}
