// Picks the few sentences to show: each part of the question gets its best one, others come only
// for what they add; the same thing is said once.
#pragma once

#include <vector>

#include "assistant/extract/candidates.h"

namespace interposer::assistant {

inline constexpr std::size_t kSentencesMax = 5;

// Indices into gathered.candidates, best document first, in document order within a document.
std::vector<std::size_t> choose(const Question& question, const Gathered& gathered);

bool near_duplicate(const Candidate& a, const Candidate& b);

}  // namespace interposer::assistant
