# Which of ggml's own CPU variants fits this machine. The names and feature lists are those of
# ggml/src/CMakeLists.txt in the pinned llama.cpp; the last column is what /proc/cpuinfo must show.
# Best first. AVX512-FP16 is in none of them, and must not be (no_avx512fp16.h).

llama_variants() {
  local v2='SSE42' v3='SSE42 AVX F16C FMA AVX2 BMI2'
  local has_v3='sse4_2 avx f16c fma avx2 bmi2'
  local has_v4="$has_v3 avx512f avx512cd avx512vl avx512dq avx512bw"
  cat <<TABLE
sapphirerapids|$v3 AVX512 AVX512_VBMI AVX512_VNNI AVX512_BF16 AMX_TILE AMX_INT8|$has_v4 avx512vbmi avx512_vnni avx512_bf16 amx_tile amx_int8
zen4|$v3 AVX512 AVX512_VBMI AVX512_VNNI AVX512_BF16|$has_v4 avx512vbmi avx512_vnni avx512_bf16
icelake|$v3 AVX512 AVX512_VBMI AVX512_VNNI|$has_v4 avx512vbmi avx512_vnni
cooperlake|$v3 AVX512 AVX512_VNNI AVX512_BF16|$has_v4 avx512_vnni avx512_bf16
cascadelake|$v3 AVX512 AVX512_VNNI|$has_v4 avx512_vnni
skylakex|$v3 AVX512|$has_v4
alderlake|$v3 AVX_VNNI|$has_v3 avx_vnni
haswell|$v3|$has_v3
sse42|$v2|sse4_2
x64||
TABLE
}

# The flags of the first processor, one line. $1: another file of the same form, for tests.
cpu_flags() { awk -F: '/^flags/ {print $2; exit}' "${1:-/proc/cpuinfo}"; }

# llama_variant "FLAGS": prints "name|FEATURE FEATURE .."; INTERPOSER_LLAMA_CPU=name overrides.
llama_variant() {
  local have=" $1 " name features needs need fits
  while IFS='|' read -r name features needs; do
    if [ -n "${INTERPOSER_LLAMA_CPU:-}" ]; then
      if [ "$name" = "$INTERPOSER_LLAMA_CPU" ]; then echo "$name|$features"; return; fi
      continue
    fi
    fits=yes
    for need in $needs; do
      case $have in *" $need "*) ;; *) fits=no; break ;; esac
    done
    if [ $fits = yes ]; then echo "$name|$features"; return; fi
  done < <(llama_variants)
  [ -z "${INTERPOSER_LLAMA_CPU:-}" ] || die "INTERPOSER_LLAMA_CPU=$INTERPOSER_LLAMA_CPU names no CPU variant" \
    "It is one of: $(llama_variants | cut -d'|' -f1 | paste -sd' ')."
}

# Every feature switch, so that those not named are turned off: ggml's defaults are on.
llama_all_features='SSE42 AVX AVX_VNNI F16C FMA AVX2 BMI2 AVX512 AVX512_VBMI AVX512_VNNI AVX512_BF16 AMX_TILE AMX_INT8 AMX_BF16'
llama_feature_options() {
  local all=" $1 " feature
  for feature in $llama_all_features; do
    case $all in *" $feature "*) echo "-DGGML_$feature=ON" ;; *) echo "-DGGML_$feature=OFF" ;; esac
  done
}
