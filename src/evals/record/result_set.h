// The results of one run, by column: what comparing, gating and showing need, whatever tool wrote
// them. Rows are items times epochs, in no order that matters. Texts stay in the file they came
// from (a row knows where), so that a gigabyte of answers is not held.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evals/record/status.h"

namespace interposer::evals {

inline constexpr double kUnscored = std::numeric_limits<double>::quiet_NaN();
inline constexpr std::size_t kTagsMax = 64;               // different tags in one set
inline constexpr std::size_t kMetricsMax = 256;           // in one set
inline constexpr std::uint32_t kTextInline = 0xffffffff;  // Row::file: texts stand in the arena

struct Metric {
  std::string name;  // "f1@squad", "exact_match,strict-match"
  bool higher_is_better = true;
  std::string scorer;  // identity: what would change the number; empty: unknown
};

struct Row {                // plain data: it is written to the index as it is
  std::uint64_t id_at = 0;  // in the arena
  std::uint32_t id_size = 0;
  std::uint32_t epoch = 1;
  std::uint64_t content = 0;  // of the item; 0: unknown
  std::uint64_t scoring = 0;  // of this item's own checks, where items have some; 0: the set's
  std::uint64_t cluster = 0;  // 0: this item alone
  std::uint64_t tags = 0;     // bit i: tags[i]
  std::uint64_t text_at = 0;  // record's place in its file
  std::uint32_t text_size = 0;
  std::uint32_t file = 0;       // index of files
  double cost_usd = kUnscored;  // NaN: unknown
  double latency_ms = kUnscored;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::uint64_t status = 0;  // UnitStatus, widened so that no byte of a row is padding
};

class ResultSet {
 public:
  std::string source;  // the path that was given
  std::string format;  // "interposer", "lm-eval", "promptfoo", "inspect", "trec"
  std::string name;    // of the task or suite
  std::string model;
  std::vector<std::string> files;
  std::vector<std::string> notes;  // what a person should know about how it was read
  std::vector<Metric> metrics;
  std::vector<std::string> tags;
  std::vector<Row> rows;
  std::vector<double> scores;  // rows x metrics; NaN: unscored
  std::string arena;           // ids, and texts of formats without a place in a file

  std::string_view id(const Row& row) const {
    return std::string_view(arena).substr(row.id_at, row.id_size);
  }
  UnitStatus status(const Row& row) const { return static_cast<UnitStatus>(row.status); }
  double score(std::size_t row, std::size_t metric) const {
    return scores[row * metrics.size() + metric];
  }
  std::optional<std::size_t> find_metric(std::string_view name) const;
  void set_id(Row& row, std::string_view id);
  // The tag's bit; 0 when there are too many kinds.
  std::uint64_t tag_bit(std::string_view tag);
};

// The texts of one row, for people.
struct Texts {
  std::string input, expected, output, note;
};
Result<Texts> texts_of(const ResultSet& set, const Row& row);
// For formats that keep texts in the arena: packs them, and sets the row's place.
void put_texts(ResultSet& set, Row& row, const Texts& texts);

// Which results to take of a file that holds several, and how to group its items.
struct ReadOptions {
  std::string variant;  // "PATH#VARIANT": provider or prompt (promptfoo), filter (lm-eval), target
  std::string cluster;  // field of the item that names its cluster
  std::string qrels;    // judgments; then the path is a TREC run
  bool use_index = true;
};
// A folder or file of any format that is known. Errors name the file and line, and say what is
// read.
Result<ResultSet> read_results(const std::string& path, const ReadOptions& options = {});

// A lower value is better: perplexity, error rates, latency, cost.
bool lower_is_better(std::string_view metric);

}  // namespace interposer::evals
