// One embedding model's thread: texts of all requests, packed into steps by their token counts;
// a person's question passes before the bulk of an ingest.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/llama/context.h"
#include "engine/thread_governor.h"
#include "wire/usage.h"

namespace interposer::engine {

using llama::Token;

struct EmbedOutcome {
  std::vector<std::vector<float>> rows;  // one a text, unit length
  wire::Usage usage;
};

struct EmbedTask {
  std::vector<std::vector<Token>> texts;         // each 1 to token_limit() tokens
  bool bulk = false;                             // yields to tasks that aren't
  std::shared_ptr<std::atomic<bool>> cancelled;  // may be null
  TimePoint finish_by = kNever;
  std::function<void(Result<EmbedOutcome>)> done;  // once, on the worker's thread; must not block
};

class EmbedWorker {
 public:
  static constexpr std::size_t kTasksMax = 256;

  EmbedWorker(std::unique_ptr<llama::Context> context, const std::string& name);
  ~EmbedWorker();  // open tasks end with kUnavailable; joins

  Status submit(EmbedTask task);  // any thread; kResourceExhausted when full
  void ring();                    // a task was cancelled
  std::int64_t token_limit() const { return context_->batch_rows(); }

 private:
  struct Job {
    EmbedTask task;
    std::vector<std::vector<float>> rows;
    std::size_t next = 0;  // first text that is not yet computed
    TimePoint submitted{}, started{};
  };
  struct Place {  // of one text in one step
    Job* job;
    std::size_t index;
  };

  void run();
  void pack(std::vector<Place>* places);
  void compute();
  Status collect(const std::vector<Place>& places);
  void sweep();
  void end(Job& job, Result<EmbedOutcome> result);

  std::unique_ptr<llama::Context> context_;
  ThreadGovernor governor_;
  metrics::Counter& tokens_;
  metrics::Counter& texts_;
  std::mutex mutex_;
  std::condition_variable bell_;
  std::deque<std::unique_ptr<Job>> arrived_;  // guarded by mutex_
  std::size_t open_ = 0;                      // guarded by mutex_
  bool rung_ = false;                         // guarded by mutex_
  std::atomic<bool> stopping_{false};
  std::deque<std::unique_ptr<Job>> jobs_;  // the worker's own
  std::thread thread_;
};

}  // namespace interposer::engine
