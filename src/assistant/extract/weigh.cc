#include "assistant/extract/weigh.h"

#include <algorithm>

#include "assistant/extract/score.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

std::string without(const std::string& text, const std::string& word) {
  const std::size_t at = text.find(word);
  if (at == std::string::npos) return text;
  std::string out = text.substr(0, at);
  std::string_view rest = std::string_view(text).substr(at + word.size());
  if (!out.empty() && out.back() == ' ' && !rest.empty() && rest.front() == ' ')
    rest.remove_prefix(1);
  return out.append(rest);
}

}  // namespace

Status weigh(const knowledge::Knowledge& knowledge, std::string_view base,
             const std::vector<float>& query, std::stop_token stop, Question& question) {
  if (query.empty()) return {};
  std::vector<ContentTerm*> terms;
  std::vector<std::string> texts;
  for (QuestionPart& part : question.parts) {
    for (ContentTerm& term : part.terms) {
      if (terms.size() >= kWeighedTermsMax) break;
      terms.push_back(&term);
      texts.push_back(to_lower(term.word));
    }
  }
  IP_TRY(auto vectors, knowledge.sentence_vectors(base, texts));
  if (vectors.size() != texts.size()) return {};
  for (std::size_t i = 0; i < terms.size(); ++i) {
    ContentTerm& term = *terms[i];
    // As a query, whose vector is kept nowhere: a busy base must not grow with what it is asked.
    knowledge::SearchRequest request;
    request.base = std::string(base);
    request.query = without(question.text, term.word);
    request.k = 1;
    request.legs = knowledge::LegChoice::kVector;
    request.stop = stop;
    term.vector = std::move(vectors[i]);
    term.meaning = 1;
    if (trim(request.query).empty()) continue;  // a question of one word
    IP_TRY(auto found, knowledge.search(request));
    term.without = std::move(found.query_vector);
    term.meaning = std::max(0.0, 1 - cosine(term.without, query));
    if (term.carried) term.meaning *= kCarriedWeight;
  }
  return {};
}

}  // namespace interposer::assistant
