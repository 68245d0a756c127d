// IFEval's instructions that code can check alone (Zhou and others, arXiv 2311.07911): 21 of its 25
// types, and of two more (all in capitals, all in lower case; both in English) the failures. The
// others need a trained sentence splitter or a language detector.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace interposer::evals {

// An instruction's parameters; which are used depends on its type.
struct InstructionArguments {
  std::int64_t count = 0;     // num_*, frequency, let_frequency
  std::int64_t position = 0;  // nth_paragraph
  bool less_than = false;     // relation "less than"; otherwise "at least"
  std::string text;           // keyword, letter, end_phrase, first_word, postscript_marker, ...
  std::vector<std::string> texts;  // keywords, forbidden_words
};

// `type` as "punctuation:no_comma", with or without a language before it ("en:punctuation:...").
// Empty for what can't be told here. An empty response follows nothing.
std::optional<bool> follows_strict(std::string_view type, const InstructionArguments& arguments,
                                   std::string_view response);

// The same over eight variants: without the first line, the last, both, and each without asterisks.
std::optional<bool> follows_loose(std::string_view type, const InstructionArguments& arguments,
                                  std::string_view response);

}  // namespace interposer::evals
