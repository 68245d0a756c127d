/* Force-included into every file of llama.cpp that we build (tools/setup/llama.sh).
 *
 * With AVX512-FP16 on, ggml takes steps of 128 half floats; a head of 64 then falls to scalar code and
 * attention runs at half its speed. clang 19 turns the feature on through avx10.1 even where
 * -mno-avx512fp16 is given, so the only safe way is a named feature list, and a build that stops here. */
#ifdef __AVX512FP16__
#error "AVX512-FP16 must stay off in llama.cpp: name CPU features in tools/setup/cpu_features.sh, never -march=native"
#endif
