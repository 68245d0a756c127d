// The small parts: endpoints, the deadline wheel, nurseries, events.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <string>
#include <vector>

#include "net/deadline_wheel.h"
#include "net/loop.h"
#include "net/nursery.h"
#include "net/sim/sim_loop.h"

namespace interposer::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Endpoint, Parsing) {
  const auto text = [](const char* e) {
    const Result<Endpoint> parsed = Endpoint::parse(e);
    return parsed ? parsed->to_string() : parsed.error().remedy.empty() ? "no remedy" : "bad";
  };
  for (const char* good : {"127.0.0.1:8080", "[::1]:80", "host.name:0", "unix:/run/x.sock"}) {
    EXPECT_EQ(text(good), good);
  }
  for (const char* bad : {"", "host", "host:", "host:x", "host:65536", "host:-1", ":80", "::1:80",
                          "[]:80", "a b:80", "http://a:80", "unix:"}) {
    EXPECT_EQ(text(bad), "bad") << bad;
  }
  EXPECT_EQ(text(("unix:" + std::string(200, 'p')).c_str()), "bad");
}

TEST(Endpoint, Loopback) {
  const auto loopback = [](const char* e) { return Endpoint::parse(e)->loopback(); };
  EXPECT_TRUE(loopback("127.0.0.1:1"));
  EXPECT_TRUE(loopback("127.9.9.9:1"));
  EXPECT_TRUE(loopback("[::1]:1"));
  EXPECT_TRUE(loopback("LocalHost:1"));
  EXPECT_TRUE(loopback("unix:/x"));
  EXPECT_FALSE(loopback("0.0.0.0:1"));
  EXPECT_FALSE(loopback("[::]:1"));
  EXPECT_FALSE(loopback("127.evil.com:1"));
  EXPECT_FALSE(loopback("10.0.0.1:1"));
}

struct Item : Deadline {
  std::vector<Item*>* expired = nullptr;
};

// Against the obvious model: a map from item to its time.
TEST(DeadlineWheel, ExpiresWhatAMapWouldNeverEarlyAndAtMostASlotLate) {
  rc::check([] {
    DeadlineWheel wheel;
    std::vector<Item> items(12);
    std::vector<Item*> expired;
    std::map<Item*, TimePoint> model;
    for (Item& item : items) {
      item.expired = &expired;
      item.expire = [](Deadline* d) {
        auto* const self = static_cast<Item*>(d);
        self->expired->push_back(self);
      };
    }
    TimePoint now(std::chrono::hours(1));
    wheel.advance(now);
    const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
        60, rc::gen::pair(rc::gen::inRange(0, 36), rc::gen::inRange(0, 40'000)));
    for (const auto& [what, ms] : steps) {
      Item* const item = &items[static_cast<std::size_t>(what) % items.size()];
      if (what < 12) {
        wheel.arm(item, now + milliseconds(ms));
        model[item] = now + milliseconds(ms);
      } else if (what < 24) {
        wheel.disarm(item);
        model.erase(item);
      } else {
        now += milliseconds(ms / 10);
        wheel.advance(now);
        for (Item* const e : expired) {
          RC_ASSERT(model.contains(e));
          RC_ASSERT(model[e] <= now);
          model.erase(e);
        }
        expired.clear();
        for (const auto& [left, when] : model) RC_ASSERT(when + DeadlineWheel::kSlot > now);
      }
      RC_ASSERT(wheel.armed() == model.size());
      RC_ASSERT((wheel.next_tick() == kNever) == model.empty());
    }
    for (Item& item : items) wheel.disarm(&item);
  });
}

TEST(DeadlineWheel, AnExpiryMayDisarmAndArmOthers) {
  DeadlineWheel wheel;
  static Item a, b;
  static DeadlineWheel* g_wheel;
  static std::string order;
  g_wheel = &wheel;
  order.clear();
  a.expire = [](Deadline*) {
    order += "a";
    g_wheel->disarm(&b);
    g_wheel->arm(&a, TimePoint(seconds(3)));
  };
  b.expire = [](Deadline*) { order += "b"; };
  wheel.arm(&a, TimePoint(seconds(1)));
  wheel.arm(&b, TimePoint(seconds(1)));
  wheel.advance(TimePoint(seconds(2)));
  EXPECT_EQ(order, "a");
  wheel.advance(TimePoint(seconds(4)));
  EXPECT_EQ(order, "aa");
  wheel.disarm(&a);
}

Task<void> sleeper(int ms, std::string* out, std::string name) {
  co_await sleep_for(milliseconds(ms));
  *out += name;
}

Task<void> joins(std::string* out) {
  Nursery nursery;
  co_await nursery.join();  // nothing to wait for
  nursery.spawn(sleeper(30, out, "c"));
  nursery.spawn(sleeper(10, out, "a"));
  nursery.spawn(sleeper(20, out, "b"));
  nursery.spawn(sleeper(0, out, "0"));
  co_await nursery.join();
  *out += "|";
}

TEST(Nursery, JoinWaitsForAll) {
  std::string out;
  EXPECT_TRUE(sim::run(1, joins(&out)).ok());
  EXPECT_EQ(out, "0abc|");
}

Task<void> never(Event* event) {
  co_await *event;
  co_return;
}

TEST(Sim, ADeadlockIsReported) {
  static Event* const event = new Event;  // waited for until the process ends
  const Status status = sim::run(1, never(event));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, "deadlock");
}

Task<void> trace(std::string* out) {
  Loop* const loop = Loop::current();
  for (int i = 0; i < 5; ++i) {
    *out += std::to_string(loop->random() % 1000) + ",";
    co_await sleep_for(milliseconds(loop->random() % 50));
    *out += std::to_string(loop->now().time_since_epoch().count()) + ";";
  }
}

TEST(Sim, TheSameSeedIsTheSameRun) {
  std::string first, again, other;
  EXPECT_TRUE(sim::run(7, trace(&first)).ok());
  EXPECT_TRUE(sim::run(7, trace(&again)).ok());
  EXPECT_TRUE(sim::run(8, trace(&other)).ok());
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
}

// A task chain of any depth resumes without growing the stack.
Task<int> ready(int value) { co_return value; }

Task<void> a_million(long* sum) {
  for (int i = 0; i < 1'000'000; ++i) {
    const int value = co_await ready(i);
    *sum += value;
  }
}

TEST(Task, AMillionFinishedAwaitsNeedNoStack) {
  long sum = 0;
  EXPECT_TRUE(sim::run(1, a_million(&sum)).ok());
  EXPECT_EQ(sum, 499'999'500'000);
}

}  // namespace
}  // namespace interposer::net
