// For the fuzzers: the invariants of retrieval, as traps.
#pragma once

#include <cstdlib>

#include "base/utf8.h"
#include "knowledge/parse/parsed.h"
#include "knowledge/parse/worker.h"
#include "knowledge/text/chunker.h"
#include "knowledge/text/sentences.h"

namespace interposer::knowledge {

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline void check_parsed(const Parsed& parsed) {
  require(utf8_valid(parsed.text));
  const auto inside = [&](std::int64_t start, std::int64_t end) {
    return start >= 0 && start <= end && end <= static_cast<std::int64_t>(parsed.text.size()) &&
           utf8_border(parsed.text, static_cast<std::size_t>(start)) &&
           utf8_border(parsed.text, static_cast<std::size_t>(end));
  };
  std::int64_t last = 0;
  for (const Block& block : parsed.blocks) {
    require(block.start >= last && inside(block.start, block.end));
    last = block.end;
    if (!block.table) continue;
    for (const auto& row : block.table->rows)
      for (const Cell& cell : row)
        require(inside(cell.start, cell.end) &&
                cell.text == parsed.text.substr(static_cast<std::size_t>(cell.start),
                                                static_cast<std::size_t>(cell.end - cell.start)));
  }
  const auto spans = split_sentences(parsed.text, parsed.blocks);
  last = 0;
  for (const Span& span : spans) {
    require(span.start >= last && span.start < span.end && inside(span.start, span.end));
    last = span.end;
  }
  last = 0;
  for (const ChunkSpan& chunk : make_chunks(parsed, spans)) {
    require(chunk.start >= last && inside(chunk.start, chunk.end));
    last = chunk.end;
  }
  // What crosses the pipe from the confined child comes back the same.
  const auto again = decode_parsed(encode_parsed(parsed));
  require(again.ok() && again->text == parsed.text && again->blocks.size() == parsed.blocks.size());
}

}  // namespace interposer::knowledge
