#include "assistant/extract/candidates.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "assistant/extract/score.h"
#include "assistant/text/words.h"
#include "base/strings.h"
#include "knowledge/text/analyzer.h"

namespace interposer::assistant {
namespace {

using knowledge::BlockKind;
using knowledge::Knowledge;

bool answers(BlockKind kind) {
  return kind == BlockKind::kParagraph || kind == BlockKind::kListItem ||
         kind == BlockKind::kCaption;
}

std::set<std::string> term_set(std::string_view text) {
  const std::vector<std::string> terms = knowledge::analyse_terms(text);
  return {terms.begin(), terms.end()};
}

constexpr std::array<std::string_view, 6> kReferenceHeadings = {
    "sources", "references", "bibliography", "further reading", "works cited", "literature"};

// Lists of sources say where facts come from and state none.
bool reference(std::string_view heading) {
  const std::size_t last = heading.rfind(" > ");
  const std::string own =
      to_lower(trim(last == std::string_view::npos ? heading : heading.substr(last + 3)));
  return std::find(kReferenceHeadings.begin(), kReferenceHeadings.end(), own) !=
         kReferenceHeadings.end();
}

void read_words(std::string_view title, Candidate& c) {
  const std::string& text = c.sentence.text;
  for (const Word& word : words(text + " \n " + c.sentence.heading)) {
    if (!stop_word(word.low) && has_letter(word.low) && word.low.size() > 1)
      c.words.insert(word.low);
  }
  for (const std::string& near :
       {text, c.sentence.heading, std::string(title), c.sentence.previous}) {
    std::string last;
    std::string before_last;
    for (const Word& word : words(near)) {
      const std::string own = compact(word.low);
      c.spelled.insert(own);
      if (!last.empty()) c.spelled.insert(last + own);
      if (!before_last.empty()) c.spelled.insert(before_last + last + own);
      before_last = std::move(last);
      last = own;
      c.initials.push_back(word.low.front());
    }
    c.initials.push_back(' ');
  }
}

Status add_hit(const Knowledge& knowledge, std::size_t index, Gathered& out) {
  const knowledge::Hit& hit = out.found.hits[index];
  IP_TRY(auto sentences, knowledge.sentences(hit.document, hit.version, hit.start, hit.end));
  const std::set<std::string> title = term_set(hit.title);
  for (auto& sentence : sentences) {
    if (out.candidates.size() >= kCandidatesMax) break;
    if (!answers(sentence.kind) || trim(sentence.text).empty()) continue;
    if (reference(sentence.heading)) continue;
    const bool seen =
        std::any_of(out.candidates.begin(), out.candidates.end(), [&](const Candidate& c) {
          return out.found.hits[c.hit].document == hit.document &&
                 c.sentence.start == sentence.start;
        });
    if (seen) continue;
    Candidate candidate;
    candidate.hit = index;
    candidate.terms = term_set(sentence.text);
    candidate.context = term_set(sentence.heading);
    candidate.context.insert(title.begin(), title.end());
    candidate.before = term_set(sentence.previous);
    candidate.sentence = std::move(sentence);
    read_words(hit.title, candidate);
    out.candidates.push_back(std::move(candidate));
  }
  return {};
}

// Vectors only for those that words and the passage's rank make likely: embedding costs most.
Status add_vectors(const Knowledge& knowledge, std::string_view base, const Question& question,
                   Gathered& out) {
  std::vector<std::size_t> order(out.candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> likely(order.size());
  for (const std::size_t i : order) likely[i] = first_guess(question, out, out.candidates[i]);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return likely[a] > likely[b]; });
  if (order.size() > kEmbeddedMax) order.resize(kEmbeddedMax);
  std::vector<std::string> texts;
  for (const std::size_t i : order) {
    const Candidate& candidate = out.candidates[i];
    texts.push_back(candidate.sentence.text);
    texts.push_back(out.found.hits[candidate.hit].title + ". " + candidate.sentence.heading + ". " +
                    candidate.sentence.text);
  }
  IP_TRY(auto vectors, knowledge.sentence_vectors(base, texts));
  for (std::size_t i = 0; i < order.size() && 2 * i + 1 < vectors.size(); ++i) {
    out.candidates[order[i]].vector = std::move(vectors[2 * i]);
    out.candidates[order[i]].context_vector = std::move(vectors[2 * i + 1]);
  }
  return {};
}

}  // namespace

Result<Gathered> gather(const Knowledge& knowledge, std::string_view base, const Question& question,
                        std::stop_token stop) {
  Gathered out;
  knowledge::SearchRequest request;
  request.base = std::string(base);
  request.query = question.text;
  request.k = kHitsMax;
  request.stop = stop;
  IP_TRY(out.found, knowledge.search(request));
  for (std::size_t i = 0; i < out.found.hits.size(); ++i) {
    if (stop.stop_requested()) return make_error(Code::kCancelled, "the question was stopped");
    IP_OK(add_hit(knowledge, i, out));
  }
  if (out.found.vector && !out.candidates.empty()) {
    IP_OK(add_vectors(knowledge, base, question, out));
  }
  return out;
}

}  // namespace interposer::assistant
