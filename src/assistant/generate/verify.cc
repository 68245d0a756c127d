#include "assistant/generate/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "assistant/tables/lexicon.h"
#include "assistant/tables/units.h"
#include "assistant/text/words.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

struct Quantity {
  double value = 0;
  std::string written;
  const Unit* unit = nullptr;
};

// Numbers with the unit behind them: "141 GB", "4.8 TB/s", "70 %", "three", "2026".
std::vector<Quantity> quantities(std::string_view text) {
  std::vector<Quantity> out;
  const std::vector<Word> list = words(text);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string& low = list[i].low;
    Quantity quantity;
    std::int64_t said = 0;
    if (word_number(low, &said) && low != "one") {
      quantity.value = static_cast<double>(said);
    } else if (has_digit(low) && !has_letter(low)) {
      quantity.value = std::strtod(low.c_str(), nullptr);
    } else {
      const std::size_t letters = low.find_first_not_of("0123456789.");
      const bool attached = letters != std::string::npos && letters > 0;  // "141GB"
      if (!attached || find_unit(low.substr(letters)) == nullptr) continue;
      quantity.value = std::strtod(low.c_str(), nullptr);
      quantity.unit = find_unit(low.substr(letters));
    }
    quantity.written = list[i].text;
    const std::string_view behind = trim(text.substr(list[i].end));
    if (quantity.unit == nullptr && behind.starts_with('%')) quantity.unit = find_unit("percent");
    if (quantity.unit == nullptr && i + 1 < list.size() && list[i + 1].joined) {
      std::string two = list[i + 1].low;
      const bool slash =
          i + 2 < list.size() && list[i + 2].joined && text.substr(list[i + 1].end, 1) == "/";
      if (slash) two += list[i + 2].low;
      quantity.unit = find_unit(two);
      if (quantity.unit == nullptr) quantity.unit = find_unit(list[i + 1].low);
    }
    out.push_back(std::move(quantity));
  }
  return out;
}

bool same_quantity(const Quantity& a, const Quantity& b) {
  if (std::abs(a.value - b.value) > 1e-9 * std::max(1.0, std::abs(a.value))) return false;
  if (a.unit == nullptr) return true;  // a bare number: the evidence may know more
  return b.unit != nullptr && a.unit->dimension == b.unit->dimension &&
         a.unit->factor == b.unit->factor;
}

// A light stem: enough to hold "supplier" against "suppliers", "made" stays "made".
std::string stem(std::string_view low) {
  std::string out = singular(low);
  for (const std::string_view ending : {"ing", "ed", "ly", "e"}) {
    if (out.size() > ending.size() + 3 && out.ends_with(ending)) {
      out.resize(out.size() - ending.size());
      break;
    }
  }
  return out;
}

bool negated(std::string_view text) {
  constexpr std::array<std::string_view, 8> kNo = {"not",     "no",      "never", "none",
                                                   "without", "neither", "nor",   "cannot"};
  for (const Word& word : words(text)) {
    if (std::find(kNo.begin(), kNo.end(), word.low) != kNo.end() || word.low.ends_with("n't"))
      return true;
  }
  return false;
}

struct Ground {  // all the cited sentences together
  std::vector<Quantity> numbers;
  std::vector<std::string> stems;     // sorted
  std::vector<std::string> compacts;  // words and pairs of words, sorted
  bool says_no = false;
};

Ground ground_of(const std::vector<int>& markers, const std::vector<EvidenceSentence>& evidence) {
  Ground out;
  for (const int n : markers) {
    const EvidenceSentence& sentence = evidence[static_cast<std::size_t>(n) - 1];
    for (Quantity& quantity : quantities(sentence.text)) out.numbers.push_back(std::move(quantity));
    out.says_no = out.says_no || negated(sentence.text);
    const std::string all = sentence.text + " \n " + sentence.heading + " \n " + sentence.title;
    const std::vector<Word> list = words(all);
    for (std::size_t i = 0; i < list.size(); ++i) {
      out.stems.push_back(stem(list[i].low));
      out.compacts.push_back(compact(list[i].low));
      if (i + 1 < list.size())
        out.compacts.push_back(compact(list[i].low) + compact(list[i + 1].low));
    }
  }
  std::sort(out.stems.begin(), out.stems.end());
  std::sort(out.compacts.begin(), out.compacts.end());
  return out;
}

bool holds(const std::vector<std::string>& sorted, const std::string& value) {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

std::string check_names(const std::vector<Word>& list, const Ground& ground) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Word& word = list[i];
    const bool capital = word.text[0] >= 'A' && word.text[0] <= 'Z';
    const bool later_capital = std::any_of(word.text.begin() + 1, word.text.end(),
                                           [](char c) { return c >= 'A' && c <= 'Z'; });
    const bool name = identifier_like(word.low) || (capital && (i > 0 || later_capital));
    if (!name || stop_word(word.low) || find_unit(word.low) != nullptr) continue;
    std::string key = compact(word.low);
    const std::string plural_off = key.ends_with('s') ? key.substr(0, key.size() - 1) : key;
    const bool attached_unit =
        find_unit(key.substr(std::min(key.size(), key.find_first_not_of("0123456789")))) !=
            nullptr &&
        has_digit(key);
    if (attached_unit || holds(ground.compacts, key) || holds(ground.compacts, plural_off))
      continue;
    return fmt::format("the name '{}' is not in the cited evidence", word.text);
  }
  return {};
}

double supported_share(const std::vector<Word>& list, const Ground& ground) {
  std::size_t all = 0;
  std::size_t found = 0;
  for (const Word& word : list) {
    if (stop_word(word.low) || (has_digit(word.low) && !has_letter(word.low))) continue;
    ++all;
    if (holds(ground.stems, stem(word.low)) || holds(ground.compacts, compact(word.low))) ++found;
  }
  return all == 0 ? 1 : static_cast<double>(found) / static_cast<double>(all);
}

}  // namespace

Verdict verify(const Written& sentence, const std::vector<EvidenceSentence>& evidence) {
  Verdict out;
  for (const int n : sentence.markers) {
    if (n >= 1 && static_cast<std::size_t>(n) <= evidence.size()) out.markers.push_back(n);
  }
  if (out.markers.empty()) {
    out.why = sentence.markers.empty() ? "it cites nothing" : "it cites numbers that do not exist";
    return out;
  }
  const Ground ground = ground_of(out.markers, evidence);
  for (const Quantity& quantity : quantities(sentence.text)) {
    const bool there =
        std::any_of(ground.numbers.begin(), ground.numbers.end(),
                    [&](const Quantity& other) { return same_quantity(quantity, other); });
    if (there) continue;
    out.why = fmt::format("'{}'{}{} is not in the cited evidence", quantity.written,
                          quantity.unit != nullptr ? " " : "",
                          quantity.unit != nullptr ? quantity.unit->shown : "");
    return out;
  }
  const std::vector<Word> list = words(sentence.text);
  out.why = check_names(list, ground);
  if (!out.why.empty()) return out;
  if (negated(sentence.text) != ground.says_no && negated(sentence.text)) {
    out.why = "it denies what the cited evidence does not deny";
    return out;
  }
  const double share = supported_share(list, ground);
  if (share < kWordsSupportedMin) {
    out.why = fmt::format("only {:.0f} % of its words are in the cited evidence", share * 100);
    return out;
  }
  out.supported = true;
  return out;
}

}  // namespace interposer::assistant
