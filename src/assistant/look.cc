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

// A number in a text, with a unit of the column's dimension behind it where the column has one.
bool holds_value(const std::string& text, const RelationColumn& column, const RelationCell& cell) {
  if (!cell.value.number) return text.find(cell.text) != std::string::npos;
  const std::vector<Word> list = words(text);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const CellValue value = parse_cell(list[i].text);
    if (value.number != cell.value.number) continue;
    if (column.dimension.empty()) return true;
    std::string two = i + 1 < list.size() ? list[i + 1].low : "";
    const Unit* unit = find_unit(two);
    if (i + 2 < list.size() && find_unit(two + list[i + 2].low) != nullptr) {
      unit = find_unit(two + list[i + 2].low);
    }
    if (unit != nullptr && unit->dimension == column.dimension) return true;
  }
  return false;
}

bool speaks_of(const std::string& text, const std::string& row) {
  const std::string whole = compact(text);
  for (const Word& word : words(row)) {
    const bool telling = has_digit(word.low) || word.low.size() > 4;
    if (telling && whole.find(compact(word.low)) != std::string::npos) return true;
  }
  return false;
}

// For a look-up of one row: a sentence that says what the cells say is better evidence than cells.
// The table tells what to look for, so the words of the question need not occur.
std::optional<std::size_t> sentence_for(const Extraction& extraction, const TableChoice& choice) {
  const Relation& relation = *choice.relation;
  const auto& row = relation.rows[choice.reading.rows[0]];
  std::optional<std::size_t> best;
  double best_score = 0;
  for (std::size_t i = 0; i < extraction.gathered.candidates.size(); ++i) {
    const Candidate& candidate = extraction.gathered.candidates[i];
    const std::string& text = candidate.sentence.text;
    if (!speaks_of(text, row[relation.key].text)) continue;
    bool says_all = true;
    for (const std::size_t column : choice.reading.columns) {
      const RelationCell& cell = row[column];
      says_all = says_all && !cell.value.blank && holds_value(text, relation.columns[column], cell);
    }
    const double score = candidate.score.empty() ? 0 : candidate.score[0];
    if (says_all && (!best || score > best_score)) {
      best = i;
      best_score = score;
    }
  }
  return best;
}

// The cell asked for is blank: only a sentence with a figure of the same kind may answer instead.
bool figure_in_words(const Extraction& extraction, const TableChoice& choice) {
  const Features& measured = extraction.features;
  if (extraction.refused || measured.names_missing > 0 || measured.identifier_missing > 0) {
    return false;
  }
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
    bool in_words = false;
    if (answer.refused) {
      in_words = figure_in_words(extraction, choice);
    } else if (const auto sentence = sentence_for(extraction, choice)) {
      IP_TRY(in_words, show_only(knowledge, *sentence, extraction));
    }
    out.extraction = std::move(extraction);
    if (in_words) {
      out.route.emplace_back("a sentence says it in words");
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
