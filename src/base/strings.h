// Small text helpers that more than one library needs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace interposer {

std::string_view trim(std::string_view text);  // ASCII white space
std::vector<std::string_view> split(std::string_view text, char separator);
bool equals_ignore_case(std::string_view a, std::string_view b);  // ASCII
std::string to_lower(std::string_view text);                      // ASCII
std::string join(const std::vector<std::string>& parts, std::string_view separator);

// The `limit` candidates nearest to `name` by edit distance (with transpositions), nearest first;
// only those a person could have meant (distance <= a third of the length, or a shared prefix).
std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates,
                                 std::size_t limit = 3);

// "did you mean 'a' or 'b'?", or "there is: a, b, c" when nothing is near; empty with no
// candidates.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

// Compares without an early exit, so that its time tells nothing about a secret.
bool equal_constant_time(std::string_view a, std::string_view b);

std::string percent_decode(std::string_view text);  // malformed escapes stay as they are
std::string percent_encode(
    std::string_view text);  // keeps only unreserved characters (RFC 3986 2.3)

}  // namespace interposer
