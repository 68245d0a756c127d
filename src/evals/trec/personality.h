// Whose numbers: trec_eval 9 and 10 differ, and BEIR's wrapper from both.
#pragma once

#include <cstdint>

namespace interposer::evals::trec {

enum class Personality : std::uint8_t {
  kTrec9,   // scores are float; (int)(p R + 0.9); judged topics that the run lacks are dropped
  kTrec10,  // scores are double; lround(p R); a judged topic that the run lacks is an error; '#'
            // lines
  kBeir,  // trec_eval 9's numbers (pytrec_eval), and documents whose id is the topic's are dropped
};

inline bool scores_are_float(Personality p) { return p != Personality::kTrec10; }
inline bool has_comments(Personality p) { return p == Personality::kTrec10; }
inline bool rounds_recall_cuts(Personality p) { return p == Personality::kTrec10; }
inline bool missing_topic_is_error(Personality p) { return p == Personality::kTrec10; }
inline bool drops_own_document(Personality p) { return p == Personality::kBeir; }

}  // namespace interposer::evals::trec
