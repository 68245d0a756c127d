// What every loop and stream promises, checked on the real loop over loopback and in the simulated
// world. The hazards of sockets that have a name (stale events, cancellation, back-pressure, slow
// and half-closed peers) each have their test here.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "net/loop.h"
#include "net/nursery.h"
#include "net/sim/sim_loop.h"

namespace interposer::net {
namespace {

using StreamPtr = std::unique_ptr<Stream>;

// Two connected streams and the listener that made them.
struct Pair {
  std::unique_ptr<Listener> listener;
  StreamPtr client;
  StreamPtr server;
};

Task<void> accept_one(Listener* listener, StreamPtr* out) {
  Result<StreamPtr> got = co_await listener->accept();
  if (got) *out = *std::move(got);
}

Task<Status> make_pair(std::string at, Pair* out) {
  Loop* const loop = Loop::current();
  IP_CO_TRY(const Endpoint endpoint, Endpoint::parse(at));
  IP_CO_TRY(out->listener, loop->listen(endpoint, {}));
  IP_CO_TRY(const Endpoint bound, Endpoint::parse(out->listener->address()));
  Nursery accepting;
  accepting.spawn(accept_one(out->listener.get(), &out->server));
  Result<StreamPtr> client = co_await loop->connect(bound, loop->now() + std::chrono::seconds(5));
  if (!client) out->listener->close();
  co_await accepting.join();
  if (!client) co_return std::move(client).error();
  out->client = *std::move(client);
  co_return Status{};
}

TimePoint soon() { return Loop::current()->now() + std::chrono::seconds(20); }
TimePoint very_soon() { return Loop::current()->now() + std::chrono::milliseconds(1); }

Task<Status> write_text(Stream* stream, std::string text, TimePoint deadline) {
  const std::string_view piece = text;
  co_return co_await stream->write({&piece, 1}, deadline);
}

Task<std::string> read_all(Stream* stream) {
  std::string out;
  std::vector<char> buffer(3000);
  for (;;) {
    const Result<std::size_t> got = co_await stream->read_some(buffer, soon());
    if (!got) co_return out + "<" + std::string(code_name(got.error().code)) + ">";
    if (*got == 0) co_return out;
    out.append(buffer.data(), *got);
  }
}

Task<void> read_into(Stream* stream, std::string* out) {
  std::string text = co_await read_all(stream);
  *out = std::move(text);
}

// Runs a scenario in one of the two worlds; what it found wrong is in `problems`.
struct Problems {
  std::vector<std::string> list;
  void check(bool good, const char* what) {
    if (!good) list.emplace_back(what);
  }
};
using Scenario = Task<void> (*)(Problems*);

enum class Side { kReal, kSimulated, kDribbling };

Task<void> then_stop(Task<void> task, Loop* loop) {
  co_await task;
  loop->stop();
}

void run_in(Side side, Scenario scenario) {
  Problems problems;
  if (side == Side::kReal) {
    const std::unique_ptr<Loop> loop = make_loop();
    loop->post([&] { loop->nursery().spawn(then_stop(scenario(&problems), loop.get())); });
    loop->run();
    EXPECT_EQ(problems.list, std::vector<std::string>{});
    return;
  }
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim::Network network;
    if (side == Side::kDribbling) {
      network.segment = 7;
      network.read_most = 3;
    }
    const Status done = sim::run(seed, scenario(&problems), network);
    EXPECT_TRUE(done.ok()) << "seed " << seed << ": " << done.error().to_string();
    EXPECT_EQ(problems.list, std::vector<std::string>{}) << "seed " << seed;
  }
}

class Contract : public testing::TestWithParam<Side> {};
INSTANTIATE_TEST_SUITE_P(Worlds, Contract,
                         testing::Values(Side::kReal, Side::kSimulated, Side::kDribbling),
                         [](const auto& p) {
                           switch (p.param) {
                             case Side::kReal:
                               return "Real";
                             case Side::kSimulated:
                               return "Simulated";
                             case Side::kDribbling:
                               return "Dribbling";
                           }
                           return "";
                         });

Task<void> bytes_arrive_in_order(Problems* p) {
  Pair pair;
  const Status made = co_await make_pair("127.0.0.1:0", &pair);
  p->check(made.ok(), "connecting");
  if (!made) co_return;
  std::string text;
  for (int i = 0; i < 3000; ++i) text += std::to_string(i) + ",";
  std::string got;
  Nursery reading;
  reading.spawn(read_into(pair.server.get(), &got));
  const std::array<std::string_view, 4> pieces = {text, "", "middle,", text};
  const Status sent = co_await pair.client->write(pieces, soon());
  p->check(sent.ok(), "writing");
  pair.client->shutdown_write();
  co_await reading.join();
  p->check(got == text + "middle," + text, "the text as it was sent");
}
TEST_P(Contract, BytesArriveInOrder) { run_in(GetParam(), bytes_arrive_in_order); }

Task<void> half_closed_peer_is_answered(Problems* p) {
  Pair pair;
  const Status made = co_await make_pair("127.0.0.1:0", &pair);
  p->check(made.ok(), "connecting");
  const Status asked = co_await write_text(pair.client.get(), "question", soon());
  p->check(asked.ok(), "asking");
  pair.client->shutdown_write();
  const std::string question = co_await read_all(pair.server.get());
  p->check(question == "question", "the question, then the end");
  const Status answered = co_await write_text(pair.server.get(), "answer", soon());
  p->check(answered.ok(), "answering");
  pair.server->shutdown_write();
  const std::string answer = co_await read_all(pair.client.get());
  p->check(answer == "answer", "the answer, then the end");
}
TEST_P(Contract, HalfClosedPeerIsAnswered) { run_in(GetParam(), half_closed_peer_is_answered); }

Task<void> silent_peer_meets_the_deadline(Problems* p) {
  Pair pair;
  const Status made = co_await make_pair("127.0.0.1:0", &pair);
  p->check(made.ok(), "connecting");
  std::array<char, 8> buffer;
  const Result<std::size_t> got = co_await pair.client->read_some(buffer, very_soon());
  p->check(!got && got.error().code == Code::kDeadlineExceeded, "a read's deadline");
  const Status waited = co_await pair.client->wait_readable(very_soon());
  p->check(!waited && waited.error().code == Code::kDeadlineExceeded, "a wait's deadline");
  // The stream is still good.
  const Status sent = co_await write_text(pair.server.get(), "late", soon());
  p->check(sent.ok(), "writing after a deadline");
  const Status ready = co_await pair.client->wait_readable(soon());
  p->check(ready.ok(), "readable after a deadline");
}
TEST_P(Contract, SilentPeerMeetsTheDeadline) { run_in(GetParam(), silent_peer_meets_the_deadline); }

Task<void> slow_reader_stops_the_writer(Problems* p) {
  Pair pair;
  const Status made = co_await make_pair("127.0.0.1:0", &pair);
  p->check(made.ok(), "connecting");
  const Status sent =
      co_await write_text(pair.client.get(), std::string(24 << 20, 'x'), very_soon());
  p->check(!sent && sent.error().code == Code::kDeadlineExceeded, "back-pressure");
}
TEST_P(Contract, SlowReaderStopsTheWriter) {
  if (GetParam() == Side::kDribbling) GTEST_SKIP() << "24 MiB by sevens is the same, slower";
  run_in(GetParam(), slow_reader_stops_the_writer);
}

Task<void> close_soon(Stream* stream) {
  co_await sleep_for(std::chrono::milliseconds(2));
  stream->close();
}

Task<void> close_cancels_a_read(Problems* p) {
  Pair pair;
  const Status made = co_await make_pair("127.0.0.1:0", &pair);
  p->check(made.ok(), "connecting");
  Nursery closing;
  closing.spawn(close_soon(pair.client.get()));
  std::array<char, 8> buffer;
  const Result<std::size_t> got = co_await pair.client->read_some(buffer, kNever);
  p->check(!got && got.error().code == Code::kCancelled, "a cancelled read");
  co_await closing.join();
  const Status again = co_await write_text(pair.client.get(), "x", soon());
  p->check(!again && again.error().code == Code::kCancelled, "a write after close");
  const std::string rest = co_await read_all(pair.server.get());
  p->check(rest.empty(), "the peer sees the end");
}
TEST_P(Contract, CloseCancelsARead) { run_in(GetParam(), close_cancels_a_read); }

Task<void> cancel_wait_soon(Stream* stream) {
  co_await sleep_for(std::chrono::milliseconds(2));
  stream->cancel_wait();
}

Task<void> a_cancelled_wait_leaves_the_stream_good(Problems* p) {
  Pair pair;
  const Status made = co_await make_pair("127.0.0.1:0", &pair);
  p->check(made.ok(), "connecting");
  pair.client->cancel_wait();  // nothing waits: nothing happens
  Nursery cancelling;
  cancelling.spawn(cancel_wait_soon(pair.client.get()));
  const Status waited = co_await pair.client->wait_readable(kNever);
  p->check(!waited && waited.error().code == Code::kCancelled, "a cancelled wait");
  co_await cancelling.join();
  const Status sent = co_await write_text(pair.server.get(), "more", soon());
  p->check(sent.ok(), "writing");
  pair.server->shutdown_write();
  const std::string rest = co_await read_all(pair.client.get());
  p->check(rest == "more", "reading after a cancelled wait");
}
TEST_P(Contract, ACancelledWaitLeavesTheStreamGood) {
  run_in(GetParam(), a_cancelled_wait_leaves_the_stream_good);
}

Task<void> wait_for_ever(Stream* stream, bool* ended) {
  const Status s = co_await stream->wait_readable(kNever);
  *ended = !s;
}

// A completion of a closed stream must reach neither freed memory nor the next stream.
Task<void> stale_events_after_close(Problems* p) {
  for (int round = 0; round < 20; ++round) {
    Pair pair;
    const Status made = co_await make_pair("127.0.0.1:0", &pair);
    p->check(made.ok(), "connecting");
    Nursery waiting;
    bool ended = false;
    waiting.spawn(wait_for_ever(pair.client.get(), &ended));
    const Status sent = co_await write_text(pair.server.get(), "wake", soon());
    p->check(sent.ok(), "writing");
    pair.client->close();
    pair.server->close();
    co_await waiting.join();
    p->check(ended, "the wait ended with the close");
  }
}
TEST_P(Contract, StaleEventsAfterClose) { run_in(GetParam(), stale_events_after_close); }

// A task that is destroyed while it waits takes its wait along.
Task<void> destroyed_waits_leave_nothing_behind(Problems* p) {
  Pair pair;
  const Status made = co_await make_pair("127.0.0.1:0", &pair);
  p->check(made.ok(), "connecting");
  auto frame = std::make_unique<std::array<char, 64>>();
  {
    auto read = pair.client->read_some(*frame, kNever);
    auto awaiter = read.operator co_await();
    awaiter.await_suspend(std::noop_coroutine()).resume();
  }
  frame.reset();
  const Status sent = co_await write_text(pair.server.get(), "data", soon());
  p->check(sent.ok(), "writing");
  pair.server->shutdown_write();
  const std::string rest = co_await read_all(pair.client.get());
  p->check(rest == "data", "the next read gets the bytes");
}
TEST_P(Contract, DestroyedWaitsLeaveNothingBehind) {
  run_in(GetParam(), destroyed_waits_leave_nothing_behind);
}

Task<void> unread_bytes_at_a_close_reset_the_peer(Problems* p) {
  Pair pair;
  const Status made = co_await make_pair("127.0.0.1:0", &pair);
  p->check(made.ok(), "connecting");
  const Status sent = co_await write_text(pair.client.get(), "never read", soon());
  p->check(sent.ok(), "writing");
  const Status ready = co_await pair.server->wait_readable(soon());
  p->check(ready.ok(), "arrived");
  pair.server->close();
  const std::string rest = co_await read_all(pair.client.get());
  p->check(rest == "<unavailable>", "a reset is an error, not an end");
}
TEST_P(Contract, UnreadBytesAtACloseResetThePeer) {
  run_in(GetParam(), unread_bytes_at_a_close_reset_the_peer);
}

Task<void> nobody_listens(Problems* p) {
  Loop* const loop = Loop::current();
  std::string address;
  {
    const auto listener = loop->listen(*Endpoint::parse("127.0.0.1:0"), {});
    p->check(listener.ok(), "listening");
    address = (*listener)->address();
  }
  const Endpoint gone = *Endpoint::parse(address);
  const Result<StreamPtr> got = co_await loop->connect(gone, soon());
  p->check(!got && got.error().kind == "refused", "refused");
}
TEST_P(Contract, NobodyListens) { run_in(GetParam(), nobody_listens); }

Task<void> address_in_use(Problems* p) {
  Loop* const loop = Loop::current();
  const auto first = loop->listen(*Endpoint::parse("127.0.0.1:0"), {});
  p->check(first.ok(), "listening");
  const auto second = loop->listen(*Endpoint::parse((*first)->address()), {});
  p->check(!second && second.error().kind == "address_in_use", "in use");
  p->check(!second && !second.error().remedy.empty(), "what to do about it");
  co_return;
}
TEST_P(Contract, AddressInUse) { run_in(GetParam(), address_in_use); }

Task<void> accept_and_note(Listener* listener, std::string* out) {
  const Result<StreamPtr> got = co_await listener->accept();
  *out = got ? "accepted" : std::string(code_name(got.error().code));
}

Task<void> a_closed_listener_ends_accept(Problems* p) {
  const auto listener = Loop::current()->listen(*Endpoint::parse("127.0.0.1:0"), {});
  p->check(listener.ok(), "listening");
  Nursery accepting;
  std::string outcome;
  accepting.spawn(accept_and_note(listener->get(), &outcome));
  (*listener)->close();
  co_await accepting.join();
  p->check(outcome == "cancelled", "accept after close");
}
TEST_P(Contract, AClosedListenerEndsAccept) { run_in(GetParam(), a_closed_listener_ends_accept); }

Task<void> timers_fire_in_order(Problems* p) {
  Loop* const loop = Loop::current();
  std::string order;
  const TimePoint now = loop->now();
  loop->start_timer(now + std::chrono::milliseconds(6), [&] { order += "c"; });
  loop->start_timer(now + std::chrono::milliseconds(2), [&] { order += "a"; });
  const auto cancelled =
      loop->start_timer(now + std::chrono::milliseconds(3), [&] { order += "X"; });
  loop->start_timer(now + std::chrono::milliseconds(4), [&] { order += "b"; });
  loop->cancel_timer(cancelled);
  loop->cancel_timer(cancelled);
  co_await sleep_until(now + std::chrono::milliseconds(8));
  p->check(order == "abc", "the order of timers");
  p->check(loop->now() >= now + std::chrono::milliseconds(8), "a sleep is not short");
}
TEST_P(Contract, TimersFireInOrder) { run_in(GetParam(), timers_fire_in_order); }

Task<void> posts_run_in_order(Problems* p) {
  Loop* const loop = Loop::current();
  std::string order;
  Event done;
  for (const char c : {'1', '2', '3'}) loop->post([&order, c] { order += c; });
  loop->post([&done] { done.fire(); });
  p->check(order.empty(), "a post does not run at once");
  co_await done;
  p->check(order == "123", "the order of posts");
}
TEST_P(Contract, PostsRunInOrder) { run_in(GetParam(), posts_run_in_order); }

Task<void> offload_gives_its_value_back(Problems* p) {
  std::function<Result<int>()> work = [] { return Result<int>(42); };
  const Result<int> value = co_await offload<Result<int>>(std::move(work));
  p->check(value.ok() && *value == 42, "the value");
  p->check(Loop::current() != nullptr, "back on the loop");
}
TEST_P(Contract, OffloadGivesItsValueBack) { run_in(GetParam(), offload_gives_its_value_back); }

}  // namespace
}  // namespace interposer::net
