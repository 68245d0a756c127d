// Group commit of running runs: what comes while one transaction is on the disk goes into the next.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "runs/store.h"

namespace interposer::runs {

class Writer : public std::enable_shared_from_this<Writer> {
 public:
  static constexpr std::size_t kBacklogBytesMax = 64 * 1024 * 1024;
  static constexpr Duration kRetryAfter = std::chrono::seconds(1);  // after a failed commit

  // `finished`: called once a run's end is on the disk, on any thread. The store outlives this.
  Writer(Store* store, std::function<void(const std::string& run)> finished)
      : store_(store), finished_(std::move(finished)) {}

  // On a loop; never blocks. A failed commit is kept and tried again.
  void push(WriteOp op);
  std::size_t backlog_bytes() const;
  // True while commits fail: nothing new should be accepted.
  bool failing() const;

  // Blocks until all is written, or fails.
  Status drain();
  // drain(), and from then on the store is not touched any more.
  void close();

 private:
  void start();  // hands one batch to the pool, unless one is there
  Status commit();

  Store* store_;
  const std::function<void(const std::string&)> finished_;
  mutable std::mutex mutex_;  // of what follows
  std::mutex commit_mutex_;   // one commit at a time, in order
  std::vector<WriteOp> queue_;
  std::size_t queued_bytes_ = 0;
  bool in_flight_ = false;
  bool failing_ = false;
  bool closed_ = false;  // under commit_mutex_
};

}  // namespace interposer::runs
