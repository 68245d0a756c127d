// Sentences -> chunks, the units of search: structure first (a heading starts a new one), then
// about kChunkWords words; a sentence is never cut; rows of a table are grouped, their header
// stands in the context.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "knowledge/parse/parsed.h"
#include "knowledge/records/codec.h"

namespace interposer::knowledge {

inline constexpr int kChunkerVersion = 1;
inline constexpr std::size_t kChunkWords = 150;  // about 200 tokens
inline constexpr std::size_t kRowWords = 40;     // rows are short and alike: fewer together

struct ChunkSpan {
  std::int64_t start = 0, end = 0;
  std::string context;  // "Title > Heading > Sub-heading", then a table's column names
};

std::vector<ChunkSpan> make_chunks(const Parsed& parsed, const std::vector<Span>& sentences);

// The headings above each block, " > " between, without the title.
std::vector<std::string> heading_paths(std::string_view text, const std::vector<Block>& blocks);

std::size_t count_words(std::string_view text);

}  // namespace interposer::knowledge
