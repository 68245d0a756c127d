#include "assistant/extract/wants.h"

#include <algorithm>
#include <array>

#include "assistant/tables/units.h"
#include "assistant/text/words.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

template <std::size_t N>
bool in(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 7> kAsking = {"what", "which", "how",  "who",
                                                     "when", "where", "whose"};
constexpr std::size_t kSubjectFrom = 6;  // words of a question that may name its figure

constexpr std::array<std::string_view, 17> kAuxiliary = {
    "do",  "does", "did",  "is",    "are",    "was", "were",  "can", "could",
    "has", "have", "will", "would", "should", "may", "might", "must"};

struct FigureWords {
  Figure figure;
  std::array<std::string_view, 14> words;
};
constexpr std::array kFigures = {
    FigureWords{Figure::kMoney,
                {"price", "priced", "cost", "costs", "pay", "paid", "sell", "worth", "dollars",
                 "revenue", "salary", "valuation", "spend", "expensive"}},
    FigureWords{Figure::kPercent,
                {"share", "percentage", "percent", "yield", "margin", "efficiency"}},
    FigureWords{
        Figure::kPower,
        {"watts", "watt", "power", "wattage", "tdp", "electricity", "megawatts", "kilowatts"}},
    FigureWords{Figure::kBytes, {"memory", "ram", "sram", "dram", "vram", "gigabytes", "hbm"}},
    FigureWords{Figure::kDuration, {"long", "duration", "wait"}},
    FigureWords{Figure::kRate, {"throughput", "bandwidth", "speed", "fast"}},
    FigureWords{Figure::kMass, {"heavy", "weight", "weigh", "weighs", "kilograms", "tonnes"}},
    FigureWords{Figure::kTemperature, {"hot", "temperature", "degrees", "celsius"}},
    FigureWords{Figure::kArea, {"area", "mm2", "mm\u00B2", "square", "millimetres", "millimeters"}},
};

// Other quantities: asked for with "what is the ...", answered by some number.
constexpr std::array<std::string_view, 13> kQuantities = {
    "number",     "amount",  "size",        "capacity", "bandwidth", "speed", "rate",
    "throughput", "density", "temperature", "weight",   "score",     "area"};
// Beside those of kFigures: what else may stand for a figure's kind in a question.
constexpr std::array<std::string_view, 11> kMoneyTalk = {"charge", "charges", "charged", "sells",
                                                         "money",  "rent",    "rental",  "fee",
                                                         "pays",   "dollar",  "list"};
constexpr std::array<std::string_view, 8> kPowerTalk = {
    "draw", "draws", "consumption", "consume", "consumes", "pull", "pulls", "energy"};

Figure figure_of(const std::vector<Word>& list, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to && i < list.size(); ++i) {
    for (const FigureWords& entry : kFigures) {
      if (in(entry.words, list[i].low)) return entry.figure;
    }
  }
  return Figure::kAny;
}

// "how many wafer-scale engines are": the last word before a verb or "of".
std::size_t counted(const std::vector<Word>& list, std::size_t from) {
  std::size_t last = from;
  for (std::size_t i = from; i < list.size() && i < from + 4; ++i) {
    if (in(kAuxiliary, list[i].low) || stop_word(list[i].low)) break;
    last = i;
    if (list[i].low.ends_with('s')) break;
  }
  return last;
}

void set_head(QuestionPart& part, const std::string& low) {
  for (const ContentTerm& term : part.terms) {
    if (to_lower(term.word) == low) part.head = term.term;
  }
}

void read_how(QuestionPart& part, const std::vector<Word>& list, std::size_t how) {
  const std::string next = how + 1 < list.size() ? list[how + 1].low : "";
  if (next.empty() || in(kAuxiliary, next)) return;
  part.figure = Figure::kAny;
  if (next == "much") {
    // "how much power does", "how much did X pay": the word itself, or the verb behind.
    part.figure = figure_of(list, how + 2, list.size());
  } else if (next == "long") {
    part.figure = Figure::kDuration;
  } else if (next == "expensive" || next == "heavy" || next == "hot") {
    part.figure = figure_of(list, how + 1, how + 2);
  } else if (next == "many" && how + 2 < list.size()) {
    const std::size_t head = counted(list, how + 2);
    const Unit* unit = find_unit(list[head].low);
    if (unit != nullptr) {
      part.figure = unit->dimension == "watts"   ? Figure::kPower
                    : unit->dimension == "bytes" ? Figure::kBytes
                                                 : Figure::kAny;
      return;
    }
    set_head(part, list[head].low);
    part.counts = !part.head.empty();
  }
}

