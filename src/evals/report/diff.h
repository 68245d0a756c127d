// Line differences of two texts, for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interposer::evals {

inline constexpr std::size_t kDiffLinesMax = 2'000;  // of a side; longer texts show their ends cut
inline constexpr std::size_t kDiffLineBytes = 200;   // of a line that is shown

struct DiffLine {
  char mark = ' ';  // ' ', '-', '+'
  std::string text;
};

// The shortest edit script (Myers 1986) with `context` common lines around each change; a skipped
// part is one line "..." with mark ' '. Of long single lines the part around the first difference
// is shown. Empty: the texts are equal.
std::vector<DiffLine> diff_lines(std::string_view before, std::string_view after,
                                 std::size_t context = 1);

}  // namespace interposer::evals
