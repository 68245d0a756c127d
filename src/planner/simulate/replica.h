// One engine: continuous batching with chunked prefill, a bounded KV cache with prefix reuse and
// preemption by recomputation, as vLLM schedules. Between changes of what runs it skips ahead: k
// steps whose context grows by b tokens each take k s0 + d k (k - 1) / 2, so a request costs a few
// events however long its answer is. Inner to simulate (fleet.h is the door).
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "planner/simulate/fleet.h"
#include "planner/simulate/prefix_cache.h"
#include "planner/simulate/ring.h"
#include "routing/pick.h"

namespace interposer::planner {

// What a replica tells about a request, in order of time within the replica.
struct Milestone {
  enum class What : std::uint8_t { kPrefilled, kFirstToken, kFinished };
  What what;
  std::uint32_t request;
};

class Replica {
 public:
  Replica(const SimPool& pool, const Workload& workload);

  double next_event() const { return event_; }
  // The state as routing sees it.
  const routing::Load& load() const { return load_; }
  std::uint32_t cached_tokens(const SimRequest& request) const;

  // `computed`: the prompt and the first token were computed elsewhere and handed over.
  void submit(std::uint32_t request, bool computed, double now);
  // Runs the event that is due; what happened is appended to *milestones (all at the event's time).
  void step(std::vector<Milestone>* milestones);

  const PoolUse& use() const { return use_; }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();
  struct Waiting {
    std::uint32_t request;
    std::uint32_t done;  // answer tokens that exist; after a preemption they are computed anew
    bool computed;
  };
  struct Sequence {
    std::uint32_t request = 0;
    std::uint32_t done = 0;      // answer tokens that exist
    std::uint32_t context = 0;   // its prompt, in tokens
    std::uint32_t computed = 0;  // of them
    std::uint32_t pinned = 0;    // blocks of the prefix cache
    std::uint64_t joined = 0;    // the step counter when it began to decode
    std::uint64_t finish = 0;    // and when it will end
    std::uint64_t order = 0;     // of admission
  };

  void plan();
  void admit();
  bool admit_one(const Waiting& waiting);
  bool preempt_for_room();
  void plan_skip();
  void finish_prompts(std::vector<Milestone>* milestones);
  void finish_answers(std::vector<Milestone>* milestones);
  void join(std::uint32_t slot);
  void leave(std::uint32_t slot, std::uint64_t generated);
  void cut(double now);
  double skip_s(double steps) const;
  double room() const;
  std::uint32_t prompt_of(const Waiting& waiting) const;
  std::span<const std::uint64_t> hashes(std::uint32_t request) const;
  std::uint32_t take_slot();
  void refresh_load();

  const SimPool& pool_;
  const Workload& work_;
  bool decodes_;
  PrefixCache cache_;
  Ring<Waiting> waiting_;
  double waiting_tokens_ = 0;  // prompt tokens not yet computed, also of prompts_
  double pending_ = 0;         // of them those of prompts_
  bool held_back_ = false;     // after a preemption, until an answer ends
  std::vector<Sequence> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint64_t> running_;  // heap of (finish << kSlotBits | slot), earliest on top
  Ring<std::uint32_t> prompts_;         // slots whose prompts are being computed
  std::uint64_t steps_ = 0, orders_ = 0;
  double context_ = 0;  // tokens of the running
  double private_ = 0;  // tokens of KV that no block of the cache holds
  double now_ = 0;      // the last step boundary
  double event_ = kNever;
  // The step or skip under way.
  double skip_ = 0;         // steps; 0: a step with prompts
  double s0_ = 0, ds_ = 0;  // of the skip
  double chunk_ = 0;        // prompt tokens of the step
  routing::Load load_;
  PoolUse use_;
};

}  // namespace interposer::planner
