// Identifiers. The randomness comes from the caller (net::Loop's seam) or from the kernel.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace interposer {

void fill_random(std::span<unsigned char> out);  // the kernel's generator; thread-safe

// W3C trace context: 32 and 16 lower-case hexadecimal digits, never all zero.
std::string new_trace_id();
std::string new_span_id();
bool valid_trace_id(std::string_view text);

// prefix + 20 characters, sorted by time of making ("run_", "conv_", "chatcmpl-").
std::string new_id(std::string_view prefix);

}  // namespace interposer
