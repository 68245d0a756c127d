// Measures of one sentence held against one part of a question; what the decision to answer rests
// on (abstain.h). Shares are 0-1.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace interposer::assistant {

// drop_missing of a sentence that supports every term.
inline constexpr double kNothingMissing = 0.05;

struct Features {
  double coverage = 0;            // weight share of the part's terms that the sentence supports
  double similarity = 0;          // cosine of sentence and question
  double context_similarity = 0;  // the same with title and heading before the sentence
  double passage = 0;             // its passage's vector score
  double rank = 0;                // of its passage among those found: 1 the best, 0 the last
  double gap = 0;                 // the heaviest unsupported term, as a share of the heaviest
  // By what a term does to the question's meaning (question.h), not by its rarity:
  double meaning_gap = 0;      // the weightiest unsupported term, as a share of the weightiest
  double meaning_missing = 0;  // sum over unsupported terms
  double drop = 0;             // least change of similarity by any term: below 0, the sentence is
                               // nearer to the question without that term
  double drop_missing = 0;     // the same over unsupported terms
  double names_missing = 0;    // weight share of names without digits that are not there
  double name_unknown = 0;     // 1: a name that the whole base never mentions
  double identifier_missing = 0;     // share of identifiers ("MI455X", "Groq 3") not there
  double quantity_missing = 0;       // a number of the question that nothing supports
  double year_missing = 0;           // 1: a year of the question is not there
  double kind_missing = 0;           // 1: a figure, time or name was asked for, and none is there
  double count_missing = 0;          // 1: "how many X" and no number stands before an X
  double focus_missing = 0;          // worst of the words that name what is asked for
  double other_missing = 0;          // worst of the other words (not names, not numbers)
  double counted_other_missing = 0;  // the same of "how many": "sold", "deployed"
  double superlative_missing = 0;    // 1: "largest", and no such word is there
  bool vectors = false;

  std::vector<std::pair<std::string_view, double>> named() const;
};

}  // namespace interposer::assistant
