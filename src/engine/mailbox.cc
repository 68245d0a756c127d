#include "engine/mailbox.h"

#include <iterator>

namespace interposer::engine {

Status Mailbox::put(Submission submission, std::size_t capacity) {
  std::lock_guard lock(mutex_);
  if (stopping_) {
    return make_error(Code::kUnavailable, "the engine is shutting down", "try again later",
                      "shutting_down");
  }
  if (queue_.size() + waiting_ >= capacity) {
    return make_error(Code::kResourceExhausted,
                      "the model's queue is full: " + std::to_string(capacity) + " requests wait",
                      "try again in some seconds, or route to more targets", "overloaded");
  }
  queue_.push_back(std::move(submission));
  bell_.notify_one();
  return {};
}

void Mailbox::ring() {
  std::lock_guard lock(mutex_);
  rung_ = true;
  bell_.notify_one();
}

void Mailbox::stop() {
  std::lock_guard lock(mutex_);
  stopping_ = true;
  bell_.notify_one();
}

std::vector<Submission> Mailbox::take(std::size_t waiting) {
  std::lock_guard lock(mutex_);
  rung_ = false;
  std::vector<Submission> out(std::make_move_iterator(queue_.begin()),
                              std::make_move_iterator(queue_.end()));
  queue_.clear();
  waiting_ = waiting + out.size();
  return out;
}

bool Mailbox::wait_until(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  auto ready = [this] { return rung_ || stopping_ || !queue_.empty(); };
  if (deadline == kNever) {
    bell_.wait(lock, ready);
    return true;
  }
  return bell_.wait_until(lock, deadline, ready);
}

void Ticket::cancel() const {
  if (!cancelled_) return;
  cancelled_->store(true, std::memory_order_relaxed);
  mailbox_->ring();
}

void Ticket::wake() const {
  if (mailbox_) mailbox_->ring();
}

}  // namespace interposer::engine
