// What /api/v1 answers, as values (contract: docs/guide/api.md). Spans are byte offsets into a
// version's extracted UTF-8 text, half open. `json` members hold the answer as it came.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace interposer::client {

struct Model {
  std::string name, kind;
  std::optional<std::int64_t> parameters;
  bool self_test = false, capable = false;
};

struct ServerStatus {
  std::string version;
  bool ready = false;
  std::string config_file, config_digest;  // what the server runs with; empty: its defaults
  std::string default_chat;                // empty: none
  std::vector<Model> models;
  std::string json;
};

struct Base {
  std::string name, state, mode, about;
  std::int64_t documents = 0, chunks = 0, vectors = 0;
  std::vector<std::string> samples, sources;
};

struct Document {
  std::string document, version, title, uri, kind, ingested_at;
  std::int64_t bytes = 0;
};

struct Documents {
  std::int64_t total = 0;
  std::vector<Document> documents;
};

struct Source {
  Document info;
  bool current = true;  // false: the source has changed since this version
  std::string text;
  std::string json;
};

struct SearchQuery {
  std::string query, base;
  int k = 10;
  std::string legs = "both";  // both, lexical, vector
  bool by_document = false;   // k counts documents, the best chunk of each
};

struct SearchHit {
  int rank = 0;
  double score = 0;
  std::string document, version, text;
  std::int64_t start = 0, end = 0;
  std::optional<double> lexical, vector;
};

struct SearchAnswer {
  std::vector<SearchHit> hits;
  std::string json;
};

struct Question {
  std::string question;
  std::string base;         // empty: the only configured one, else "handbook"
  std::string mode;         // empty, auto, extract, generate
  std::string answer_with;  // empty: the base's own
};

struct AnswerCitation {
  int n = 0;
  std::string document, version, title, uri, quote;
  std::int64_t start = 0, end = 0;
  std::optional<int> page;
};
struct AnswerSentence {
  std::string text;
  std::vector<int> citations;
};
struct Answer {
  std::string question, answer, mode, reason, model;
  bool refused = false;
  std::vector<AnswerSentence> sentences;
  std::vector<AnswerCitation> citations;
  std::string table_json, chart_json;  // empty: none
  std::string json;                    // the whole object of `interposer ask --json`
};

// One run event of an answer in progress: its type, and all of it as JSON.
struct AnswerEvent {
  std::string type, json;
};

struct Ingest {
  std::string base;
  std::vector<std::string> paths;  // absolute: the server has another working folder
  std::string format = "auto";     // auto, tsv, jsonl
  bool vectors = true;             // wait for them
};

struct IngestSummary {
  std::int64_t added = 0, changed = 0, unchanged = 0, deleted = 0, failed = 0, chunks = 0,
               vectors = 0;
};

struct JobEvent {
  std::int64_t n = 0;
  std::string type;  // file, progress, done, error
  std::string file, state, reason, remedy;
  std::int64_t done = 0, total = 0;
  IngestSummary summary;  // of "done"
};

struct UsageRow {
  std::string model;
  std::int64_t requests = 0, input_tokens = 0, cached_tokens = 0, output_tokens = 0;
  std::optional<double> cost_usd, joules;
};

struct ChatMessage {
  std::string role, text;  // system, user, assistant
};

}  // namespace interposer::client
