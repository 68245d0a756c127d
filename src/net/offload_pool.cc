#include "net/offload_pool.h"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace interposer::net {

std::shared_ptr<OffloadPool> OffloadPool::shared(std::size_t max_threads) {
  static std::mutex mutex;
  static std::weak_ptr<OffloadPool> current;
  const std::lock_guard lock(mutex);
  std::shared_ptr<OffloadPool> pool = current.lock();
  if (!pool) {
    pool = std::make_shared<OffloadPool>(std::max<std::size_t>(1, max_threads));
    current = pool;
  }
  return pool;
}

OffloadPool::~OffloadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void OffloadPool::run(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
    if (idle_ < queue_.size() && threads_.size() < max_threads_) {
      threads_.emplace_back([this] { serve(); });
    }
  }
  wake_.notify_one();
}

void OffloadPool::serve() {
  // Signals belong to the main thread.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  pthread_setname_np(pthread_self(), "ip-blocking");
  std::unique_lock lock(mutex_);
  for (;;) {
    idle_ += 1;
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    idle_ -= 1;
    if (queue_.empty()) return;
    const std::function<void()> work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace interposer::net