// "What defect density does ...", "What is the clock speed of ...": the quantity that is asked for.
// One with a kind of its own (a price, a power) is known by its figures, not by its word; of two
// words the first tells more ("defect" density).
void read_what(QuestionPart& part, const std::vector<Word>& list) {
  if (list.size() < 4 || (list[0].low != "what" && list[0].low != "which")) return;
  const bool is_the = list[1].low == "is" || list[1].low == "are" || list[1].low == "was";
  const std::size_t from = is_the ? (list[2].low == "the" ? 3 : list.size()) : 1;
  std::size_t end = from;
  while (end < list.size() && !in(kAuxiliary, list[end].low) && !stop_word(list[end].low)) ++end;
  const std::size_t count = end - std::min(from, end);
  if (count == 0 || count > 3 || end >= list.size()) return;
  if (!is_the && !in(kAuxiliary, list[end].low)) return;
  const Figure own = figure_of(list, end - 1, end);
  if (own != Figure::kAny && (count == 1 || own != Figure::kRate)) return;
  if (count > 1 && figure_of(list, from, end) != Figure::kAny && own == Figure::kAny) return;
  set_head(part, list[count > 1 ? end - 2 : end - 1].low);
}

}  // namespace

void read_wants(QuestionPart& part) {
  const std::vector<Word> list = words(part.text);
  constexpr std::array<std::string_view, 4> kBeforeWhen = {"since", "until", "and", "by"};
  const bool asks = !list.empty() && in(kAsking, list[0].low);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string& low = list[i].low;
    const std::string next = i + 1 < list.size() ? list[i + 1].low : "";
    if (low == "how") read_how(part, list, i);
    // "... when it fails" asks for no time.
    const bool asks_when =
        low == "when" && (i == 0 || in(kBeforeWhen, list[i - 1].low) || i + 1 == list.size());
    if (asks_when || ((low == "year" || low == "date") && asks)) part.wants_time = true;
    const bool plural = next.size() > 3 && next.ends_with('s') && !next.ends_with("ss");
    if (low == "who" || low == "whose" || (low == "which" && plural)) part.wants_names = true;
  }
  // "What is the price of ...", "price per wafer": the quantity stands among the words.
  constexpr std::array<std::string_view, 9> kNoFigure = {"why", "where", "does", "do", "is",
                                                         "are", "can",   "did",  "has"};
  const bool meaning = list.size() > 2 && list[0].low == "what" && list.back().low == "mean";
  const bool figure_less = !list.empty() && (in(kNoFigure, list[0].low) || meaning);
  const bool what =
      asks && (list[0].low == "what" || (list[0].low == "which" && !part.wants_names));
  if (!figure_less && part.figure == Figure::kNone && (what || !asks) && !part.wants_names) {
    part.figure = figure_of(list, 0, list.size());
    const bool quantity = std::any_of(list.begin(), list.end(),
                                      [](const Word& word) { return in(kQuantities, word.low); });
    if (part.figure == Figure::kAny && !quantity) part.figure = Figure::kNone;
    // "Which company leads the HBM market": a word of the subject, no figure is asked for.
    const bool subject = part.figure == Figure::kBytes || part.figure == Figure::kPower;
    const std::size_t reach = list.empty() || list[0].low != "which" ? kSubjectFrom : 0;
    if (subject && asks && figure_of(list, 0, reach) != part.figure) part.figure = Figure::kNone;
    if (part.figure != Figure::kMoney && part.figure != Figure::kPercent && !quantity && !what) {
      part.figure = Figure::kNone;
    }
  }
  if (!part.wants_names && part.head.empty()) read_what(part, list);
  if (part.wants_time) part.figure = Figure::kNone;
}

bool figure_word(Figure figure, std::string_view low) {
  // A yield or a revenue is more than any percentage or sum: such words must be said.
  constexpr std::array<std::string_view, 11> kMoreThanKind = {
      "yield",     "margin",     "efficiency", "revenue", "salary", "valuation",
      "bandwidth", "throughput", "sram",       "hbm",     "dram"};
  if (in(kMoreThanKind, low)) return false;
  if (figure == Figure::kMoney && in(kMoneyTalk, low)) return true;
  if (figure == Figure::kPower && in(kPowerTalk, low)) return true;
  return std::any_of(kFigures.begin(), kFigures.end(), [&](const FigureWords& entry) {
    return entry.figure == figure && in(entry.words, low);
  });
}

