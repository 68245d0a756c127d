#include "app/wiring/loops.h"

#include <future>
#include <utility>

#include "net/nursery.h"

namespace interposer::app {
namespace {

net::Task<void> run_and_tell(std::function<net::Task<void>()> make, std::promise<void>* ended) {
  const net::Task<void> task = make();
  co_await task;
  ended->set_value();
}

}  // namespace

Loops::Loops(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) loops_.push_back(net::make_loop());
  for (const auto& loop : loops_) threads_.emplace_back([&loop] { loop->run(); });
}

Loops::~Loops() { stop(); }

void Loops::run_on(std::size_t i, std::function<net::Task<void>()> make) {
  std::promise<void> ended;
  auto future = ended.get_future();
  net::Loop* loop = at(i);
  loop->post([loop, &ended, make = std::move(make)]() mutable {
    loop->nursery().spawn(run_and_tell(std::move(make), &ended));
  });
  future.wait();
}

void Loops::stop() {
  for (const auto& loop : loops_) loop->stop();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace interposer::app
