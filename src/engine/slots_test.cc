#include "engine/slots.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace interposer::engine {
namespace {

// A model of the KV memory: what each sequence really holds.
struct Memory {
  std::map<int, std::vector<Token>> held;
  KvOperations operations() {
    return {[this](int s, std::size_t from) {
              if (held[s].size() > from) held[s].resize(from);
              return true;
            },
            [this](int a, int b, std::size_t n) {
              held[b].assign(held[a].begin(), held[a].begin() + static_cast<long>(n));
            }};
  }
};

std::vector<Token> prompt(Token base, std::size_t n) {
  std::vector<Token> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = base + static_cast<Token>(i);
  return out;
}

// Computes the rest of the prompt, as a step would.
void compute(Memory* memory, Slot* slot, const std::vector<Token>& tokens) {
  memory->held[slot->sequence] = tokens;
  slot->tokens = tokens;
}

TEST(Slots, TakeOverExtendOrShare) {
  Memory memory;
  Slots slots(4, true, memory.operations());
  auto first = slots.take(prompt(0, 100), "t");
  EXPECT_EQ(first.cached, 0U);
  compute(&memory, first.slot, prompt(0, 100));
  slots.release(first.slot, true);

  auto longer = slots.take(prompt(0, 150), "t");  // goes on in the same sequence
  EXPECT_EQ(longer.slot, first.slot);
  EXPECT_EQ(longer.cached, 100U);
  compute(&memory, longer.slot, prompt(0, 150));

  std::vector<Token> branch = prompt(0, 120);
  branch.resize(160, 9999);
  auto other = slots.take(branch, "t");  // shares with the running one
  EXPECT_NE(other.slot, longer.slot);
  EXPECT_EQ(other.cached, 120U);
  EXPECT_EQ(memory.held[other.slot->sequence], prompt(0, 120));
  EXPECT_EQ(memory.held[longer.slot->sequence], prompt(0, 150));
}

TEST(Slots, TheLastTokenIsAlwaysComputed) {
  Memory memory;
  Slots slots(2, true, memory.operations());
  auto a = slots.take(prompt(0, 50), "t");
  compute(&memory, a.slot, prompt(0, 50));
  slots.release(a.slot, true);
  EXPECT_EQ(slots.take(prompt(0, 50), "t").cached, 49U);
}

TEST(Slots, WaitsOnlyForAPrefixThatIsComing) {
  Memory memory;
  Slots slots(4, true, memory.operations());
  auto a = slots.take(prompt(0, 500), "t");
  EXPECT_TRUE(slots.plan(prompt(0, 400), "t").wait);
  EXPECT_FALSE(slots.plan(prompt(0, 400), "another").wait);
  EXPECT_FALSE(slots.plan(prompt(7777, 400), "t").wait);
  compute(&memory, a.slot, prompt(0, 380));
  EXPECT_FALSE(slots.plan(prompt(0, 400), "t").wait) << "too little is missing";
}

TEST(Slots, ModelsThatCannotCutReuseOnlyTheWhole) {
  Memory memory;
  Slots slots(3, false, memory.operations());
  auto a = slots.take(prompt(0, 100), "t");
  compute(&memory, a.slot, prompt(0, 100));
  slots.release(a.slot, true);
  std::vector<Token> branch = prompt(0, 60);
  branch.resize(120, 5555);
  EXPECT_EQ(slots.plan(branch, "t").cached, 0U);
  EXPECT_EQ(slots.plan(prompt(0, 130), "t").cached, 100U);
}

// Random traffic against the memory's model: what a slot claims to hold is what the sequence holds,
// tenants never meet, and no running slot is given away.
TEST(Slots, RandomTrafficKeepsItsPromises) {
  std::mt19937_64 random(3);
  Memory memory;
  Slots slots(6, true, memory.operations());
  std::vector<Slot*> running;
  for (int i = 0; i < 20'000; ++i) {
    if (running.size() < 5 && random() % 2 == 0) {
      std::string tenant = random() % 2 == 0 ? "a" : "b";
      std::vector<Token> tokens =
          prompt(static_cast<Token>(1000 * (random() % 3)), 20 + random() % 200);
      if (random() % 2 == 0) tokens[random() % tokens.size()] = 77;
      auto plan = slots.take(tokens, tenant);
      ASSERT_NE(plan.slot, nullptr);
      for (Slot* r : running) ASSERT_NE(r, plan.slot);
      ASSERT_LT(plan.cached, tokens.size());
      std::vector<Token> expected(tokens.begin(), tokens.begin() + static_cast<long>(plan.cached));
      ASSERT_EQ(memory.held[plan.slot->sequence], expected);
      compute(&memory, plan.slot, tokens);
      running.push_back(plan.slot);
    } else if (!running.empty()) {
      std::size_t at = random() % running.size();
      slots.release(running[at], random() % 4 != 0);
      running.erase(running.begin() + static_cast<long>(at));
    }
    if (random() % 50 == 0) slots.evict_one();
    ASSERT_EQ(slots.running(), running.size());
  }
}

TEST(Slots, TenantsNeverShare) {
  Memory memory;
  Slots slots(3, true, memory.operations());
  auto a = slots.take(prompt(0, 100), "a");
  compute(&memory, a.slot, prompt(0, 100));
  slots.release(a.slot, true);
  EXPECT_EQ(slots.plan(prompt(0, 100), "b").cached, 0U);
}

TEST(Slots, EvictsTheLeastRecentlyUsed) {
  Memory memory;
  Slots slots(3, true, memory.operations());
  for (Token base : {0, 1000, 2000}) {
    auto p = slots.take(prompt(base, 50), "t");
    compute(&memory, p.slot, prompt(base, 50));
    slots.release(p.slot, true);
  }
  ASSERT_TRUE(slots.evict_one());
  EXPECT_EQ(slots.plan(prompt(0, 60), "t").cached, 0U);
  EXPECT_EQ(slots.plan(prompt(1000, 60), "t").cached, 50U);
  EXPECT_TRUE(slots.evict_one());
  EXPECT_TRUE(slots.evict_one());
  EXPECT_FALSE(slots.evict_one());
}

}  // namespace
}  // namespace interposer::engine
