// What a question asks, read by code: its parts, their content terms, the names that must occur,
// and the kind of thing that would answer it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "knowledge/knowledge.h"

namespace interposer::assistant {

inline constexpr std::size_t kPartsMax = 4;
inline constexpr std::size_t kQuestionBytesMax = 4096;
// Of the first part's terms in a part that leans on it.
inline constexpr double kCarriedWeight = 0.3;

enum class TermRole : std::uint8_t { kWord, kName, kIdentifier, kQuantity, kYear };

struct ContentTerm {
  std::string term;   // analysed, as the index holds it
  std::string word;   // as written
  double weight = 0;  // inverse document frequency
  bool known = true;  // the base holds it somewhere
  bool name = false;  // an identifier, or capitals inside the sentence
  TermRole role = TermRole::kWord;
  std::string spelled;       // compact, with the name that belongs to a number ("groq3")
  std::string owner;         // that name ("groq")
  bool focus = false;        // names what is asked for
  bool superlative = false;  // "largest", "first"
  bool carried = false;      // from the part before, which this one leans on
  // With vectors (weigh.h):
  double meaning = 0;          // 1 - cosine of the question with and without the word
  std::vector<float> vector;   // of the word alone
  std::vector<float> without;  // of the question without it
};

// The kind of figure that would answer; kAny: some number.
enum class Figure : std::uint8_t {
  kNone,
  kAny,
  kMoney,
  kPercent,
  kPower,
  kBytes,
  kDuration,
  kRate,
  kMass,
  kTemperature,
  kArea
};

struct QuestionPart {
  std::string text;
  std::vector<ContentTerm> terms;
  double weight = 0;              // of all terms
  Figure figure = Figure::kNone;  // "how much", "how many", "what share", "price"
  std::string head;               // term of what is counted: "employees" of "how many employees"
  bool counts = false;            // "how many <head>"
  bool wants_time = false;        // "when", "which year"
  bool wants_names = false;       // "who", "which suppliers"
};

struct Question {
  std::string text;
  std::vector<QuestionPart> parts;  // at least one
};

// "X, and how much Y?" -> {"X", "how much Y?"}.
std::vector<std::string> split_parts(std::string_view question);

Result<Question> read_parts(const knowledge::Knowledge& knowledge, std::string_view base,
                            std::string_view question);

bool has_number(std::string_view text);
bool has_figure(std::string_view text, Figure figure);
bool amount_before(std::string_view text,
                   std::size_t at);    // a number within the three words before
bool has_time(std::string_view text);  // a year, a month's name, a date
int names_in(std::string_view text);   // capitalised words that do not begin the sentence

}  // namespace interposer::assistant
