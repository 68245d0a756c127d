// A suite from its file to a scored folder: what `interposer eval run` does. Blocking.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "evals/run/runner.h"
#include "evals/suite/suite.h"

namespace interposer::evals {

struct RunRequest {
  std::string folder;  // of the log
  // Where each of the suite's targets is; made by the caller, who knows the running server.
  std::vector<Endpoint> endpoints;
  std::function<void(const Progress&)> on_progress;
  std::stop_token stop;
};

struct RunOutcome {
  RunSummary summary;
  std::int64_t unscored = 0;
  std::vector<std::string> notes;
};

// Takes the folder's lock, asks for what is missing, then scores everything. What was received is
// kept whatever happens. The same call again goes on where it ended.
Result<RunOutcome> run_suite(const Suite& suite, const std::vector<Item>& items,
                             const RunRequest& request);

// The same for units that were planned otherwise, without scoring.
Result<RunSummary> run_planned(const Suite& suite, const std::vector<Item>& items,
                               const std::vector<Unit>& units, const RunRequest& request);
// The latest response of each unit that a folder holds.
Result<std::vector<Response>> responses_of(const std::string& folder);

// Scores the folder's responses anew, without asking anybody. Also writes scores.jsonl.
Result<RunOutcome> score_folder(const Suite& suite, const std::vector<Item>& items,
                                const std::string& folder);

// What a run would ask and reserve at most, without sending anything.
struct Estimate {
  std::int64_t units = 0, tokens_most = 0;
  double usd_most = 0;
  bool priced = true;
};
Result<Estimate> estimate(const Suite& suite, const std::vector<Item>& items,
                          const std::vector<Endpoint>& endpoints);

}  // namespace interposer::evals
