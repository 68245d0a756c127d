// Included by every file of this folder. With AVX512-FP16 enabled ggml's f16 vector step is 128,
// larger than a head of 64, and attention falls to scalar code at half speed (inference.md,
// deciding fact 4); clang 19 turns it on under -march=native even with -mno-avx512fp16.
#pragma once

#ifdef __AVX512FP16__
#error \
    "build without AVX512-FP16: it halves the speed of attention; use a preset, never -march=native"
#endif
