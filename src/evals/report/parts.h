// What the kinds of report share (internal to report).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evals/compare/compare.h"
#include "evals/report/comparison.h"
#include "evals/report/diff.h"

namespace interposer::evals {

std::string number(double value);  // "0.6120", "-" for NaN
std::string signed_number(double value);
std::string p_text(double p);                         // "0.0312", "< 0.0001"
std::string describe_run(const ResultSet& set);       // "runs/new (lm-eval, model m, 1,319 items)"
std::string money(const std::optional<double>& usd);  // "$0.0123", "unknown"
std::string csv_field(std::string_view text);
// Markdown that a table cell or a line can hold: no pipes, line ends, or markup of its own.
std::string markdown_text(std::string_view text, std::size_t bytes_max);
std::string one_line(std::string_view text, std::size_t bytes_max);

struct ShownItem {
  const ItemPair* pair = nullptr;
  Texts texts_a, texts_b;
  std::vector<DiffLine> diff;
};
// The first items that differ, with their texts.
Result<std::vector<ShownItem>> shown_items(const Compared& compared);

// "cost $0.10 -> $0.12, median latency 512 -> 498 ms, output tokens 10,000 -> 9,000".
std::string totals_line(const Totals& totals);
// "3 items changed and were left out (q1, q2, q3); 2 only in A (...)"; empty: none.
std::vector<std::string> left_out_lines(const Comparison& comparison);

}  // namespace interposer::evals
