// Half precision (IEEE 754 binary16) vectors and their inner products.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace interposer::knowledge {

std::vector<std::uint16_t> to_half(std::span<const float> values);
std::vector<float> from_half(std::span<const std::uint16_t> values);

// Inner product; both of the same size. Chooses AVX2 with F16C at run time where the CPU has them.
double dot(std::span<const std::uint16_t> half, std::span<const float> query);

}  // namespace interposer::knowledge
