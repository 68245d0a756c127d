// The baseline that lies in git: a line of text an item, so that a change shows as a small diff.
//
//   interposer-eval-baseline 1
//   metric <TAB> NAME <TAB> higher|lower <TAB> SCORER
//   item <TAB> ID <TAB> CONTENT <TAB> CLUSTER <TAB> TAGS <TAB> SCORE ...
//
// Items are sorted by id, epochs averaged, and a score that is missing is "-"; so is an empty
// field. Ids, names and tags are percent-encoded where they hold anything but plain characters.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "evals/record/result_set.h"

namespace interposer::evals {

inline constexpr std::size_t kBaselineBytesMax = std::size_t{256} << 20;

std::string encode_baseline(const ResultSet& set);
// `file` names the text in errors, with the line.
Result<ResultSet> parse_baseline(std::string_view text, std::string_view file);
bool is_baseline(std::string_view text);

}  // namespace interposer::evals
