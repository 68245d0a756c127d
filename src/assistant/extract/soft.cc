#include "assistant/extract/soft.h"

#include <algorithm>

#include "assistant/extract/score.h"
#include "assistant/text/words.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

// Cosines of single words under the default embedder: unrelated ones stay below, synonyms above.
constexpr double kUnrelated = 0.40;
constexpr double kSynonym = 0.75;

std::vector<std::string> uncovered(const Question& question, const Gathered& gathered,
                                   const std::vector<std::size_t>& chosen,
                                   std::vector<std::string>& words_of) {
  std::vector<std::string> out;
  for (const QuestionPart& part : question.parts) {
    for (const ContentTerm& term : part.terms) {
      const bool there = std::any_of(chosen.begin(), chosen.end(), [&](std::size_t index) {
        const Candidate& candidate = gathered.candidates[index];
        return candidate.terms.count(term.term) > 0 || candidate.context.count(term.term) > 0;
      });
      if (there || out.size() >= kSoftTermsMax) continue;
      if (std::find(out.begin(), out.end(), term.term) != out.end()) continue;
      out.push_back(term.term);
      words_of.push_back(to_lower(term.word));
    }
  }
  return out;
}

}  // namespace

Result<std::map<std::string, double>> soft_matches(const knowledge::Knowledge& knowledge,
                                                   std::string_view base, const Question& question,
                                                   const Gathered& gathered,
                                                   const std::vector<std::size_t>& chosen) {
  std::map<std::string, double> out;
  if (gathered.found.query_vector.empty() || chosen.empty()) return out;
  std::vector<std::string> texts;
  const std::vector<std::string> terms = uncovered(question, gathered, chosen, texts);
  if (terms.empty()) return out;
  std::set<std::string> seen;
  for (const std::size_t index : chosen) {
    const auto& sentence = gathered.candidates[index].sentence;
    for (const Word& word : words(sentence.text + " \n " + sentence.heading)) {
      if (seen.size() >= kSoftWordsMax) break;
      if (stop_word(word.low) || !has_letter(word.low) || word.low.size() < 2) continue;
      if (seen.insert(word.low).second) texts.push_back(word.low);
    }
  }
  IP_TRY(const auto vectors, knowledge.sentence_vectors(base, texts));
  if (vectors.size() != texts.size()) return out;
  for (std::size_t t = 0; t < terms.size(); ++t) {
    double best = 0;
    for (std::size_t w = terms.size(); w < texts.size(); ++w) {
      best = std::max(best, cosine(vectors[t], vectors[w]));
    }
    out[terms[t]] = std::clamp((best - kUnrelated) / (kSynonym - kUnrelated), 0.0, 1.0);
  }
  return out;
}

}  // namespace interposer::assistant
