#include "assistant/tables/lexicon.h"

#include <algorithm>
#include <array>
#include <string>

#include "assistant/text/words.h"

namespace interposer::assistant {
namespace {

template <std::size_t N>
bool in(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

struct Synonym {
  std::string_view said, header;
};
constexpr std::array kSynonyms = {
    Synonym{"capacity", "memory"},
    Synonym{"ram", "memory"},
    Synonym{"dram", "memory"},
    Synonym{"vram", "memory"},
    Synonym{"hbm", "memory"},
    Synonym{"draw", "power"},
    Synonym{"consumption", "power"},
    Synonym{"tdp", "power"},
    Synonym{"wattage", "power"},
    Synonym{"vendor", "maker"},
    Synonym{"company", "maker"},
    Synonym{"manufacturer", "maker"},
    Synonym{"makes", "maker"},
    Synonym{"made", "maker"},
    Synonym{"node", "process"},
    Synonym{"cost", "price"},
    Synonym{"revenue", "sales"},
    Synonym{"staff", "employees"},
    Synonym{"headcount", "employees"},
    Synonym{"income", "profit"},
    Synonym{"inhabitants", "population"},
    Synonym{"people", "population"},
};

struct RowWords {
  std::string_view header;
  std::array<std::string_view, 9> said;
};
constexpr std::array kRowWords = {
    RowWords{"board",
             {"accelerator", "chip", "card", "processor", "device", "hardware", "part", "product",
              "unit"}},
    RowWords{"company", {"firm", "supplier", "vendor", "maker", "manufacturer", "producer"}},
    RowWords{"model", {"llm", "network"}},
    RowWords{"country", {"nation", "state"}},
    RowWords{"city", {"town"}},
};

constexpr std::array<std::string_view, 15> kMost = {
    "most", "highest", "largest",   "biggest",  "greatest", "maximum", "max",   "fastest",
    "top",  "best",    "strongest", "heaviest", "longest",  "tallest", "widest"};
constexpr std::array<std::string_view, 11> kLeast = {"least",   "lowest",   "smallest", "fewest",
                                                     "minimum", "min",      "slowest",  "cheapest",
                                                     "worst",   "shortest", "weakest"};
constexpr std::array<std::string_view, 9> kOver = {
    "more", "over", "above", "exceeding", "greater", "higher", "larger", "faster", "exceed"};
constexpr std::array<std::string_view, 7> kBelow = {"less",  "under",   "below", "fewer",
                                                    "lower", "smaller", "slower"};
constexpr std::array<std::string_view, 12> kCompare = {
    "compare",    "compared", "comparing", "comparison", "versus", "vs",
    "difference", "differ",   "side",      "rank",       "ranked", "against"};
constexpr std::array<std::string_view, 5> kList = {"list", "table", "tabulate", "enumerate",
                                                   "ranking"};
constexpr std::array<std::string_view, 4> kAverage = {"average", "mean", "averaged", "avg"};
constexpr std::array<std::string_view, 4> kSum = {"sum", "total", "altogether", "combined"};

constexpr std::array<std::string_view, 38> kChangesFigure = {
    "audited",  "audit",     "auditor",    "measured", "independent", "independently", "verified",
    "actual",   "typical",   "idle",       "street",   "resale",      "price",         "priced",
    "cost",     "costs",     "dollar",     "dollars",  "yield",       "sold",          "sell",
    "shipped",  "shipments", "sales",      "revenue",  "margin",      "employees",     "warranty",
    "lifetime", "failure",   "rack",       "server",   "pod",         "cluster",       "system",
    "stack",    "carbon",    "temperature"};

constexpr std::array<std::string_view, 54> kTableTalk = {
    "figure",  "figures",  "number",  "numbers", "value",  "values",  "spec",         "specs",
    "data",    "sheet",    "row",     "rows",    "column", "columns", "side",         "together",
    "chart",   "plot",     "draw",    "bar",     "graph",  "each",    "respectively", "both",
    "rated",   "stated",   "dense",   "peak",    "carry",  "carries", "offer",        "offers",
    "deliver", "delivers", "need",    "needs",   "come",   "comes",   "amount",       "compare",
    "rate",    "reach",    "reaches", "main",    "board",  "boards",  "contain",      "hold",
    "holds",   "order",    "sorted",  "score",   "result", "results"};

}  // namespace

std::vector<std::string_view> header_words_for(std::string_view low) {
  std::vector<std::string_view> out;
  const std::string one = singular(low);
  for (const Synonym& synonym : kSynonyms) {
    if (synonym.said == low || synonym.said == one) out.push_back(synonym.header);
  }
  return out;
}

bool names_row(std::string_view key_header, std::string_view low) {
  const std::string said = singular(low);
  const std::string header = singular(key_header);
  if (said == header) return true;
  for (const RowWords& entry : kRowWords) {
    if (entry.header == header) return in(entry.said, said);
  }
  return false;
}

int extreme_word(std::string_view low) { return in(kMost, low) ? 1 : in(kLeast, low) ? -1 : 0; }
int threshold_word(std::string_view low) { return in(kOver, low) ? 1 : in(kBelow, low) ? -1 : 0; }
bool compare_word(std::string_view low) { return in(kCompare, low); }
bool list_word(std::string_view low) { return in(kList, low); }

std::optional<Intent> aggregate_word(std::string_view low) {
  if (in(kAverage, low)) return Intent::kAverage;
  if (in(kSum, low)) return Intent::kSum;
  return std::nullopt;
}

bool word_number(std::string_view low, std::int64_t* out) {
  constexpr std::array<std::string_view, 11> kNumbers = {
      "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"};
  for (std::size_t i = 0; i < kNumbers.size(); ++i) {
    if (kNumbers[i] == low) {
      *out = static_cast<std::int64_t>(i);
      return true;
    }
  }
  return false;
}

bool changes_figure(std::string_view low) { return in(kChangesFigure, low); }
bool table_talk(std::string_view low) { return in(kTableTalk, low); }

}  // namespace interposer::assistant
