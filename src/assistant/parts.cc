#include "assistant/parts.h"

#include "base/json.h"

namespace interposer::assistant {
namespace {

void write_cell(JsonWriter& json, const TableCell& cell) {
  json.begin_object().field("text", cell.text);
  if (cell.value) json.field("value", *cell.value);
  if (!cell.alternatives.empty()) {
    json.key("alternatives").begin_array();
    for (const std::string& other : cell.alternatives) json.string(other);
    json.end_array();
  }
  json.key("citations").begin_array();
  for (const int n : cell.citations) json.number(n);
  json.end_array().end_object();
}

void write_searched(JsonWriter& json, const Searched& searched) {
  json.key("searched").begin_object();
  json.field("documents", searched.documents).field("chunks", searched.chunks);
  json.key("legs").begin_array();
  if (searched.lexical) json.string("lexical");
  if (searched.vector) json.string("vector");
  json.end_array().end_object();
}

std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

}  // namespace

std::string to_json(const AnswerTable& table) {
  JsonWriter json;
  json.begin_object().field("title", table.title).key("columns").begin_array();
  for (const TableColumn& column : table.columns) {
    json.begin_object().field("name", column.name);
    if (!column.unit.empty()) json.field("unit", column.unit);
    json.field("type", column.number ? "number" : "text").end_object();
  }
  json.end_array().key("rows").begin_array();
  for (const auto& row : table.rows) {
    json.begin_array();
    for (const TableCell& cell : row) write_cell(json, cell);
    json.end_array();
  }
  json.end_array().field("query", table.query).field("source", table.source);
  json.key("contested").begin_array();
  for (const std::string& sentence : table.contested) json.string(sentence);
  return json.end_array().end_object().take();
}

std::string to_markdown(const AnswerTable& table) {
  std::string out = "|";
  for (const TableColumn& column : table.columns) {
    out += ' ' + markdown_text(column.name);
    if (!column.unit.empty()) out += " (" + markdown_text(column.unit) + ")";
    out += " |";
  }
  out += "\n|";
  for (const TableColumn& column : table.columns) out += column.number ? " ---: |" : " --- |";
  out += '\n';
  for (const auto& row : table.rows) {
    out += '|';
    for (const TableCell& cell : row) {
      out += ' ' + markdown_text(cell.text);
      for (const std::string& other : cell.alternatives) out += " or " + markdown_text(other);
      for (const int n : cell.citations) out += " [" + std::to_string(n) + "]";
      out += " |";
    }
    out += '\n';
  }
  return out;
}

std::string to_json(const AnswerChart& chart) {
  JsonWriter json;
  json.begin_object().key("spec").raw(chart.spec).field("svg", chart.svg);
  return json.end_object().take();
}

std::string to_json(const Refusal& refusal) {
  JsonWriter json;
  json.begin_object().field("reason", refusal.reason);
  write_searched(json, refusal.searched);
  json.key("nearest").begin_array();
  for (const NearestPassage& passage : refusal.nearest) {
    json.begin_object().field("document", passage.document).field("title", passage.title);
    json.field("start", passage.start).field("end", passage.end);
    json.field("version", passage.version).field("text", passage.text).end_object();
  }
  return json.end_array().end_object().take();
}

std::string to_json(const Why& why) {
  JsonWriter json;
  json.begin_object().key("route").begin_array();
  for (const std::string& step : why.route) json.string(step);
  json.end_array();
  if (why.threshold) json.field("threshold", *why.threshold);
  if (why.probability) json.field("probability", *why.probability);
  if (why.coverage) json.field("coverage", *why.coverage);
  if (!why.features.empty()) {
    json.key("features").begin_object();
    for (const auto& [name, value] : why.features) json.field(name, value);
    json.end_object();
  }
  json.key("considered").begin_array();
  for (const WhySentence& sentence : why.considered) {
    json.begin_object().field("document", sentence.document).field("part", sentence.part);
    json.field("odds", sentence.odds).key("features").begin_object();
    for (const auto& [name, value] : sentence.features) json.field(name, value);
    json.end_object().end_object();
  }
  json.end_array();
  json.key("evidence").begin_array();
  for (const WhyEvidence& evidence : why.evidence) {
    json.begin_object().field("document", evidence.document).field("score", evidence.score);
    json.key("lexical");
    evidence.lexical ? json.number(*evidence.lexical) : json.null();
    json.key("vector");
    evidence.vector ? json.number(*evidence.vector) : json.null();
    json.field("text", evidence.text).end_object();
  }
  return json.end_array().end_object().take();
}

std::string start_json(std::string_view mode, std::string_view model, std::string_view base,
                       const Searched& searched) {
  JsonWriter json;
  json.begin_object().field("mode", mode).field("model", model).field("base", base);
  write_searched(json, searched);
  return json.end_object().take();
}

}  // namespace interposer::assistant
