// The confined child that parses hostile bytes: this program again, as `interposer parse-worker
// KIND`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "knowledge/parse/parsed.h"

namespace interposer::knowledge {

// app's main calls this first. Where argv names the verb, it parses stdin to stdout and gives the
// exit code; else it only remembers that this binary has the verb, so that parsing re-executes it.
// A binary that never called it (a test) parses in a forked, equally confined child.
std::optional<int> parse_worker_main(int argc, char** argv);

// Parses HTML in the confined child: at most kHtmlSeconds of CPU and kHtmlMemory.
inline constexpr int kHtmlSeconds = 10;
inline constexpr std::int64_t kHtmlMemory = 1024LL * 1024 * 1024;

// The result as bytes, for the pipe between the two.
std::string encode_parsed(const Result<Parsed>& parsed);
Result<Parsed> decode_parsed(std::string_view bytes);

}  // namespace interposer::knowledge
