// Threads for calls that block (internal to net): one pool for all loops of the process.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace interposer::net {

class OffloadPool {
 public:
  explicit OffloadPool(std::size_t max_threads) : max_threads_(max_threads) {}
  ~OffloadPool();  // finishes what is queued, joins the threads

  // The process's pool; made by the first loop, gone with the last.
  static std::shared_ptr<OffloadPool> shared(std::size_t max_threads);

  // Any thread. The queue is as long as there are tasks that wait for it: each waits for one.
  void run(std::function<void()> work);

 private:
  void serve();

  const std::size_t max_threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;  // started on need
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace interposer::net
