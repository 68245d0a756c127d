// Sentences that might answer, gathered from the passages that the search found.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "assistant/extract/question.h"
#include "knowledge/knowledge.h"

namespace interposer::assistant {

inline constexpr int kHitsMax = 12;                 // passages looked into
inline constexpr std::size_t kCandidatesMax = 160;  // sentences
inline constexpr std::size_t kEmbeddedMax = 20;     // of them compared by meaning

struct Candidate {
  std::size_t hit = 0;  // index into SearchResult::hits
  knowledge::Knowledge::Sentence sentence;
  std::set<std::string> terms;    // analysed, of the sentence
  std::set<std::string> context;  // of its heading and the document's title
  std::vector<float> vector;      // empty: not compared by meaning
  std::vector<double> coverage;   // of each part's terms, 0-1
  std::vector<double> score;      // for each part
  double similarity = 0;          // to the whole question
};

struct Gathered {
  knowledge::SearchResult found;
  std::vector<Candidate> candidates;
};

Result<Gathered> gather(const knowledge::Knowledge& knowledge, std::string_view base,
                        const Question& question, std::stop_token stop);

}  // namespace interposer::assistant
