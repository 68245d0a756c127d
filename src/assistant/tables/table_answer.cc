#include "assistant/tables/table_answer.h"

#include <fmt/format.h>

#include "assistant/tables/sentences.h"
#include "assistant/tables/table_chart.h"
#include "charts/dataset.h"

namespace interposer::assistant {
namespace {

int cite(Citations& citations, const Relation& relation, const RelationCell& cell) {
  if (cell.value.blank || cell.end <= cell.start) return 0;
  wire::Citation citation;
  citation.document = relation.document;
  citation.version = relation.version;
  citation.title = relation.title;
  citation.uri = relation.uri;
  citation.start = cell.start;
  citation.end = cell.end;
  citation.quote = cell.text;
  return citations.add(std::move(citation));
}

AnswerTable to_table(const Shown& shown) {
  AnswerTable out;
  out.title = shown.relation.title;
  out.source = shown.relation.document;
  out.query = shown.result.aggregate_sql.empty() ? shown.result.sql : shown.result.aggregate_sql;
  for (const std::size_t c : shown.result.columns) {
    const RelationColumn& column = shown.relation.columns[c];
    out.columns.push_back({column.title, column.unit, column.type == charts::ColumnType::kNumber});
  }
  for (const auto& row : shown.rows) {
    std::vector<TableCell> cells;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const RelationCell& source = *row[c].cell;
      TableCell cell;
      const bool number = out.columns[c].number && source.value.number.has_value();
      if (number) {
        cell.value = source.value.number;
        cell.text = charts::format_number(*source.value.number);
        for (const double other : source.value.alternatives) {
          cell.alternatives.push_back(charts::format_number(other));
        }
      } else if (!source.value.blank) {
        cell.text = source.text;
      }
      if (row[c].citation > 0) cell.citations.push_back(row[c].citation);
      cells.push_back(std::move(cell));
    }
    out.rows.push_back(std::move(cells));
  }
  return out;
}

bool all_blank(const Shown& shown) {
  for (const auto& row : shown.rows) {
    for (std::size_t c = 1; c < row.size(); ++c) {
      if (!row[c].cell->value.blank) return false;
    }
  }
  return true;
}

void append(std::vector<Said>& to, std::vector<Said> more) {
  for (Said& said : more) to.push_back(std::move(said));
}

}  // namespace

std::optional<TableChoice> choose_table(std::string_view question,
                                        const std::vector<Relation>& relations) {
  std::optional<TableChoice> best;
  for (const Relation& relation : relations) {
    std::optional<Reading> reading = read_question(question, relation);
    if (!reading) continue;
    const bool better =
        !best || reading->fit > best->reading.fit ||
        (reading->fit == best->reading.fit && relation.rows.size() > best->relation->rows.size());
    if (better) best = TableChoice{&relation, *std::move(reading)};
  }
  return best;
}

Result<TableAnswer> answer_from_table(const TableChoice& choice) {
  IP_TRY(const QueryResult result, run_query(choice.reading, *choice.relation));
  TableAnswer out;
  Shown shown{*choice.relation, choice.reading, result, {}};
  for (const std::size_t r : result.rows) {
    std::vector<ShownCell> cells;
    for (const std::size_t c : result.columns) {
      const RelationCell& cell = choice.relation->rows[r][c];
      cells.push_back({&cell, cite(out.citations, *choice.relation, cell)});
    }
    shown.rows.push_back(std::move(cells));
  }
  const bool counts = choice.reading.intent == Intent::kCount;
  if (!counts && (shown.rows.empty() || all_blank(shown))) {
    out.refused = true;
    const std::vector<Said> missing = missing_sentences(shown);
    out.reason = missing.empty() ? fmt::format("No row of {} fits.", choice.relation->document)
                                 : missing[0].text;
    return out;
  }
  out.sentences.push_back(lead_sentence(shown));
  const std::vector<Said> contested = contested_sentences(shown);
  append(out.sentences, contested);
  append(out.sentences, missing_sentences(shown));
  append(out.sentences, unknown_sentences(shown));
  out.table = to_table(shown);
  for (const Said& said : contested) out.table.contested.push_back(said.text);
  out.chart = draw_chart(shown);
  return out;
}

}  // namespace interposer::assistant
