#include "evals/scorers/chrf.h"

#include <algorithm>
#include <functional>
#include <map>

#include "evals/scorers/unicode.h"

namespace interposer::evals {
namespace {

using Words = std::vector<std::u32string_view>;

bool ascii_punctuation(char32_t c) {
  return (c >= U'!' && c <= U'/') || (c >= U':' && c <= U'@') || (c >= U'[' && c <= U'`') ||
         (c >= U'{' && c <= U'~');
}

// A punctuation mark at a word's end, or else at its start, becomes a word of its own.
Words words_of(std::u32string_view text) {
  Words out;
  for (std::u32string_view word : split_space(text)) {
    const std::size_t size = word.size();
    if (size > 1 && ascii_punctuation(word.back())) {
      out.push_back(word.substr(0, size - 1));
      out.push_back(word.substr(size - 1));
    } else if (size > 1 && ascii_punctuation(word.front())) {
      out.push_back(word.substr(0, 1));
      out.push_back(word.substr(1));
    } else {
      out.push_back(word);
    }
  }
  return out;
}

// Counts of each n-gram of the sequence, by its items' joined text or the items themselves.
template <class Gram, class Cut>
ChrfCount compare(std::size_t hypothesis_size, std::size_t reference_size, std::size_t order,
                  const Cut& cut_hypothesis, const Cut& cut_reference) {
  std::map<Gram, std::int64_t> left;
  ChrfCount count;
  for (std::size_t i = 0; i + order <= reference_size; ++i) {
    ++left[cut_reference(i)];
    ++count.reference;
  }
  for (std::size_t i = 0; i + order <= hypothesis_size; ++i) {
    ++count.hypothesis;
    const auto found = left.find(cut_hypothesis(i));
    if (found == left.end() || found->second == 0) continue;
    --found->second;
    ++count.matched;
  }
  // Hits without a reference of that order don't count, in either direction.
  if (count.reference == 0) count.hypothesis = 0;
  return count;
}

ChrfCounts compare_all(std::u32string_view hypothesis, std::u32string_view reference,
                       const ChrfOptions& options) {
  const auto solid = [](std::u32string_view text) {
    std::u32string out;
    for (std::u32string_view word : split_space(text)) out += word;
    return out;
  };
  const std::u32string h = solid(hypothesis);
  const std::u32string r = solid(reference);
  ChrfCounts counts;
  for (std::size_t n = 1; n <= options.char_order; ++n) {
    const auto cut = [n](const std::u32string& text) {
      return [n, &text](std::size_t i) { return std::u32string_view(text).substr(i, n); };
    };
    const std::function<std::u32string_view(std::size_t)> of_h = cut(h);
    const std::function<std::u32string_view(std::size_t)> of_r = cut(r);
    counts.push_back(compare<std::u32string_view>(h.size(), r.size(), n, of_h, of_r));
  }
  const Words hw = words_of(hypothesis);
  const Words rw = words_of(reference);
  for (std::size_t n = 1; n <= options.word_order; ++n) {
    const auto cut = [n](const Words& words) {
      return [n, &words](std::size_t i) {
        const auto from = words.begin() + static_cast<std::ptrdiff_t>(i);
        return Words(from, from + static_cast<std::ptrdiff_t>(n));
      };
    };
    const std::function<Words(std::size_t)> of_h = cut(hw);
    const std::function<Words(std::size_t)> of_r = cut(rw);
    counts.push_back(compare<Words>(hw.size(), rw.size(), n, of_h, of_r));
  }
  return counts;
}

}  // namespace

ChrfCounts chrf_counts(std::string_view hypothesis, const std::vector<std::string>& references,
                       const ChrfOptions& options) {
  const std::u32string text = decode(hypothesis);
  ChrfCounts best;
  double best_score = -1;
  for (const std::string& reference : references) {
    ChrfCounts counts = compare_all(text, decode(reference), options);
    const double score = chrf(counts, options);
    if (score <= best_score) continue;
    best_score = score;
    best = std::move(counts);
  }
  return best;
}

void add(ChrfCounts& total, const ChrfCounts& segment) {
  total.resize(std::max(total.size(), segment.size()));
  for (std::size_t n = 0; n < segment.size(); ++n) {
    total[n].hypothesis += segment[n].hypothesis;
    total[n].reference += segment[n].reference;
    total[n].matched += segment[n].matched;
  }
}

double chrf(const ChrfCounts& counts, const ChrfOptions& options) {
  double precision = 0;
  double recall = 0;
  double orders = 0;
  for (const ChrfCount& count : counts) {
    if (count.hypothesis == 0 || count.reference == 0) continue;
    precision += static_cast<double>(count.matched) / static_cast<double>(count.hypothesis);
    recall += static_cast<double>(count.matched) / static_cast<double>(count.reference);
    ++orders;
  }
  if (orders == 0 || precision + recall == 0) return 0;
  precision /= orders;
  recall /= orders;
  const double weight = options.beta * options.beta;
  return 100 * (1 + weight) * precision * recall / (weight * precision + recall);
}

}  // namespace interposer::evals
