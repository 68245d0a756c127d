#include "assistant/extract/extract.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "assistant/extract/choose.h"
#include "assistant/extract/lean.h"
#include "assistant/extract/score.h"
#include "assistant/extract/soft.h"
#include "base/utf8.h"

namespace interposer::assistant {
namespace {

constexpr std::size_t kNearestMax = 3;
constexpr std::size_t kEvidenceMax = 8;
constexpr std::size_t kPassageBytesMax = 400;

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

Result<bool> show_only(const knowledge::Knowledge& knowledge, std::size_t candidate,
                       Extraction& extraction) {
  extraction.sentences.clear();
  extraction.citations = Citations();
  extraction.refused = false;
  extraction.reason.clear();
  return Shower(knowledge, extraction).show(extraction.gathered.candidates[candidate]);
}

Result<Extraction> extract(const knowledge::Knowledge& knowledge, std::string_view base,
                           std::string_view text, std::stop_token stop) {
  IP_TRY(const Question question, read_parts(knowledge, base, text));
  Extraction out;
  IP_TRY(out.gathered, gather(knowledge, base, question, stop));
  score_all(question, out.gathered);
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
      }
    }
    if (shown.empty()) chosen = choose(question, out.gathered);
  }
  IP_TRY(const auto soft, soft_matches(knowledge, base, question, out.gathered, shown));
  out.features = measure(question, out.gathered, shown, soft);
  // A question without a word of content asks for nothing that could be found.
  const bool asks = std::any_of(question.parts.begin(), question.parts.end(),
                                [](const QuestionPart& part) { return part.weight > 0; });
  out.probability = shown.empty() || !asks ? 0 : answered_probability(out.features);
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
