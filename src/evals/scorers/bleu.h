// BLEU as sacreBLEU has it: order 4, exponential smoothing, one value a corpus or a sentence.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace interposer::evals {

enum class BleuTokenizer : std::uint8_t {
  k13a,            // the mteval-v13a script's, sacreBLEU's default
  kInternational,  // punctuation and symbols of all of Unicode
  kNone,           // the text is tokenized already
};
std::string bleu_tokenize(std::string_view text, BleuTokenizer tokenizer);

inline constexpr std::size_t kBleuOrder = 4;

struct BleuCounts {
  std::array<std::int64_t, kBleuOrder> matched{};
  std::array<std::int64_t, kBleuOrder> possible{};
  std::int64_t length = 0;            // of the hypotheses, in tokens
  std::int64_t reference_length = 0;  // of the closest references; of two as close the shorter

  BleuCounts& operator+=(const BleuCounts& other);
};

// Counts of one segment against its references (at least one).
BleuCounts bleu_counts(std::string_view hypothesis, const std::vector<std::string>& references,
                       BleuTokenizer tokenizer = BleuTokenizer::k13a);

// In percent. With `effective_order` orders that the hypothesis is too short for don't count, which
// single sentences want. 0 where nothing matches at all.
double bleu(const BleuCounts& counts, bool effective_order = false);

}  // namespace interposer::evals
