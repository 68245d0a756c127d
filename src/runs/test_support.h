// For tests of runs and of what stands on it: a backend that plays a script, and a loop to run on.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backends/backend.h"
#include "net/loop.h"
#include "net/nursery.h"

namespace interposer::runs::testing {

// Who asks in these tests.
inline backends::Principal me() {
  backends::Principal local;
  local.name = "local";
  return local;
}

// One step of a scripted answer: events, a wait before them, a wait for the caller's stop, or an
// error.
struct Step {
  std::vector<wire::Event> events;
  Duration wait{};
  bool until_stopped = false;
  std::optional<Error> error;
};

inline wire::Event text(std::string t) {
  wire::TextDelta delta;
  delta.text = std::move(t);
  return delta;
}

class ScriptedAnswer : public backends::Answer {
 public:
  ScriptedAnswer(std::vector<Step> steps, std::stop_token stop)
      : steps_(steps.begin(), steps.end()), stop_(std::move(stop)) {
    usage_.tokens.input = 7;
    usage_.tokens.cache_read = 2;
    usage_.tokens.output = 5;
    usage_.final = true;
  }
  const backends::Head& head() const override { return head_; }
  net::Task<Result<std::optional<backends::Frames>>> next() override {
    if (steps_.empty()) co_return std::optional<backends::Frames>();
    Step step = std::move(steps_.front());
    steps_.pop_front();
    if (step.wait.count() > 0) co_await net::sleep_for(step.wait);
    while (step.until_stopped && !stop_.stop_requested())
      co_await net::sleep_for(std::chrono::milliseconds(1));
    if (stop_.stop_requested()) co_return make_error(Code::kCancelled, "stopped");
    if (step.error) co_return *step.error;
    backends::Frames frames;
    frames.events = std::move(step.events);
    co_return std::optional<backends::Frames>(std::move(frames));
  }
  net::Task<void> stop() override { co_return; }
  const wire::Usage& usage() const override { return usage_; }

 private:
  std::deque<Step> steps_;
  std::stop_token stop_;
  backends::Head head_;
  wire::Usage usage_;
};

class ScriptedBackend : public backends::Backend {
 public:
  // The script for a request, or the error of serve().
  using Script = std::function<Result<std::vector<Step>>(const wire::Request&)>;
  explicit ScriptedBackend(Script script) : script_(std::move(script)) {}

  net::Task<Result<std::unique_ptr<backends::Answer>>> serve(backends::RequestRef request,
                                                             backends::CallRef call) override {
    requests.push_back(request);
    calls.push_back(call);
    Result<std::vector<Step>> steps = script_(*request);
    if (!steps) co_return steps.error();
    std::unique_ptr<backends::Answer> answer =
        std::make_unique<ScriptedAnswer>(std::move(*steps), call->stop);
    co_return answer;
  }
  backends::Capabilities capabilities(std::string_view) const override { return capabilities_; }
  std::vector<backends::ModelInfo> models() const override { return models_; }

  std::vector<backends::RequestRef> requests;
  std::vector<backends::CallRef> calls;
  backends::Capabilities capabilities_;
  std::vector<backends::ModelInfo> models_;

 private:
  Script script_;
};

inline net::Task<void> then_stop(net::Loop* loop, net::Task<void> task) {
  co_await task;
  loop->stop();
}

// Runs the task, and whatever it leaves in the nursery, to the end.
inline void run_on(net::Loop* loop, std::function<net::Task<void>()> make) {
  loop->post([loop, make] { loop->nursery().spawn(then_stop(loop, make())); });
  loop->run();
}

}  // namespace interposer::runs::testing
