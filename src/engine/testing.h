// For the engine's tests: a sink that waits on the calling thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/scheduler.h"

namespace interposer::engine {

class WaitingSink final : public Sink {
 public:
  explicit WaitingSink(std::size_t room = SIZE_MAX) : room_(room) {}

  bool offer(Output& out) override {
    std::lock_guard lock(mutex_);
    if (room_ == 0) return false;
    --room_;
    add(out);
    return true;
  }
  void finish(int, Outcome outcome) override {
    std::lock_guard lock(mutex_);
    add(outcome.rest);
    outcome_ = std::move(outcome);
    changed_.notify_all();
  }

  // The end; nullptr when none comes in time, which is a failure of the test.
  const Outcome* wait(std::chrono::seconds patience = std::chrono::seconds(120)) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return outcome_.has_value(); });
    return outcome_ ? &*outcome_ : nullptr;
  }
  void wait_for_pieces(std::size_t n) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(60), [&] { return pieces_ >= n || outcome_; });
  }
  bool finished() {
    std::lock_guard lock(mutex_);
    return outcome_.has_value();
  }
  void give_room(std::size_t n) {
    std::lock_guard lock(mutex_);
    room_ += n;
  }
  std::string text() {
    std::lock_guard lock(mutex_);
    return text_;
  }
  std::vector<wire::TokenLogprob> logprobs() {
    std::lock_guard lock(mutex_);
    return logprobs_;
  }
  std::size_t pieces() {
    std::lock_guard lock(mutex_);
    return pieces_;
  }

 private:
  void add(const Output& out) {
    text_ += out.text;
    logprobs_.insert(logprobs_.end(), out.logprobs.begin(), out.logprobs.end());
    ++pieces_;
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t room_, pieces_ = 0;
  std::string text_;
  std::vector<wire::TokenLogprob> logprobs_;
  std::optional<Outcome> outcome_;
};

}  // namespace interposer::engine
