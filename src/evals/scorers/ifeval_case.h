// IFEval's instructions about capital letters.
#pragma once

#include <optional>
#include <string_view>

#include "evals/scorers/ifeval.h"

namespace interposer::evals {

// Tokens in capitals, as NLTK's word tokenizer cuts them ("I'M" is two; sentence ends play no
// part).
std::int64_t count_capital_words(std::u32string_view text);

// str.isupper() and str.islower() of Python.
bool is_upper(std::u32string_view text);
bool is_lower(std::u32string_view text);

}  // namespace interposer::evals
