// How far a sentence, with its headings and the sentence before, supports each term of a question's
// part, and the measures that follow (features.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "assistant/extract/candidates.h"

namespace interposer::assistant {

inline constexpr std::size_t kSupportWordsMax = 240;  // words of sentences compared by meaning

// The words of the sentences under consideration, by meaning. Empty without vectors.
using WordVectors = std::map<std::string, std::vector<float>>;
Result<WordVectors> word_vectors(const knowledge::Knowledge& knowledge, std::string_view base,
                                 const Gathered& gathered,
                                 const std::vector<std::size_t>& candidates);

// 0-1 for each term of the part.
std::vector<double> support(const QuestionPart& part, const Candidate& candidate,
                            const WordVectors& vectors);

Features measure(const QuestionPart& part, const Gathered& gathered, const Candidate& candidate,
                 const WordVectors& vectors);

}  // namespace interposer::assistant
