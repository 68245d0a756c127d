#include "net/nursery.h"

#include <cstdlib>
#include <utility>

namespace interposer::net {

// A coroutine that owns one task and frees itself at its end.
struct NurseryRunner {
  struct promise_type {
    NurseryRunner get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
  };

  static NurseryRunner run(Nursery* nursery, Task<void> task) {
    {
      const Task<void> owned = std::move(task);
      co_await owned;
    }
    nursery->running_ -= 1;
    // The joiner may destroy the nursery: nothing is touched after the resume.
    if (nursery->running_ == 0 && nursery->joiner_) std::exchange(nursery->joiner_, {}).resume();
  }
};

// A running task would go on with a dangling owner; that is a bug, and it shows here.
Nursery::~Nursery() {
  if (running_ != 0) std::abort();
}

void Nursery::spawn(Task<void> task) {
  running_ += 1;
  NurseryRunner::run(this, std::move(task));
}

namespace {

struct Park {
  std::coroutine_handle<>* slot;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const noexcept { *slot = h; }
  void await_resume() const noexcept {}
};

}  // namespace

Task<void> Nursery::join() {
  while (running_ != 0) co_await Park{&joiner_};
}

}  // namespace interposer::net
