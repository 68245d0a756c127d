// The readers of each format (internal to evals; others call read_results()).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evals/record/result_set.h"

namespace interposer::evals {

inline constexpr std::size_t kDocumentBytesMax = std::size_t{1} << 30;  // of a file read whole
inline constexpr std::size_t kTextShownMax = 64 * 1024;  // bytes kept of a text in the arena

// Our own log (record/run_log.h): all segments of the folder, then scores.jsonl.
Result<ResultSet> read_own_log(const std::string& folder, const std::vector<std::string>& segments,
                               const ReadOptions& options);
Result<Texts> own_texts(std::string_view line);

// lm-evaluation-harness, `--log_samples`: samples_TASK_TIME.jsonl, one file a task.
Result<ResultSet> read_lm_eval(const std::string& source, const std::vector<std::string>& files,
                               const ReadOptions& options);
Result<Texts> lm_eval_texts(std::string_view line);

// promptfoo: `-o results.json` (an object with "results") or `-o results.jsonl`.
Result<ResultSet> read_promptfoo(const std::string& path, std::string_view text,
                                 const ReadOptions& options);
// inspect_ai: a log in its JSON format.
Result<ResultSet> read_inspect(const std::string& path, std::string_view text,
                               const ReadOptions& options);

// A run in TREC's format against options.qrels, topic by topic, as trec_eval 10 prints it.
Result<ResultSet> read_trec_run(const std::string& path, const ReadOptions& options);

// For fuzzing and tests: lines of a text as if it were a file.
Result<ResultSet> read_lm_eval_text(std::string_view text, std::string_view name);
Result<ResultSet> read_own_text(std::string_view samples, std::string_view scores);

}  // namespace interposer::evals
