#include "assistant/extract/support.h"

#include <algorithm>
#include <set>

#include "assistant/extract/score.h"
#include "assistant/extract/synonyms.h"
#include "assistant/extract/wants.h"
#include "assistant/text/words.h"
#include "base/strings.h"
#include "knowledge/text/analyzer.h"

namespace interposer::assistant {
namespace {

// Chosen by what each is worth to a reader; the fit of the weights follows them.
constexpr double kInContext = 0.8;  // in the heading or title
constexpr double kBefore = 0.5;     // in the sentence before
constexpr double kByKind = 0.9;     // "price" beside an amount of money
constexpr double kBySynonym = 0.8;  // a general synonym
constexpr double kByMeaning = 0.8;  // most that a near word can be worth
constexpr double kNameByMeaning = 0.4;
// Cosines of single words under the default embedder: unrelated below, as good as the same above.
constexpr double kUnrelated = 0.45;
constexpr double kSame = 0.80;

constexpr std::size_t kAcronymMin = 3;  // letters
constexpr std::size_t kCountReach = 4;  // words between a number and what it counts
constexpr double kUnsupported = 0.5;    // support below this: the term is missing

bool has(const Candidate& c, const std::string& term) {
  return c.terms.count(term) > 0 || c.context.count(term) > 0 || c.before.count(term) > 0;
}

bool acronym(const ContentTerm& term, const Candidate& candidate) {
  const bool capitals =
      std::all_of(term.word.begin(), term.word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (term.word.size() < kAcronymMin || !capitals) return false;
  return candidate.initials.find(to_lower(term.word)) != std::string::npos;
}

bool spelled_there(const Candidate& candidate, const std::string& spelled) {
  return candidate.spelled.count(spelled) > 0 ||
         (spelled.ends_with('s') &&
          candidate.spelled.count(spelled.substr(0, spelled.size() - 1)) > 0);
}

// An identifier must stand as a whole: the "HBM" and "4" of "HBM4E" are not enough. A number that
// the question puts behind a name may stand elsewhere ("Llama 8B" for "Llama-3.1-8B").
bool there(const ContentTerm& term, const Candidate& candidate) {
  if (spelled_there(candidate, term.spelled)) return true;
  if (term.role == TermRole::kIdentifier) {
    if (term.owner.empty()) return false;
    return candidate.spelled.count(term.owner) > 0 &&
           (candidate.terms.count(term.term) > 0 || candidate.context.count(term.term) > 0);
  }
  return has(candidate, term.term) || acronym(term, candidate);
}

double by_meaning(const ContentTerm& term, const Candidate& candidate, const WordVectors& vectors) {
  if (term.vector.empty()) return 0;
  double best = 0;
  for (const std::string& word : candidate.words) {
    const auto found = vectors.find(word);
    if (found != vectors.end()) best = std::max(best, cosine(term.vector, found->second));
  }
  const double near = std::clamp((best - kUnrelated) / (kSame - kUnrelated), 0.0, 1.0);
  return near * (term.name ? kNameByMeaning : kByMeaning);
}

double support_of(const QuestionPart& part, const ContentTerm& term, const Candidate& candidate,
                  const WordVectors& vectors) {
  if (candidate.terms.count(term.term) > 0) return 1;
  if (candidate.context.count(term.term) > 0) return kInContext;
  if (term.role == TermRole::kIdentifier && there(term, candidate)) return kInContext;
  if (acronym(term, candidate)) return kInContext;
  if (candidate.before.count(term.term) > 0) return kBefore;
  const bool exact = term.role == TermRole::kIdentifier || term.role == TermRole::kYear ||
                     term.role == TermRole::kQuantity;
  if (exact) return 0;
  const std::string low = to_lower(term.word);
  const bool kind = part.figure != Figure::kNone && figure_word(part.figure, low);
  if ((kind || (part.wants_time && (low == "year" || low == "date"))) &&
      fits_wanted(part, candidate.sentence.text))
    return kByKind;
  if (has_synonym(term.term, candidate.terms) || has_synonym(term.term, candidate.context))
    return kBySynonym;
  return by_meaning(term, candidate, vectors);
}

// "256 Groq 3 LPUs", "four wafers": a number before what is counted.
bool counted(const QuestionPart& part, std::string_view text) {
  const std::vector<Word> list = words(text);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::vector<std::string> terms = knowledge::analyse_terms(list[i].text);
    const std::set<std::string> set(terms.begin(), terms.end());
    if (set.count(part.head) == 0 && !has_synonym(part.head, set)) continue;
    for (std::size_t back = 1; back <= kCountReach && back <= i; ++back) {
      if (has_number(list[i - back].text)) return true;
    }
  }
  return false;
}

void measure_roles(const QuestionPart& part, const Candidate& candidate,
                   const std::vector<double>& supported, Features& out) {
  double names = 0;  // by weight: a name in every document tells little
  double lost = 0;
  double identifiers = 0;
  double identifiers_lost = 0;
  for (std::size_t i = 0; i < part.terms.size(); ++i) {
    const ContentTerm& term = part.terms[i];
    if (term.carried) continue;
    const double missing = 1 - supported[i];
    const bool found = there(term, candidate);
    switch (term.role) {
      case TermRole::kIdentifier:
        identifiers += 1;
        if (!found) identifiers_lost += 1;
        break;
      case TermRole::kYear:
        if (!found) out.year_missing = 1;
        break;
      case TermRole::kQuantity:
        out.quantity_missing = std::max(out.quantity_missing, missing);
        break;
      case TermRole::kName:
        names += term.weight;
        if (!found) lost += term.weight;
        if (!found && !term.known) out.name_unknown = 1;
        break;
      case TermRole::kWord:
        if (term.superlative) {
          const bool any = std::any_of(candidate.words.begin(), candidate.words.end(),
                                       [](const std::string& word) { return superlative(word); });
          if (!any) out.superlative_missing = 1;
        } else {
          double& worst = term.focus ? out.focus_missing : out.other_missing;
          worst = std::max(worst, missing);
        }
        break;
    }
  }
  if (names > 0) out.names_missing = lost / names;
  if (identifiers > 0) out.identifier_missing = identifiers_lost / identifiers;
  if (part.counts) out.counted_other_missing = out.other_missing;
}

// By what the terms do to the meaning.
void measure_meaning(const QuestionPart& part, const Candidate& candidate,
                     const std::vector<double>& supported, Features& out) {
  double heaviest = 0.02;  // a question whose words all hardly matter
  double gap = 0;
  bool any = false;
  bool any_missing = false;
  for (std::size_t i = 0; i < part.terms.size(); ++i) {
    const ContentTerm& term = part.terms[i];
    if (term.without.empty()) continue;
    const double missing = 1 - supported[i];
    heaviest = std::max(heaviest, term.meaning);
    gap = std::max(gap, missing * term.meaning);
    out.meaning_missing += missing * term.meaning;
    if (term.carried) continue;
    const double drop = out.similarity - cosine(term.without, candidate.vector);
    if (!any || drop < out.drop) out.drop = drop;
    any = true;
    if (supported[i] >= kUnsupported) continue;
    if (!any_missing || drop < out.drop_missing) out.drop_missing = drop;
    any_missing = true;
  }
  out.meaning_gap = gap / heaviest;
  if (!any_missing && any) out.drop_missing = kNothingMissing;
}

}  // namespace

Result<WordVectors> word_vectors(const knowledge::Knowledge& knowledge, std::string_view base,
                                 const Gathered& gathered,
                                 const std::vector<std::size_t>& candidates) {
  WordVectors out;
  if (gathered.found.query_vector.empty()) return out;
  std::vector<std::string> texts;
  for (const std::size_t index : candidates) {
    for (const std::string& word : gathered.candidates[index].words) {
      if (out.size() >= kSupportWordsMax) break;
      if (out.try_emplace(word).second) texts.push_back(word);
    }
  }
  IP_TRY(auto vectors, knowledge.sentence_vectors(base, texts));
  if (vectors.size() != texts.size()) return WordVectors();
  for (std::size_t i = 0; i < texts.size(); ++i) out[texts[i]] = std::move(vectors[i]);
  return out;
}

std::vector<double> support(const QuestionPart& part, const Candidate& candidate,
                            const WordVectors& vectors) {
  std::vector<double> out;
  for (const ContentTerm& term : part.terms)
    out.push_back(support_of(part, term, candidate, vectors));
  return out;
}

Features measure(const QuestionPart& part, const Gathered& gathered, const Candidate& candidate,
                 const WordVectors& vectors) {
  Features out;
  const std::vector<double> supported = support(part, candidate, vectors);
  const knowledge::Hit& hit = gathered.found.hits[candidate.hit];
  out.vectors = !gathered.found.query_vector.empty();
  out.similarity = candidate.similarity;
  out.context_similarity = candidate.context_similarity;
  out.passage = hit.legs.vector.value_or(0);
  out.rank = rank_share(gathered, candidate.hit);
  double heaviest = 0;
  for (std::size_t i = 0; i < part.terms.size(); ++i) {
    const double weight = part.terms[i].weight;
    heaviest = std::max(heaviest, weight);
    out.coverage += supported[i] * weight;
    out.gap = std::max(out.gap, (1 - supported[i]) * weight);
  }
  if (part.weight > 0) out.coverage /= part.weight;
  if (heaviest > 0) out.gap /= heaviest;
  if (!fits_wanted(part, candidate.sentence.text)) out.kind_missing = 1;
  if (part.counts && !counted(part, candidate.sentence.text)) out.count_missing = 1;
  measure_roles(part, candidate, supported, out);
  if (out.vectors && !candidate.vector.empty()) measure_meaning(part, candidate, supported, out);
  return out;
}

}  // namespace interposer::assistant
