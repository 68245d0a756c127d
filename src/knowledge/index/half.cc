#include "knowledge/index/half.h"

#include <immintrin.h>

#include <array>
#include <bit>

namespace interposer::knowledge {
namespace {

float half_to_float(std::uint16_t h) {
  const std::uint32_t sign = (h & 0x8000U) << 16U;
  const std::uint32_t exponent = h >> 10U & 0x1FU;
  std::uint32_t mantissa = h & 0x3FFU;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13U);
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23U | mantissa << 13U);
  const float tiny = static_cast<float>(mantissa) * 0x1p-24F;
  return sign ? -tiny : tiny;
}

// Round to nearest, ties to even; too large becomes infinity.
std::uint16_t float_to_half(float f) {
  const auto bits = std::bit_cast<std::uint32_t>(f);
  const auto sign = static_cast<std::uint16_t>(bits >> 16U & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude >= 0x7F800000U)
    return static_cast<std::uint16_t>(sign | 0x7C00U | (magnitude > 0x7F800000U ? 0x200U : 0U));
  if (magnitude >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);
  if (magnitude < 0x38800000U) {  // becomes subnormal: let the addition round
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3F000000U));
  }
  const std::uint32_t rounded = magnitude + 0xFFFU + (magnitude >> 13U & 1U);
  return static_cast<std::uint16_t>(sign | (rounded - 0x38000000U) >> 13U);
}

double dot_plain(const std::uint16_t* half, const float* query, std::size_t n) {
  static const auto* const table = [] {
    auto* values = new std::array<float, 65536>;  // lives as long as the process
    for (std::uint32_t i = 0; i < 65536; ++i)
      (*values)[i] = half_to_float(static_cast<std::uint16_t>(i));
    return values;
  }();
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i)
    sum += static_cast<double>((*table)[half[i]]) * static_cast<double>(query[i]);
  return sum;
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma,f16c"))) double dot_avx2(const std::uint16_t* half,
                                                         const float* query, std::size_t n) {
  __m256 a = _mm256_setzero_ps(), b = _mm256_setzero_ps();
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const auto load = [&](std::size_t at) __attribute__((target("avx2,fma,f16c"))) {
      return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(half + at)));
    };
    a = _mm256_fmadd_ps(load(i), _mm256_loadu_ps(query + i), a);
    b = _mm256_fmadd_ps(load(i + 8), _mm256_loadu_ps(query + i + 8), b);
  }
  alignas(32) float lanes[8];
  _mm256_store_ps(lanes, _mm256_add_ps(a, b));
  double sum = 0;
  for (const float lane : lanes) sum += static_cast<double>(lane);
  for (; i < n; ++i)
    sum += static_cast<double>(half_to_float(half[i])) * static_cast<double>(query[i]);
  return sum;
}
#endif

using Dot = double (*)(const std::uint16_t*, const float*, std::size_t);

Dot choose() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("f16c"))
    return dot_avx2;
#endif
  return dot_plain;
}

}  // namespace

std::vector<std::uint16_t> to_half(std::span<const float> values) {
  std::vector<std::uint16_t> out;
  out.reserve(values.size());
  for (const float v : values) out.push_back(float_to_half(v));
  return out;
}

std::vector<float> from_half(std::span<const std::uint16_t> values) {
  std::vector<float> out;
  out.reserve(values.size());
  for (const std::uint16_t v : values) out.push_back(half_to_float(v));
  return out;
}

double dot(std::span<const std::uint16_t> half, std::span<const float> query) {
  static const Dot chosen = choose();
  return chosen(half.data(), query.data(), std::min(half.size(), query.size()));
}

}  // namespace interposer::knowledge
