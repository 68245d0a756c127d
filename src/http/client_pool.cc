#include <algorithm>
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

std::shared_ptr<ConnectionPool::Group> ConnectionPool::group(const Url& url) {
  for (const auto& group : groups_) {
    if (group->port == url.port && group->host == url.host && group->scheme == url.scheme) {
      return group;
    }
  }
  groups_.push_back(std::make_shared<Group>(Group{url.scheme, url.host, url.port, {}}));
  return groups_.back();
}

std::unique_ptr<net::Stream> ConnectionPool::take(Group& group) {
  const TimePoint now = loop_->now();
  while (!group.idle.empty()) {
    Group::Idle last = std::move(group.idle.back());
    group.idle.pop_back();
    const Duration age = now - last.since;
    if (age < idle_timeout_ && (age < kFresh || still_open(*last.stream))) {
      return std::move(last.stream);
    }
  }
  return nullptr;
}

void ConnectionPool::give(const std::shared_ptr<Group>& group,
                          std::unique_ptr<net::Stream> stream) {
  std::vector<Group::Idle>& idle = group->idle;
  if (idle.size() >= idle_per_host_) idle.erase(idle.begin());
  idle.push_back(Group::Idle{std::move(stream), loop_->now()});
  schedule_sweep();
}

void ConnectionPool::close() {
  for (const auto& group : groups_) group->idle.clear();
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
  for (const auto& group : groups_) {
    std::erase_if(group->idle, [&](const Group::Idle& i) { return i.since <= oldest; });
  }
  // One that an answer still holds stays: its connection comes back to it.
  std::erase_if(groups_, [](const auto& g) { return g->idle.empty() && g.use_count() == 1; });
  const bool any =
      std::any_of(groups_.begin(), groups_.end(), [](const auto& g) { return !g->idle.empty(); });
  if (any) schedule_sweep();
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
