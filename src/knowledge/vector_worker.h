// The background thread that gives chunks their vectors: what the store holds by content hash is
// taken from there, the rest is embedded in batches. Words are searchable meanwhile.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "knowledge/base_state.h"

namespace interposer::knowledge {

class VectorWorker {
 public:
  explicit VectorWorker(Records& records);
  ~VectorWorker();  // stops between batches and joins

  void watch(const std::shared_ptr<BaseState>& base);  // there is, or may be, work in it
  // Until every chunk has its vector. The embedder's error, or kCancelled.
  Status wait(const std::shared_ptr<BaseState>& base, std::stop_token stop,
              const std::function<void(std::int64_t done, std::int64_t total)>& progress);

 private:
  struct Watched {
    std::shared_ptr<BaseState> base;
    bool idle = false;
    std::uint64_t failures = 0;
    Status last;
    TimePoint retry_at{};
  };

  void run(const std::stop_token& stop);
  // One batch; false when there was nothing to do.
  Result<bool> batch(BaseState& base, const std::stop_token& stop);
  Watched* next_work();

  Records& records_;
  std::mutex mutex_;
  std::condition_variable_any wake_, progress_;
  std::map<std::int64_t, Watched> watched_;  // by base id
  std::jthread thread_;
};

}  // namespace interposer::knowledge
