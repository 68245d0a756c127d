#include "assistant/look.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "assistant/extract/lean.h"
#include "assistant/text/words.h"
#include "charts/dataset.h"

namespace interposer::assistant {
namespace {

using knowledge::Knowledge;

Result<std::vector<Relation>> relations_of(const Knowledge& knowledge, const std::string& base) {
  IP_TRY(const auto tables, knowledge.tables(base));
  std::vector<Relation> out;
  for (const auto& table : tables) {
    if (auto relation = make_relation(table)) out.push_back(*std::move(relation));
  }
  return out;
}

// A citation quotes the bytes of its version, whatever the parser made of the cell.
Status seal(const Knowledge& knowledge, Citations& citations) {
  std::map<std::string, knowledge::Version> versions;
  for (wire::Citation& citation : citations.edit()) {
    const std::string key = citation.document + "@" + citation.version;
    auto found = versions.find(key);
    if (found == versions.end()) {
      IP_TRY(auto version, knowledge.version(citation.document, citation.version));
      found = versions.emplace(key, std::move(version)).first;
    }
    const knowledge::Version& version = found->second;
    const auto size = static_cast<std::int64_t>(version.text.size());
    if (citation.start < 0 || citation.end > size || citation.start >= citation.end) {
      return make_error(Code::kDataLoss, fmt::format("{}: a cell lies outside its text", key),
                        "run `interposer reindex`");
    }
    citation.quote = version.text.substr(static_cast<std::size_t>(citation.start),
                                         static_cast<std::size_t>(citation.end - citation.start));
    citation.title = version.info.title;
    citation.uri = version.info.uri;
  }
  return {};
}

// For a look-up of one row: does the evidence say it in words as well? A sentence is better
// evidence than a cell, when it holds the cell's value.
bool said_in_words(const Extraction& extraction, const TableAnswer& table) {
  if (extraction.refused || extraction.features.names_missing > 0) return false;
  for (const auto& row : table.table.rows) {
    for (std::size_t c = 1; c < row.size(); ++c) {
      if (row[c].text.empty()) continue;
      const bool there = std::any_of(
          extraction.sentences.begin(), extraction.sentences.end(), [&](const Said& said) {
            const std::vector<Word> list = words(said.text);
            if (!row[c].value) return said.text.find(row[c].text) != std::string::npos;
            return std::any_of(list.begin(), list.end(), [&](const Word& word) {
              return compact(word.low) == compact(row[c].text) || word.text == row[c].text;
            });
          });
      if (!there) return false;
    }
  }
  return true;
}

// The cell asked for is blank: only a sentence with a figure of the same kind may answer instead.
bool figure_in_words(const Extraction& extraction, const TableChoice& choice) {
  if (extraction.refused || extraction.features.names_missing > 0) return false;
  const RelationColumn& column = choice.relation->columns[choice.reading.columns[0]];
  if (column.dimension.empty()) return extraction.features.coverage > 0.8;
  for (const Said& said : extraction.sentences) {
    const std::vector<Word> list = words(said.text);
    for (std::size_t i = 1; i < list.size(); ++i) {
      std::string two = list[i].low + (i + 1 < list.size() ? list[i + 1].low : "");
      const Unit* unit = find_unit(two) != nullptr ? find_unit(two) : find_unit(list[i].low);
      const bool number = has_digit(list[i - 1].low) && list[i].joined;
      if (unit != nullptr && number && unit->dimension == column.dimension) return true;
    }
  }
  return false;
}

Status try_table(const Knowledge& knowledge, const TableChoice& choice, std::stop_token stop,
                 Looked& out) {
  IP_TRY(TableAnswer answer, answer_from_table(choice));
  if (!answer.refused) {
    IP_OK(seal(knowledge, answer.citations));
  }
  out.route.push_back(fmt::format("table: {}", choice.relation->document));
  if (choice.reading.intent == Intent::kLookup) {
    IP_TRY(Extraction extraction, extract(knowledge, out.base, out.question, stop));
    out.searched = searched_of(extraction.gathered.found);
    const bool words_do =
        answer.refused ? figure_in_words(extraction, choice) : said_in_words(extraction, answer);
    out.extraction = std::move(extraction);
    if (words_do) {
      out.route.emplace_back("evidence says it in words");
      return {};
    }
  }
  out.table = std::move(answer);
  return {};
}

}  // namespace

Result<Looked> look(const Knowledge& knowledge, const std::string& base,
                    const std::string& question, std::stop_token stop) {
  Looked out;
  out.base = base;
  out.question = question;
  IP_TRY(const knowledge::BaseInfo info, knowledge.base(base));
  out.searched.documents = info.documents;
  out.searched.chunks = info.chunks;
  IP_TRY(const std::vector<Relation> relations, relations_of(knowledge, base));
  if (stop.stop_requested()) return make_error(Code::kCancelled, "the question was stopped");
  if (const auto choice = choose_table(question, relations)) {
    IP_OK(try_table(knowledge, *choice, stop, out));
    if (out.table || out.extraction) return out;
  }
  out.route.emplace_back("search");
  IP_TRY(out.extraction, extract(knowledge, base, question, stop));
  out.searched = searched_of(out.extraction->gathered.found);
  return out;
}

Result<std::vector<EvidenceSentence>> evidence_for(const Knowledge& knowledge,
                                                   const Extraction& extraction) {
  const Gathered& gathered = extraction.gathered;
  std::vector<std::size_t> order(gathered.candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto best = [&](std::size_t i) {
    const auto& score = gathered.candidates[i].score;
    return score.empty() ? 0.0 : *std::max_element(score.begin(), score.end());
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return best(a) > best(b); });
  std::vector<EvidenceSentence> out;
  std::map<std::string, knowledge::Version> versions;
  std::set<std::pair<std::string, std::int64_t>> seen;
  for (const std::size_t index : order) {
    if (out.size() >= kEvidenceSentencesMax) break;
    const Candidate& candidate = gathered.candidates[index];
    const knowledge::Hit& hit = gathered.found.hits[candidate.hit];
    auto found = versions.find(hit.document);
    if (found == versions.end()) {
      IP_TRY(auto version, knowledge.version(hit.document, hit.version));
      found = versions.emplace(hit.document, std::move(version)).first;
    }
    const knowledge::Version& version = found->second;
    const auto spans = with_support(version, candidate.sentence.start, candidate.sentence.end);
    if (!spans) continue;
    for (const Support& span : *spans) {
      if (!seen.emplace(hit.document, span.start).second) continue;
      EvidenceSentence sentence;
      sentence.text = version.text.substr(static_cast<std::size_t>(span.start),
                                          static_cast<std::size_t>(span.end - span.start));
      sentence.title = version.info.title;
      sentence.heading = candidate.sentence.heading;
      sentence.document = version.info.document;
      sentence.version = version.info.version;
      sentence.uri = version.info.uri;
      sentence.start = span.start;
      sentence.end = span.end;
      sentence.page = candidate.sentence.page.value_or(0);
      out.push_back(std::move(sentence));
    }
  }
  return out;
}

}  // namespace interposer::assistant
