// Sentences that might answer, gathered from the passages that the search found.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assistant/extract/features.h"
#include "assistant/extract/question.h"
#include "knowledge/knowledge.h"

namespace interposer::assistant {

inline constexpr int kHitsMax = 12;                 // passages looked into
inline constexpr std::size_t kCandidatesMax = 160;  // sentences
inline constexpr std::size_t kEmbeddedMax = 24;     // of them compared by meaning
inline constexpr std::size_t kMeasuredMax = 12;     // of these measured, for each part

struct Candidate {
  std::size_t hit = 0;  // index into SearchResult::hits
  knowledge::Knowledge::Sentence sentence;
  std::set<std::string> terms;        // analysed, of the sentence
  std::set<std::string> context;      // of its heading and the document's title
  std::set<std::string> before;       // of the sentence before it in the same block
  std::set<std::string> words;        // of it and its heading, lower case, without stop words
  std::set<std::string> spelled;      // compact words and neighbours, of all these: "wse3", "groq3"
  std::string initials;               // of its words and its headings', for acronyms
  std::vector<float> vector;          // empty: not compared by meaning
  std::vector<float> context_vector;  // with title and heading before it
  std::vector<double> coverage;       // of each part's terms, 0-1
  std::vector<double> score;          // for each part
  double similarity = 0;              // to the whole question
  double context_similarity = 0;
  std::vector<std::optional<Features>> features;  // for each part, of those measured
  std::vector<double> odds;                       // that it answers each part; low if unmeasured
};

struct Gathered {
  knowledge::SearchResult found;
  std::vector<Candidate> candidates;
};

Result<Gathered> gather(const knowledge::Knowledge& knowledge, std::string_view base,
                        const Question& question, std::stop_token stop);

}  // namespace interposer::assistant
