// The pieces of a grounded answer, and their JSON (docs/guide/api.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace interposer::assistant {

struct Said {  // one finished sentence
  std::string text;
  std::vector<int> citations;
  bool unsupported = false;
};

struct TableCell {
  std::string text;
  std::optional<double> value;
  std::vector<std::string> alternatives;  // what other sources say instead
  std::vector<int> citations;
};
struct TableColumn {
  std::string name, unit;
  bool number = false;
};
struct AnswerTable {
  std::string title;
  std::vector<TableColumn> columns;
  std::vector<std::vector<TableCell>> rows;
  std::string query;                   // the SQL that ran
  std::string source;                  // BASE/ID
  std::vector<std::string> contested;  // sentences
};
std::string to_json(const AnswerTable& table);
// For clients that know only text; "|" and line breaks in cells are escaped, citations are "[n]".
std::string to_markdown(const AnswerTable& table);

struct AnswerChart {
  std::string spec;  // JSON
  std::string svg;
};
std::string to_json(const AnswerChart& chart);

struct NearestPassage {
  std::string document, title, version;
  std::int64_t start = 0, end = 0;
  std::string text;
};
struct Searched {
  std::int64_t documents = 0, chunks = 0;
  bool lexical = false, vector = false;
};
struct Refusal {
  std::string reason;
  Searched searched;
  std::vector<NearestPassage> nearest;
};
std::string to_json(const Refusal& refusal);

struct WhyEvidence {
  std::string document;
  double score = 0;
  std::optional<double> lexical, vector;
  std::string text;
};
struct WhySentence {  // a sentence that was considered for a part of the question
  std::string document;
  int part = 0;
  double odds = 0;  // log-odds that it answers the part
  std::vector<std::pair<std::string, double>> features;
};
struct Why {  // how the answer came about, for people who ask
  std::vector<std::string> route;
  std::optional<double> threshold, probability, coverage;
  std::vector<std::pair<std::string, double>> features;  // measures behind the decision
  std::vector<WhySentence> considered;                   // the likeliest first
  std::vector<WhyEvidence> evidence;
};
std::string to_json(const Why& why);

std::string start_json(std::string_view mode, std::string_view model, std::string_view base,
                       const Searched& searched);

}  // namespace interposer::assistant
