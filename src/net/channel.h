// A bounded queue from any threads to one loop: how the engine's thread and the pool meet a loop.
// Wake-ups are coalesced: many sends cause one post.
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "base/time.h"
#include "net/loop.h"

namespace interposer::net {

// The receiving side belongs to `loop` (the loop current at construction). The channel must outlive
// its senders' use of it: share it by shared_ptr between the two sides.
template <class T>
class Channel : public std::enable_shared_from_this<Channel<T>> {
 public:
  Channel(Loop* loop, std::size_t capacity) : loop_(loop), capacity_(capacity) {}

  // Any thread. False when full or closed: the sender skips or waits for on_space.
  bool try_send(T value) {
    std::unique_lock lock(mutex_);
    if (closed_ || queue_.size() >= capacity_) {
      starved_ = !closed_;
      return false;
    }
    queue_.push_back(std::move(value));
    wake(lock);
    return true;
  }

  // Any thread. What is queued can still be received; then receive gives nullopt.
  void close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    wake(lock);
  }

  // Called on the loop after a refused send, once there is space again. Set before the first send.
  void set_on_space(std::function<void()> f) { on_space_ = std::move(f); }

  bool closed() const {
    std::lock_guard lock(mutex_);
    return closed_;
  }

  struct Awaiter {
    Channel* channel;
    bool await_ready() { return channel->ready(); }
    bool await_suspend(std::coroutine_handle<> h) { return channel->park(h); }
    std::optional<T> await_resume() { return channel->take(); }
  };
  // nullopt after close. One receiver at a time, on the loop.
  Awaiter receive() { return Awaiter{this}; }

 private:
  bool ready() const {
    std::lock_guard lock(mutex_);
    return closed_ || !queue_.empty();
  }
  bool park(std::coroutine_handle<> h) {
    std::lock_guard lock(mutex_);
    if (closed_ || !queue_.empty()) return false;
    waiter_ = h;
    return true;
  }
  std::optional<T> take() {
    std::function<void()> space;
    std::optional<T> out;
    {
      std::lock_guard lock(mutex_);
      if (queue_.empty()) return std::nullopt;
      out.emplace(std::move(queue_.front()));
      queue_.pop_front();
      if (starved_) {
        starved_ = false;
        space = on_space_;
      }
    }
    if (space) space();
    return out;
  }
  void wake(std::unique_lock<std::mutex>& lock) {
    if (!waiter_ || posted_) return;
    posted_ = true;
    lock.unlock();
    loop_->post([self = this->shared_from_this()] { self->resume(); });
  }
  void resume() {
    std::coroutine_handle<> h;
    {
      std::lock_guard lock(mutex_);
      posted_ = false;
      h = std::exchange(waiter_, {});
    }
    if (h) h.resume();
  }

  Loop* loop_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<T> queue_;
  std::coroutine_handle<> waiter_;
  std::function<void()> on_space_;
  bool closed_ = false;
  bool starved_ = false;
  bool posted_ = false;
};

}  // namespace interposer::net
