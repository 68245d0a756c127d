#include <array>

#include "http/client_impl.h"

namespace interposer::http {
namespace {

// A connection used this recently is taken as open; the retry rule covers the rare miss.
constexpr Duration kFresh = std::chrono::seconds(1);
constexpr Duration kSweep = std::chrono::seconds(5);

// Whatever can be read from an idle connection is its end, or bytes that nobody asked for.
bool still_open(net::Stream& stream) {
  std::array<char, 1> byte;
  const Result<std::size_t> got = stream.try_read(byte);
  return !got && got.error().kind == "would_block";
}

}  // namespace

std::unique_ptr<net::Stream> ConnectionPool::take(const std::string& key) {
  const auto found = idle_.find(key);
  if (found == idle_.end()) return nullptr;
  const TimePoint now = loop_->now();
  while (!found->second.empty()) {
    Idle last = std::move(found->second.back());
    found->second.pop_back();
    const Duration age = now - last.since;
    if (age < idle_timeout_ && (age < kFresh || still_open(*last.stream))) {
      return std::move(last.stream);
    }
  }
  return nullptr;
}

void ConnectionPool::give(const std::string& key, std::unique_ptr<net::Stream> stream) {
  std::vector<Idle>& idle = idle_[key];
  if (idle.size() >= idle_per_host_) idle.erase(idle.begin());
  idle.push_back(Idle{std::move(stream), loop_->now()});
  schedule_sweep();
}

void ConnectionPool::close() {
  idle_.clear();
  if (sweep_timer_ != 0) loop_->cancel_timer(sweep_timer_);
  sweep_timer_ = 0;
}

void ConnectionPool::schedule_sweep() {
  if (sweep_timer_ != 0) return;
  sweep_timer_ = loop_->start_timer(loop_->now() + kSweep, [this] {
    sweep_timer_ = 0;
    sweep();
  });
}

void ConnectionPool::sweep() {
  const TimePoint oldest = loop_->now() - idle_timeout_;
  for (auto& [key, idle] : idle_) {
    std::erase_if(idle, [&](const Idle& i) { return i.since <= oldest; });
  }
  std::erase_if(idle_, [](const auto& entry) { return entry.second.empty(); });
  if (!idle_.empty()) schedule_sweep();
}

void StopGuard::Target::stop() {
  stopped = true;
  if (stream != nullptr) stream->close();
}

void StopGuard::Callback::operator()() const {
  if (net::Loop::current() == loop) {
    if (const auto found = target.lock()) found->stop();
    return;
  }
  loop->post([weak = target] {
    if (const auto found = weak.lock()) found->stop();
  });
}

StopGuard::StopGuard(net::Loop* loop, net::Stream* stream, std::stop_token token) {
  if (!token.stop_possible()) return;
  target_ = std::make_shared<Target>(Target{stream});
  callback_.emplace(std::move(token), Callback{loop, target_});
}

StopGuard::~StopGuard() {
  callback_.reset();
  if (target_) target_->stream = nullptr;
}

}  // namespace interposer::http
