// How well a sentence answers a part of the question: the words it shares (by rarity), its meaning,
// its passage's rank, the names it must hold and the kind of thing asked for.
#pragma once

#include <set>
#include <string>

#include "assistant/extract/candidates.h"

namespace interposer::assistant {

// A term met only in the heading or title counts as this part of a term in the sentence.
inline constexpr double kContextShare = 0.6;

// Weight of the part's terms that the sets hold, 0-1.
double coverage(const QuestionPart& part, const std::set<std::string>& terms,
                const std::set<std::string>& context);
// Share of the part's names that neither set holds, 0-1; 0 without names.
double names_missing(const QuestionPart& part, const std::set<std::string>& terms,
                     const std::set<std::string>& context);
bool fits_wanted(const QuestionPart& part, std::string_view text);

double cosine(const std::vector<float>& a, const std::vector<float>& b);  // of unit vectors

// Of a passage among those found: 1 the best, 0 the last.
double rank_share(const Gathered& gathered, std::size_t hit);

// From words and rank alone: which sentences are worth comparing by meaning.
double first_guess(const Question& question, const Gathered& gathered, const Candidate& candidate);

// Fills coverage, score and similarity of every candidate.
void score_all(const Question& question, Gathered& gathered);

}  // namespace interposer::assistant
