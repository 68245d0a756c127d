// The event loops of a process, one a thread, and a way to run a task on one of them from outside.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "net/loop.h"

namespace interposer::app {

class Loops {
 public:
  explicit Loops(std::size_t count);
  ~Loops();  // stop() first

  std::size_t size() const { return loops_.size(); }
  net::Loop* at(std::size_t i) const { return loops_[i].get(); }

  // Runs `make()` on loop `i` and blocks until its task ended. From a thread that is no loop.
  void run_on(std::size_t i, std::function<net::Task<void>()> make);
  void stop();  // all of them, joined with their nurseries; idempotent

 private:
  std::vector<std::unique_ptr<net::Loop>> loops_;
  std::vector<std::thread> threads_;
};

}  // namespace interposer::app
