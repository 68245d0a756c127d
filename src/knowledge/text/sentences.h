// Blocks -> sentences. Spans are ordered, do not overlap, lie on code point borders, start and end
// with no white space, and cover every byte of a block that is not white space.
#pragma once

#include <string_view>
#include <vector>

#include "knowledge/records/codec.h"
#include "knowledge/types.h"

namespace interposer::knowledge {

// A sentence longer than this is cut at white space, so that nothing downstream meets a novel.
inline constexpr std::size_t kMaxSentenceBytes = 1200;

std::vector<Span> split_sentences(std::string_view text, const std::vector<Block>& blocks);

}  // namespace interposer::knowledge
