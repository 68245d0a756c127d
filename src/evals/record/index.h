// The sidecar of a log: its ResultSet as bytes, so that a warm start reads no log. It is used only
// while every file it was made from has the size, time and sampled bytes it had then; otherwise it
// is made anew. Never trusted: sizes and offsets are checked, and a checksum covers all of it.
//
// Layout, little endian: "IPEVIDX1", XXH3 of the rest, then counted texts and arrays (index.cc).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evals/record/result_set.h"

namespace interposer::evals {

// What tells that a file is the one that was indexed.
struct FileStamp {
  std::string path;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::uint64_t sample = 0;  // XXH3 of the first, middle and last kStampBytes
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
inline constexpr std::size_t kStampBytes = 64 * 1024;
Result<FileStamp> stamp(const std::string& path);

// `options` names how the set was read (cluster field, variant); another reading is another index.
std::string encode_index(const ResultSet& set, const std::vector<FileStamp>& stamps,
                         std::string_view options);
// nullopt: damaged, of another version, read otherwise, or stale. Never fails otherwise.
std::optional<ResultSet> decode_index(std::string_view bytes, const std::vector<FileStamp>& stamps,
                                      std::string_view options);

}  // namespace interposer::evals
