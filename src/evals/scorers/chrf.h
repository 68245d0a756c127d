// chrF and chrF++ as sacreBLEU has them: F2 of character n-grams up to 6 (spaces removed), and of
// word n-grams for chrF++, averaged over the orders that both sides have.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace interposer::evals {

struct ChrfOptions {
  std::size_t char_order = 6;
  std::size_t word_order = 0;  // 2: chrF++
  double beta = 2;
};

struct ChrfCount {  // of one order
  std::int64_t hypothesis = 0;
  std::int64_t reference = 0;
  std::int64_t matched = 0;
};
using ChrfCounts = std::vector<ChrfCount>;  // characters first, then words

// Counts of a segment against the reference that scores best.
ChrfCounts chrf_counts(std::string_view hypothesis, const std::vector<std::string>& references,
                       const ChrfOptions& options = {});
void add(ChrfCounts& total, const ChrfCounts& segment);
double chrf(const ChrfCounts& counts, const ChrfOptions& options = {});  // in percent

}  // namespace interposer::evals
