#include "evals/scorers/bleu.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "evals/scorers/unicode.h"

namespace interposer::evals {
namespace {

using Text = std::u32string;

void replace_all(Text& text, std::u32string_view from, std::u32string_view to) {
  for (std::size_t at = text.find(from); at != Text::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Rewrites every pair (first, second) that stands side by side, without overlaps from the left.
template <class First, class Second>
Text rewrite_pairs(const Text& text, const First& first, const Second& second, bool space_before,
                   bool space_between, bool space_after) {
  Text out;
  out.reserve(text.size() + text.size() / 4);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + 1 == text.size() || !first(text[i]) || !second(text[i + 1])) {
      out += text[i];
      continue;
    }
    if (space_before) out += U' ';
    out += text[i];
    if (space_between) out += U' ';
    out += text[++i];
    if (space_after) out += U' ';
  }
  return out;
}

template <class Is>
Text surround(const Text& text, const Is& is) {
  Text out;
  for (char32_t c : text) {
    if (is(c)) out += U' ';
    out += c;
    if (is(c)) out += U' ';
  }
  return out;
}

bool digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool point(char32_t c) { return c == U'.' || c == U','; }

// ASCII symbols but the apostrophe, the comma, the hyphen and the full stop; the space too.
bool symbol_13a(char32_t c) {
  return (c >= U'{' && c <= U'~') || (c >= U'[' && c <= U'`') || (c >= U' ' && c <= U'&') ||
         (c >= U'(' && c <= U'+') || (c >= U':' && c <= U'@') || c == U'/';
}

bool in_mask(char32_t c, std::uint32_t mask) {
  return (U_MASK(u_charType(static_cast<UChar32>(c))) & mask) != 0;
}
bool numeric(char32_t c) { return in_mask(c, U_GC_N_MASK); }
bool punctuation(char32_t c) { return in_mask(c, U_GC_P_MASK); }
bool symbol(char32_t c) { return in_mask(c, U_GC_S_MASK); }

template <class Is>
auto negated(const Is& is) {
  return [&is](char32_t c) { return !is(c); };
}

Text tokenize_13a(Text text) {
  replace_all(text, U"<skipped>", U"");
  replace_all(text, U"-\n", U"");
  replace_all(text, U"\n", U" ");
  replace_all(text, U"&quot;", U"\"");
  replace_all(text, U"&amp;", U"&");
  replace_all(text, U"&lt;", U"<");
  replace_all(text, U"&gt;", U">");
  text = surround(U' ' + text + U' ', symbol_13a);
  text = rewrite_pairs(text, negated(digit), point, false, true, true);
  text = rewrite_pairs(text, point, negated(digit), true, true, false);
  return rewrite_pairs(text, digit, [](char32_t c) { return c == U'-'; }, false, true, true);
}

Text tokenize_international(Text text) {
  text = rewrite_pairs(text, negated(numeric), punctuation, false, true, true);
  text = rewrite_pairs(text, punctuation, negated(numeric), true, true, false);
  return surround(text, symbol);
}

Text tokenize(std::string_view utf8, BleuTokenizer tokenizer) {
  Text text = decode(utf8);
  while (!text.empty() && is_python_space(text.back())) text.pop_back();
  if (tokenizer == BleuTokenizer::k13a) return tokenize_13a(std::move(text));
  if (tokenizer == BleuTokenizer::kInternational) return tokenize_international(std::move(text));
  return text;
}

using Gram = std::vector<std::u32string_view>;
using Grams = std::map<Gram, std::int64_t>;

Grams grams_of(const std::vector<std::u32string_view>& words, std::size_t order) {
  Grams grams;
  for (std::size_t i = 0; i + order <= words.size(); ++i) {
    ++grams[Gram(words.begin() + static_cast<std::ptrdiff_t>(i),
                 words.begin() + static_cast<std::ptrdiff_t>(i + order))];
  }
  return grams;
}

}  // namespace

std::string bleu_tokenize(std::string_view text, BleuTokenizer tokenizer) {
  const Text spaced = tokenize(text, tokenizer);
  Text out;
  for (std::u32string_view word : split_space(spaced)) {
    if (!out.empty()) out += U' ';
    out += word;
  }
  return encode(out);
}

BleuCounts& BleuCounts::operator+=(const BleuCounts& other) {
  for (std::size_t n = 0; n < kBleuOrder; ++n) {
    matched[n] += other.matched[n];
    possible[n] += other.possible[n];
  }
  length += other.length;
  reference_length += other.reference_length;
  return *this;
}

BleuCounts bleu_counts(std::string_view hypothesis, const std::vector<std::string>& references,
                       BleuTokenizer tokenizer) {
  const Text text = tokenize(hypothesis, tokenizer);
  const auto words = split_space(text);
  std::vector<Text> reference_texts;
  for (const std::string& reference : references) {
    reference_texts.push_back(tokenize(reference, tokenizer));
  }
  BleuCounts counts;
  counts.length = static_cast<std::int64_t>(words.size());
  std::vector<std::vector<std::u32string_view>> reference_words;
  std::int64_t nearest = INT64_MAX;
  for (const Text& reference : reference_texts) {
    reference_words.push_back(split_space(reference));
    const auto length = static_cast<std::int64_t>(reference_words.back().size());
    const std::int64_t distance = std::abs(length - counts.length);
    if (distance > nearest || (distance == nearest && length >= counts.reference_length)) continue;
    nearest = distance;
    counts.reference_length = length;
  }
  for (std::size_t n = 0; n < kBleuOrder; ++n) {
    Grams most;
    for (const auto& reference : reference_words) {
      for (const auto& [gram, count] : grams_of(reference, n + 1)) {
        most[gram] = std::max(most[gram], count);
      }
    }
    for (const auto& [gram, count] : grams_of(words, n + 1)) {
      counts.possible[n] += count;
      const auto found = most.find(gram);
      if (found != most.end()) counts.matched[n] += std::min(count, found->second);
    }
  }
  return counts;
}

double bleu(const BleuCounts& counts, bool effective_order) {
  const auto any = [](std::int64_t matches) { return matches > 0; };
  if (std::none_of(counts.matched.begin(), counts.matched.end(), any)) return 0;
  constexpr double kLogOfZero = -9999999999;  // the reference's
  double smoothing = 1;
  std::size_t order = kBleuOrder;
  std::array<double, kBleuOrder> precision{};
  for (std::size_t n = 0; n < kBleuOrder && counts.possible[n] > 0; ++n) {
    if (effective_order) order = n + 1;
    const double possible = static_cast<double>(counts.possible[n]);
    if (counts.matched[n] == 0) {
      smoothing *= 2;
      precision[n] = 100 / (smoothing * possible);
    } else {
      precision[n] = 100 * static_cast<double>(counts.matched[n]) / possible;
    }
  }
  double logs = 0;
  for (std::size_t n = 0; n < order; ++n)
    logs += precision[n] == 0 ? kLogOfZero : std::log(precision[n]);
  double brevity = 1;
  if (counts.length < counts.reference_length) {
    brevity = std::exp(1 - static_cast<double>(counts.reference_length) /
                               static_cast<double>(counts.length));
  }
  return brevity * std::exp(logs / static_cast<double>(order));
}

}  // namespace interposer::evals
