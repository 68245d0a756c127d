#include "assistant/extract/extract.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "assistant/extract/choose.h"
#include "assistant/extract/lean.h"
#include "assistant/extract/score.h"
#include "assistant/extract/support.h"
#include "assistant/extract/weigh.h"
#include "base/utf8.h"

namespace interposer::assistant {
namespace {

constexpr std::size_t kNearestMax = 3;
constexpr std::size_t kEvidenceMax = 8;
constexpr std::size_t kConsideredMax = 6;  // sentences of each part told in an answer's why
constexpr std::size_t kPassageBytesMax = 400;
constexpr double kNoOdds = -100;  // of a sentence that was not measured or cannot stand

std::string shortened(const std::string& text) {
  if (text.size() <= kPassageBytesMax) return text;
  return text.substr(0, utf8_floor(text, kPassageBytesMax)) + "\u2026";
}

class Shower {
 public:
  Shower(const knowledge::Knowledge& knowledge, Extraction& out)
      : knowledge_(knowledge), out_(out) {}

  // False: what the sentence leans on is not to be had, so it is not shown.
  Result<bool> show(const Candidate& candidate) {
    const knowledge::Hit& hit = out_.gathered.found.hits[candidate.hit];
    IP_TRY(const knowledge::Version* version, version_of(hit));
    const auto spans = with_support(*version, candidate.sentence.start, candidate.sentence.end);
    if (!spans) return false;
    for (const Support& span : *spans) say(*version, span);
    return true;
  }

 private:
  Result<const knowledge::Version*> version_of(const knowledge::Hit& hit) {
    const auto found = versions_.find(hit.document + "@" + hit.version);
    if (found != versions_.end()) return &found->second;
    IP_TRY(auto version, knowledge_.version(hit.document, hit.version));
    return &versions_.emplace(hit.document + "@" + hit.version, std::move(version)).first->second;
  }

  void say(const knowledge::Version& version, const Support& span) {
    wire::Citation citation;
    citation.document = version.info.document;
    citation.version = version.info.version;
    citation.title = version.info.title;
    citation.uri = version.info.uri;
    citation.start = span.start;
    citation.end = span.end;
    citation.quote = version.text.substr(static_cast<std::size_t>(span.start),
                                         static_cast<std::size_t>(span.end - span.start));
    for (const knowledge::Block& block : version.blocks) {
      if (block.start <= span.start && span.start < block.end && block.page)
        citation.page = block.page;
    }
    const std::string text = citation.quote;
    const std::size_t before = out_.citations.all().size();
    const int n = out_.citations.add(std::move(citation));
    if (out_.citations.all().size() > before) out_.sentences.push_back({text, {n}, false});
  }

  const knowledge::Knowledge& knowledge_;
  Extraction& out_;
  std::map<std::string, knowledge::Version> versions_;
};

}  // namespace

Searched searched_of(const knowledge::SearchResult& found) {
  return {found.documents, found.chunks, found.lexical, found.vector};
}

std::vector<NearestPassage> nearest_of(const knowledge::SearchResult& found) {
  std::vector<NearestPassage> out;
  for (const knowledge::Hit& hit : found.hits) {
    if (out.size() >= kNearestMax) break;
    out.push_back({hit.document, hit.title, hit.version, hit.start, hit.end, shortened(hit.text)});
  }
  return out;
}

std::vector<WhyEvidence> evidence_of(const Gathered& gathered) {
  std::vector<WhyEvidence> out;
  for (const knowledge::Hit& hit : gathered.found.hits) {
    if (out.size() >= kEvidenceMax) break;
    out.push_back(
        {hit.document, hit.score, hit.legs.lexical, hit.legs.vector, shortened(hit.text)});
  }
  return out;
}

std::vector<WhySentence> considered_of(const Gathered& gathered) {
  std::vector<WhySentence> out;
  for (const Candidate& candidate : gathered.candidates) {
    for (std::size_t part = 0; part < candidate.features.size(); ++part) {
      if (!candidate.features[part]) continue;
      WhySentence sentence;
      sentence.document = gathered.found.hits[candidate.hit].document;
      sentence.part = static_cast<int>(part);
      sentence.odds = candidate.odds[part];
      for (const auto& [name, value] : candidate.features[part]->named())
        sentence.features.emplace_back(name, value);
      out.push_back(std::move(sentence));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const WhySentence& a, const WhySentence& b) {
    return a.part != b.part ? a.part < b.part : a.odds > b.odds;
  });
  std::size_t kept = 0;
  int part = -1;
  std::size_t of_part = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].part != part) {
      part = out[i].part;
      of_part = 0;
    }
    if (of_part++ >= kConsideredMax) continue;
    if (kept != i) out[kept] = std::move(out[i]);
    ++kept;
  }
  out.resize(kept);
  return out;
}