bool has_number(std::string_view text) {
  constexpr std::array<std::string_view, 13> kWords = {"two",     "three",   "four", "five", "six",
                                                       "seven",   "eight",   "nine", "ten",  "half",
                                                       "million", "billion", "twice"};
  for (const Word& word : words(text)) {
    if (has_digit(word.low) && !has_letter(word.low)) return true;
    if (in(kWords, word.low)) return true;
    // "141GB": digits with a unit behind them
    const std::size_t letters = word.low.find_first_not_of("0123456789.");
    if (letters != std::string::npos && letters > 0 && word.low.size() - letters <= 4) return true;
  }
  return false;
}

bool has_time(std::string_view text) {
  constexpr std::array<std::string_view, 16> kTimes = {
      "january", "february", "march",    "april",   "june", "july", "august", "september",
      "october", "november", "december", "quarter", "q1",   "q2",   "q3",     "q4"};
  for (const Word& word : words(text)) {
    if (in(kTimes, word.low)) return true;
    const bool year = word.low.size() == 4 && !has_letter(word.low) &&
                      (word.low.starts_with("19") || word.low.starts_with("20"));
    if (year) return true;
  }
  return false;
}

int names_in(std::string_view text) {
  int count = 0;
  const std::vector<Word> list = words(text);
  for (std::size_t i = 1; i < list.size(); ++i) {
    const char first = list[i].text[0];
    if (first >= 'A' && first <= 'Z' && !stop_word(list[i].low)) ++count;
  }
  return count;
}

// "300 US dollars", "8.5 billion dollars": an amount within three words, not "per dollar".
bool amount_before(std::string_view text, std::size_t at) {
  const std::vector<Word> before = words(text.substr(0, at));
  for (std::size_t back = 1; back <= 3 && back <= before.size(); ++back) {
    const std::string& low = before[before.size() - back].low;
    if (low == "per") return false;
    if (has_digit(low) || low == "million" || low == "billion") return true;
  }
  return false;
}

bool has_figure(std::string_view text, Figure figure) {
  constexpr std::array<std::string_view, 8> kMoney = {"dollar", "usd", "euro",  "eur",
                                                      "pound",  "yen", "cents", "cent"};
  constexpr std::array<std::string_view, 10> kSpans = {
      "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "ms"};
  constexpr std::array<std::string_view, 8> kMasses = {"kg",   "kilogram", "tonne", "ton",
                                                       "gram", "pound",    "lb",    "mg"};
  constexpr std::array<std::string_view, 4> kDegrees = {"degree", "celsius", "kelvin",
                                                        "fahrenheit"};
  constexpr std::array<std::string_view, 7> kAreas = {"mm\u00B2", "cm\u00B2", "m\u00B2", "mm2",
                                                      "cm2",      "square",   "acre"};
  if (figure == Figure::kNone) return true;
  if (figure == Figure::kMoney && text.find_first_of("$") != std::string_view::npos) return true;
  if (figure == Figure::kMoney && text.find("\u20AC") != std::string_view::npos) return true;
  if (figure == Figure::kPercent && text.find('%') != std::string_view::npos) return true;
  if (figure == Figure::kAny) return has_number(text);
  if (figure == Figure::kTemperature && text.find("\u00B0") != std::string_view::npos) return true;
  if (figure == Figure::kRate) {
    const bool rate = text.find("/s") != std::string_view::npos ||
                      text.find("per second") != std::string_view::npos ||
                      text.find("a second") != std::string_view::npos;
    return rate && has_number(text);
  }
  const std::string_view wanted = figure == Figure::kPower   ? "watts"
                                  : figure == Figure::kBytes ? "bytes"
                                                             : "";
  for (const Word& word : words(text)) {
    const std::string one = singular(word.low);
    if (figure == Figure::kMoney && in(kMoney, one) && amount_before(text, word.start)) return true;
    if (figure == Figure::kDuration && in(kSpans, one)) return true;
    if (figure == Figure::kMass && in(kMasses, one)) return true;
    if (figure == Figure::kTemperature && in(kDegrees, one)) return true;
    if (figure == Figure::kArea && in(kAreas, one)) return true;
    if (figure == Figure::kPercent && (word.low == "percent" || word.low == "percentage"))
      return true;
    if (wanted.empty()) continue;
    const std::size_t letters = word.low.find_first_not_of("0123456789.");
    if (letters == std::string::npos) continue;
    const Unit* unit = find_unit(word.low.substr(letters));
    const bool amount = letters > 0 || amount_before(text, word.start);  // not "per megawatt"
    if (amount && unit != nullptr && unit->dimension == wanted) return true;
  }
  return figure == Figure::kPercent && text.find("per cent") != std::string_view::npos;
}

}  // namespace interposer::assistant
