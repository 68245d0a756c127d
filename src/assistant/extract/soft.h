// Words that mean nearly the same ("vendors" for "suppliers"): each term of the question that no
// chosen sentence holds is compared by meaning with the words of those sentences.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "assistant/extract/candidates.h"

namespace interposer::assistant {

inline constexpr std::size_t kSoftTermsMax = 8;   // of the question
inline constexpr std::size_t kSoftWordsMax = 64;  // of the sentences

// term -> 0 (nothing near) to 1 (as good as said). Empty without vectors.
Result<std::map<std::string, double>> soft_matches(const knowledge::Knowledge& knowledge,
                                                   std::string_view base, const Question& question,
                                                   const Gathered& gathered,
                                                   const std::vector<std::size_t>& chosen);

}  // namespace interposer::assistant