Result<bool> show_only(const knowledge::Knowledge& knowledge, std::size_t candidate,
                       Extraction& extraction) {
  extraction.sentences.clear();
  extraction.citations = Citations();
  extraction.refused = false;
  extraction.reason.clear();
  return Shower(knowledge, extraction).show(extraction.gathered.candidates[candidate]);
}

namespace {

// Measures the likeliest sentences of each part.
Status measure_all(const knowledge::Knowledge& knowledge, std::string_view base,
                   const Question& question, Gathered& gathered) {
  std::vector<std::vector<std::size_t>> of_part;
  std::vector<std::size_t> all;
  for (std::size_t part = 0; part < question.parts.size(); ++part) {
    std::vector<std::size_t> order(gathered.candidates.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return gathered.candidates[a].score[part] > gathered.candidates[b].score[part];
    });
    if (order.size() > kMeasuredMax) order.resize(kMeasuredMax);
    all.insert(all.end(), order.begin(), order.end());
    of_part.push_back(std::move(order));
  }
  IP_TRY(const WordVectors vectors, word_vectors(knowledge, base, gathered, all));
  for (Candidate& candidate : gathered.candidates) {
    candidate.features.assign(question.parts.size(), std::nullopt);
    candidate.odds.assign(question.parts.size(), kNoOdds);
  }
  for (std::size_t part = 0; part < question.parts.size(); ++part) {
    for (const std::size_t index : of_part[part]) {
      Candidate& candidate = gathered.candidates[index];
      const Features features = measure(question.parts[part], gathered, candidate, vectors);
      candidate.odds[part] = answer_odds(features);
      candidate.features[part] = features;
    }
  }
  return {};
}

// The parts' best among the sentences shown.
double decide(const Question& question, const Gathered& gathered,
              const std::vector<std::size_t>& shown, Features& features) {
  std::vector<Features> best;
  double odds = 0;
  for (std::size_t part = 0; part < question.parts.size(); ++part) {
    const Candidate* top = nullptr;
    for (const std::size_t index : shown) {
      const Candidate& candidate = gathered.candidates[index];
      if (!candidate.features[part]) continue;
      if (top == nullptr || candidate.odds[part] > top->odds[part]) top = &candidate;
    }
    if (top == nullptr) return 0;
    best.push_back(*top->features[part]);
    odds += top->odds[part];
  }
  features = mean(best);
  return probability_of(odds / static_cast<double>(question.parts.size()));
}

}  // namespace

Result<Extraction> extract(const knowledge::Knowledge& knowledge, std::string_view base,
                           std::string_view text, std::stop_token stop) {
  IP_TRY(Question question, read_parts(knowledge, base, text));
  Extraction out;
  IP_TRY(out.gathered, gather(knowledge, base, question, stop));
  IP_OK(weigh(knowledge, base, out.gathered.found.query_vector, stop, question));
  score_all(question, out.gathered);
  IP_OK(measure_all(knowledge, base, question, out.gathered));
  // A sentence that cannot stand and has no support gives way to the next.
  Shower shower(knowledge, out);
  std::vector<std::size_t> chosen = choose(question, out.gathered);
  std::vector<std::size_t> shown;
  for (std::size_t round = 0; round < 3 && shown.empty() && !chosen.empty(); ++round) {
    for (const std::size_t index : chosen) {
      IP_TRY(const bool stands, shower.show(out.gathered.candidates[index]));
      if (stands) {
        shown.push_back(index);
      } else {
        for (double& score : out.gathered.candidates[index].score) score = -1;
        for (double& odds : out.gathered.candidates[index].odds) odds = kNoOdds;
      }
    }
    if (shown.empty()) chosen = choose(question, out.gathered);
  }
  // A question without a word of content asks for nothing that could be found.
  const bool asks = std::any_of(question.parts.begin(), question.parts.end(),
                                [](const QuestionPart& part) { return part.weight > 0; });
  const double probability = decide(question, out.gathered, shown, out.features);
  out.probability = shown.empty() || !asks ? 0 : probability;
  if (out.probability < kAnswerThreshold) {
    out.refused = true;
    out.sentences.clear();
    out.reason = fmt::format(
        "The base '{}' does not answer this: {} {} and {} {} were searched, and no sentence says "
        "it.",
        base, out.gathered.found.documents,
        out.gathered.found.documents == 1 ? "document" : "documents", out.gathered.found.chunks,
        out.gathered.found.chunks == 1 ? "passage" : "passages");
  }
  return out;
}

}  // namespace interposer::assistant
