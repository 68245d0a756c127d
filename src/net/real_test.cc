// What only the real loop has: file descriptors that run out, files of sockets, other threads.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/temp_dir.h"
#include "net/channel.h"
#include "net/loop.h"
#include "net/nursery.h"

namespace interposer::net {
namespace {

using StreamPtr = std::unique_ptr<Stream>;

Task<void> then_stop(Task<void> task, Loop* loop) {
  co_await task;
  loop->stop();
}

void run(Loop* loop, Task<void> task) {
  Task<void> whole = then_stop(std::move(task), loop);
  loop->post([&] { loop->nursery().spawn(std::move(whole)); });
  loop->run();
}

Task<void> accept_into(Listener* listener, std::vector<StreamPtr>* out, std::size_t count) {
  while (out->size() < count) {
    Result<StreamPtr> got = co_await listener->accept();
    if (!got) co_return;
    out->push_back(*std::move(got));
  }
}

// All descriptors but one are taken; later they come free.
struct Hunger {
  std::vector<int> taken;
  rlimit before{};

  Hunger() {
    ::getrlimit(RLIMIT_NOFILE, &before);
    rlimit low = before;
    low.rlim_cur = 128;
    ::setrlimit(RLIMIT_NOFILE, &low);
    for (int fd = ::dup(2); fd >= 0; fd = ::dup(2)) taken.push_back(fd);
    release_one();
  }
  void release_one() {
    ::close(taken.back());
    taken.pop_back();
  }
  void release() {
    for (const int fd : taken) ::close(fd);
    taken.clear();
    ::setrlimit(RLIMIT_NOFILE, &before);
  }
};

Task<void> descriptors_run_out(std::string* outcome) {
  Loop* const loop = Loop::current();
  const auto listener = loop->listen(*Endpoint::parse("127.0.0.1:0"), {});
  const Endpoint at = *Endpoint::parse((*listener)->address());
  std::vector<StreamPtr> accepted;
  Nursery accepting;
  accepting.spawn(accept_into(listener->get(), &accepted, 1));
  Hunger hunger;
  // The one free descriptor goes to the client: accept() has none.
  const Result<StreamPtr> client =
      co_await loop->connect(at, loop->now() + std::chrono::seconds(5));
  if (!client) {
    hunger.release();
    (*listener)->close();
    co_await accepting.join();
    *outcome = client.error().to_string();
    co_return;
  }
  co_await sleep_for(std::chrono::milliseconds(20));
  const bool waited = accepted.empty();
  hunger.release();
  co_await accepting.join();
  *outcome = waited && accepted.size() == 1 ? "accepted later" : "not paused";
}

TEST(RealLoop, AcceptPausesWhileDescriptorsAreOut) {
#if __has_feature(undefined_behavior_sanitizer)
  GTEST_SKIP() << "UBSan itself opens a pipe to look at objects, and reports what it cannot see";
#endif
  const auto loop = make_loop();
  std::string outcome;
  run(loop.get(), descriptors_run_out(&outcome));
  EXPECT_EQ(outcome, "accepted later");
}

Task<void> unix_socket(std::string path, std::vector<std::string>* out) {
  Loop* const loop = Loop::current();
  const Endpoint at = *Endpoint::parse("unix:" + path);
  auto listener = loop->listen(at, {});
  if (!listener) {
    out->push_back(listener.error().to_string());
    co_return;
  }
  struct stat info{};
  ::stat(path.c_str(), &info);
  out->push_back(std::to_string(info.st_mode & 0777));
  const auto second = loop->listen(at, {});
  out->push_back(second ? "second listener" : second.error().kind);
  std::vector<StreamPtr> accepted;
  Nursery accepting;
  accepting.spawn(accept_into(listener->get(), &accepted, 2));
  const Result<StreamPtr> client =
      co_await loop->connect(at, loop->now() + std::chrono::seconds(5));
  co_await accepting.join();
  // The first was the second listener's question whether somebody answers.
  out->push_back(std::to_string(accepted.back()->peer_uid() == static_cast<int>(::geteuid())));
  out->push_back(accepted.back()->peer());
  (*listener)->close();
  out->push_back(::access(path.c_str(), F_OK) == 0 ? "file left" : "file gone");
}

TEST(RealLoop, UnixSocketIsTheOwnersAlone) {
  const auto loop = make_loop();
  std::vector<std::string> out;
  const TempDir folder;
  run(loop.get(), unix_socket(folder.file("real.sock"), &out));
  const std::vector<std::string> wanted = {std::to_string(0600), "address_in_use", "1",
                                           "unix:uid=" + std::to_string(::geteuid()), "file gone"};
  EXPECT_EQ(out, wanted);
}

TEST(RealLoop, AStaleSocketFileIsReplaced) {
  const TempDir folder;
  const std::string path = folder.file("stale.sock");
  const auto loop = make_loop();
  {
    auto first = loop->listen(*Endpoint::parse("unix:" + path), {});
    ASSERT_TRUE(first.ok());
    ASSERT_EQ(::link(path.c_str(), (path + ".copy").c_str()), 0);
  }
  ASSERT_EQ(::rename((path + ".copy").c_str(), path.c_str()), 0);  // as after a kill
  EXPECT_TRUE(loop->listen(*Endpoint::parse("unix:" + path), {}).ok());
  const std::string file = folder.file("not_a_socket");
  ::close(::open(file.c_str(), O_CREAT | O_WRONLY, 0600));
  const auto refused = loop->listen(*Endpoint::parse("unix:" + file), {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(::access(file.c_str(), F_OK), 0);
  ::unlink(file.c_str());
}

TEST(RealLoop, ANameThatDoesNotExist) {
  const auto loop = make_loop();
  std::string kind;
  struct Local {
    static Task<void> go(std::string* out) {
      Loop* const current = Loop::current();
      const Result<StreamPtr> got = co_await current->connect(
          Endpoint{"no-such-host.invalid", 80, false}, current->now() + std::chrono::seconds(30));
      *out = got ? "connected" : got.error().kind;
    }
  };
  run(loop.get(), Local::go(&kind));
  EXPECT_EQ(kind, "resolve");
}

Task<void> sum_up(std::shared_ptr<Channel<int>> channel, long* sum, int* order_breaks) {
  int last = 0;
  for (;;) {
    const std::optional<int> value = co_await channel->receive();
    if (!value) co_return;
    *order_breaks += *value <= last;
    last = *value;
    *sum += *value;
  }
}

TEST(RealLoop, AThreadMeetsTheLoopThroughAChannel) {
  const auto loop = make_loop();
  const auto channel = std::make_shared<Channel<int>>(loop.get(), 16);
  constexpr int kCount = 20'000;
  std::thread engine([channel] {
    for (int i = 1; i <= kCount;) {
      if (channel->try_send(i))
        ++i;
      else
        std::this_thread::yield();
    }
    channel->close();
  });
  long sum = 0;
  int order_breaks = 0;
  run(loop.get(), sum_up(channel, &sum, &order_breaks));
  engine.join();
  EXPECT_EQ(sum, static_cast<long>(kCount) * (kCount + 1) / 2);
  EXPECT_EQ(order_breaks, 0);
}

TEST(RealLoop, StopWaitsForTheNurseryAndThePool) {
  const auto loop = make_loop();
  std::atomic<bool> worked{false};
  bool finished = false;
  struct Local {
    static Task<void> late(bool* done) {
      co_await sleep_for(std::chrono::milliseconds(5));
      *done = true;
    }
  };
  loop->post([&] {
    loop->nursery().spawn(Local::late(&finished));
    loop->offload([&] { worked = true; }, [] {});
    loop->stop();
    loop->stop();
  });
  loop->run();
  EXPECT_TRUE(finished);
  EXPECT_TRUE(worked);
}

}  // namespace
}  // namespace interposer::net
