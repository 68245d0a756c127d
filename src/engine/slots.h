// Which KV sequence holds which tokens: running generations and prefixes kept from finished ones.
// A new prompt takes over, or shares, the longest prefix that is already computed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/llama/model.h"

namespace interposer::engine {

using llama::Token;

// What the slots do to the KV memory (llama::Context in the engine, a model of it in tests).
struct KvOperations {
  std::function<bool(int sequence, std::size_t from)> cut;  // false: the sequence is now empty
  std::function<void(int source, int target, std::size_t length)> share;
};

struct Slot {
  int sequence = 0;
  std::vector<Token> tokens;   // computed, in the KV
  std::string tenant;          // prefixes are never shared between tenants
  std::vector<Token> planned;  // of a running one: its whole prompt
  bool running = false;
  std::uint64_t used = 0;  // logical time of the last use
};

std::size_t common_prefix(std::span<const Token> a, std::span<const Token> b);

// Belongs to the scheduler's thread.
class Slots {
 public:
  static constexpr std::size_t kShareMin = 16;  // tokens; less is not worth an operation
  static constexpr std::size_t kWaitMin = 64;   // tokens worth waiting for another's prefill

  // `can_cut`: false for models whose state holds only as a whole.
  Slots(int sequences, bool can_cut, KvOperations kv);

  struct Plan {
    Slot* slot = nullptr;    // null: none is free
    std::size_t cached = 0;  // leading tokens of the prompt that are computed
    bool wait = false;       // a running prefill is about to compute a prefix worth waiting for
  };
  // What would be done for this prompt.
  Plan plan(const std::vector<Token>& prompt, const std::string& tenant);
  // Does it: the slot is running and holds the first `cached` tokens.
  Plan take(const std::vector<Token>& prompt, const std::string& tenant);
  // The generation has ended; its tokens stay until the place is needed. keep=false drops them.
  void release(Slot* slot, bool keep);
  // Empties the least recently used slot that isn't running. False: there is none.
  bool evict_one();

  std::size_t running() const;
  std::size_t kept_tokens() const;  // in slots that aren't running

 private:
  struct Best {
    Slot* slot = nullptr;
    std::size_t length = 0;
  };
  Best best_source(const std::vector<Token>& prompt, const std::string& tenant);
  Slot* free_slot(const Slot* except);

  std::vector<Slot> slots_;
  bool can_cut_;
  KvOperations kv_;
  std::uint64_t clock_ = 0;
};

}  // namespace interposer::engine
