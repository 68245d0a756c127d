// One model's thread: several answers in one context, a step at a time. Rows that continue answers
// come first, then pieces of prompts up to a budget, so that no prompt stalls a running answer.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "engine/generation.h"
#include "engine/llama/context.h"
#include "engine/mailbox.h"
#include "engine/slots.h"
#include "engine/thread_governor.h"

namespace interposer::engine {

struct SchedulerStats {
  std::int64_t running = 0, waiting = 0;
  std::int64_t kv_tokens = 0, kv_capacity = 0;  // tokens held by running and kept sequences
  std::int64_t steps = 0, preempted = 0;
  std::int64_t prompt_tokens = 0, cached_tokens = 0, output_tokens = 0;  // since the start
};

class Scheduler {
 public:
  Scheduler(std::unique_ptr<llama::Context> context, std::shared_ptr<const llama::Model> model,
            const std::string& name);
  ~Scheduler();  // every generation ends with kUnavailable; joins the thread

  // Any thread. kTooLarge with kind "context_length_exceeded" and the counts; kInvalidArgument for
  // an empty prompt or a bad grammar; kResourceExhausted when the queue is full.
  Result<Ticket> submit(GenerateTask task, std::shared_ptr<Sink> sink);
  SchedulerStats stats() const;

 private:
  using Generations = std::vector<std::unique_ptr<Generation>>;
  struct Piece {  // of one generation in one step
    Generation* generation;
    std::size_t count;
    int output_row;  // -1: none
  };
  struct Meters;

  void run();
  bool turn();  // false: there is nothing to compute
  void intake();
  void sweep(TimePoint now);
  void admit(TimePoint now);
  bool place(std::unique_ptr<Generation>& generation, TimePoint now);
  void plan_step();
  void plan_prefill(std::vector<Generation*> prompts, std::size_t budget);
  void add_piece(Generation* generation, std::size_t count);
  void commit(TimePoint now);
  void make_room(TimePoint now);
  void fail_all(TimePoint now);
  bool all_cancelled() const;
  void retire(TimePoint now);
  void leave(Generation* generation, bool keep);
  TimePoint next_deadline() const;
  void publish();

  std::unique_ptr<llama::Context> context_;
  std::shared_ptr<const llama::Model> model_;
  std::shared_ptr<Mailbox> mailbox_;
  std::unique_ptr<Meters> meters_;
  Slots slots_;
  ThreadGovernor governor_;
  std::deque<std::unique_ptr<Generation>> waiting_;
  Generations running_;
  std::vector<Piece> step_;
  std::uint64_t arrivals_ = 0;
  bool pressed_ = false;  // a generation lost its place: nobody new until one ends
  std::atomic<std::int64_t> running_count_{0}, waiting_count_{0}, kv_tokens_{0}, steps_{0},
      preempted_{0}, prompt_tokens_{0}, cached_tokens_{0}, output_tokens_{0};
  std::thread thread_;
};

}  // namespace interposer::engine
