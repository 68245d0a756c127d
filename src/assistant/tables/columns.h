// Finds the columns that a question asks for.
#pragma once

#include <cstddef>
#include <vector>

#include "assistant/tables/relation.h"
#include "assistant/text/words.h"

namespace interposer::assistant {

inline constexpr std::size_t kColumnsAskedMax = 6;

// In the order the question names them. Words that name a column are marked in `used`. A header's
// own words count most, then synonyms, then what its unit measures; a word that fits several
// columns equally well means all of them (at most 4).
std::vector<std::size_t> find_columns(const Relation& relation, const std::vector<Word>& question,
                                      std::vector<bool>& used);

}  // namespace interposer::assistant
