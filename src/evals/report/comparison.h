// A comparison as text for a terminal, a Markdown block for a pull request, CSV of its items, JSON
// for machines, and one HTML file with pictures and their tables.
#pragma once

#include <string>

#include "base/result.h"
#include "evals/compare/compare.h"

namespace interposer::evals {

struct Compared {
  const ResultSet* a = nullptr;
  const ResultSet* b = nullptr;
  const Comparison* comparison = nullptr;
  std::size_t items_shown = 20;
};

// Reads the answers that it shows from the runs' files.
Result<std::string> comparison_text(const Compared& compared);
Result<std::string> comparison_markdown(const Compared& compared);
Result<std::string> comparison_html(const Compared& compared);
std::string comparison_csv(const Compared& compared);   // one line an item
std::string comparison_json(const Compared& compared);  // without texts

}  // namespace interposer::evals
