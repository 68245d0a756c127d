// The retrieval layer's face. Thread-safe. Calls that read or write the store block: use
// net::offload from a loop, except where a Task is returned.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "knowledge/types.h"

namespace interposer::knowledge {

// Turns texts into unit vectors. Implemented over the engine by app; may block. Thread-safe.
class Embedder {
 public:
  virtual ~Embedder() = default;
  virtual std::string id() const = 0;  // model identity: a changed id re-derives the vectors
  virtual int dimensions() const = 0;
  enum class Purpose : std::uint8_t { kQuery, kPassage };
  virtual Result<std::vector<std::vector<float>>> embed(const std::vector<std::string>& texts,
                                                        Purpose purpose, std::stop_token stop) = 0;
};

struct BaseConfig {
  std::string name;
  std::vector<std::string> sources;    // paths, followed at start
  std::shared_ptr<Embedder> embedder;  // null: lexical only
};

struct BaseInfo {
  std::string name;
  std::int64_t documents = 0, chunks = 0, vectors = 0;  // of current versions
  bool ingesting = false;
  std::vector<std::string> sources;
};

enum class Format : std::uint8_t { kAuto, kTsv, kJsonl };

struct FileEvent {  // progress of an ingest, in order
  enum class State : std::uint8_t {
    kReading,
    kParsing,
    kSearchable,
    kEmbedded,
    kUnchanged,
    kFailed,
    kDeleted
  };
  std::string file;
  State state = State::kReading;
  std::string reason, remedy;        // kFailed
  std::int64_t done = 0, total = 0;  // files (or lines), then vectors
};
std::string_view state_name(FileEvent::State state);

struct IngestSummary {
  std::int64_t added = 0, changed = 0, unchanged = 0, deleted = 0, failed = 0;
  std::int64_t chunks = 0, vectors = 0;  // made by this ingest
};

struct IngestRequest {
  std::string base;
  std::vector<std::string> paths;  // files and folders
  Format format = Format::kAuto;
  bool vectors = true;  // wait for them; false: left to the background
  std::stop_token stop;
  std::function<void(const FileEvent&)> progress;  // called on the ingesting thread
};

enum class LegChoice : std::uint8_t { kBoth, kLexical, kVector };

struct SearchRequest {
  std::string base, query;
  int k = 10;
  LegChoice legs = LegChoice::kBoth;
  bool by_document = false;  // best chunk counts; k counts documents
  std::stop_token stop;
};

struct SearchResult {
  std::vector<Hit> hits;
  std::int64_t documents = 0, chunks = 0;  // searched
  bool lexical = false, vector = false;    // legs used
  std::vector<float> query_vector;         // when the vector leg was used
};

class Knowledge {
 public:
  // Opens HOME/records.db and HOME/index; recovers from a crash by deriving what is missing.
  static Result<std::unique_ptr<Knowledge>> open(const std::string& home);
  virtual ~Knowledge() = default;  // stops the background work and joins it

  virtual Status add_base(const BaseConfig& config) = 0;  // new, or known with new settings
  // For bases that were given none by add_base (made by an earlier run and not configured now).
  virtual void set_default_embedder(std::shared_ptr<Embedder> embedder) = 0;
  virtual bool has_base(std::string_view name) const = 0;
  virtual std::vector<BaseInfo> bases() const = 0;
  virtual Result<BaseInfo> base(std::string_view name) const = 0;  // kNotFound: nearest names

  virtual Result<IngestSummary> ingest(const IngestRequest& request) = 0;
  // One document from memory (an upload): id = name. Same pipeline.
  virtual Result<IngestSummary> ingest_bytes(const std::string& base, const std::string& name,
                                             std::string bytes, const IngestRequest& how) = 0;
  virtual Status remove(std::string_view document) = 0;  // BASE/ID

  virtual Result<SearchResult> search(const SearchRequest& request) const = 0;

  virtual Result<std::vector<DocumentInfo>> documents(std::string_view base, std::int64_t offset,
                                                      std::int64_t limit) const = 0;
  // version empty: the current one. Old versions stay readable.
  virtual Result<Version> version(std::string_view document, std::string_view version) const = 0;
  // Sentences of the chunk's span, in order, with their text.
  struct Sentence {
    std::int64_t start = 0, end = 0;
    int block = 0;
    BlockKind kind = BlockKind::kParagraph;
    std::string text;
    std::string previous;  // the sentence before it in the same block, for what it leans on
    std::int64_t previous_start = -1;
    std::string heading;  // path, " > " between
    std::optional<int> page;
  };
  virtual Result<std::vector<Sentence>> sentences(std::string_view document,
                                                  std::string_view version, std::int64_t start,
                                                  std::int64_t end) const = 0;
  // Sentence vectors, made on demand and cached by content hash; empty without an embedder.
  virtual Result<std::vector<std::vector<float>>> sentence_vectors(
      std::string_view base, const std::vector<std::string>& texts) const = 0;
  // Inverse document frequency of each analysed term of the text in this base (for coverage).
  struct Term {
    std::string term;  // analysed (stemmed)
    std::string word;  // as written
    double idf = 0;
    std::int64_t documents = 0;  // chunks that hold it
  };
  virtual Result<std::vector<Term>> terms(std::string_view base, std::string_view text) const = 0;

  // Every table of the base's current versions (CSV files, tables in documents).
  struct TableRef {
    std::string document, version, title;
    int block = 0;
    std::string caption;  // heading path and the paragraph before
    TableBlock table;
  };
  virtual Result<std::vector<TableRef>> tables(std::string_view base) const = 0;

  virtual Status reindex(std::string_view base,
                         std::function<void(std::int64_t, std::int64_t)> progress) = 0;
  virtual Status wait_for_vectors(std::string_view base, std::stop_token stop) = 0;
};

}  // namespace interposer::knowledge
