// Exact match and F1 as the SQuAD 2.0 script has them: texts are lowered, stripped of ASCII
// punctuation and of the articles a, an, the, and their white space is made single.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace interposer::evals {

std::string squad_normalise(std::string_view text);

// 1 or 0.
double squad_exact(std::string_view answer, std::string_view gold);
// Over the multiset of words; where a side has none, 1 if both have none, else 0.
double squad_f1(std::string_view answer, std::string_view gold);

struct SquadScore {
  double exact = 0;
  double f1 = 0;
};
// The best over several golds. No golds means unanswerable: only an empty answer is right.
SquadScore squad_score(std::string_view answer, std::span<const std::string> golds);

}  // namespace interposer::evals
