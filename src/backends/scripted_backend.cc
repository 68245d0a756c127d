#include "backends/scripted_backend.h"

#include "net/loop.h"

namespace interposer::backends {
namespace {

constexpr Duration kSlice = std::chrono::milliseconds(5);  // between looks at the stop token

Error cancelled() { return make_error(Code::kCancelled, "the call was stopped"); }

class ScriptedAnswer : public Answer {
 public:
  ScriptedAnswer(ScriptedBackend* owner, Script script, CallRef call)
      : owner_(owner), script_(std::move(script)), call_(std::move(call)) {}
  ~ScriptedAnswer() override {
    if (!usage_.final) ++owner_->unfinished;
  }

  const Head& head() const override { return script_.head; }
  const wire::Usage& usage() const override { return usage_; }

  net::Task<Result<std::optional<Frames>>> next() override {
    if (step_ >= script_.steps.size()) {
      settle();
      co_return std::optional<Frames>();
    }
    ScriptStep& step = script_.steps[step_++];
    if (step.delay > Duration{} || step.stall) {
      const bool waited = co_await wait(step.delay, step.stall);
      if (!waited) co_return cancelled();
    }
    if (step.error) {
      settle();
      co_return *step.error;
    }
    Frames frames;
    frames.events = std::move(step.events);
    if (!step.raw.empty()) {
      frames.dialect = wire::Dialect::kOpenAi;
      frames.raw = std::move(step.raw);
      for (std::size_t at = frames.raw.find("\n\n"); at != std::string::npos;
           at = frames.raw.find("\n\n", at + 2)) {
        frames.ends.push_back(static_cast<std::uint32_t>(at + 2));
      }
    }
    co_return std::optional<Frames>(std::move(frames));
  }

  net::Task<void> stop() override {
    stop_now();
    co_return;
  }

 private:
  void settle() {
    usage_ = script_.usage;
    usage_.final = true;
  }
  void stop_now() {
    if (!usage_.final) ++owner_->stopped;
    settle();
  }
  net::Task<bool> wait(Duration delay, bool for_ever) {
    const TimePoint until = net::Loop::current()->now() + delay;
    while (for_ever || net::Loop::current()->now() < until) {
      if (call_->stop.stop_requested() || usage_.final) {
        stop_now();
        co_return false;
      }
      co_await net::sleep_for(for_ever ? kSlice
                                       : std::min(kSlice, until - net::Loop::current()->now()));
    }
    co_return true;
  }

  ScriptedBackend* owner_;
  Script script_;
  CallRef call_;
  std::size_t step_ = 0;
  wire::Usage usage_;
};

}  // namespace

Script script_of_text(const std::vector<std::string>& pieces) {
  Script script;
  ScriptStep first;
  first.events.emplace_back(wire::Started{"scripted", "scripted", 1, ""});
  script.steps.push_back(std::move(first));
  for (const std::string& piece : pieces) {
    ScriptStep step;
    step.events.emplace_back(wire::TextDelta{0, piece, {}});
    script.steps.push_back(std::move(step));
  }
  script.usage.tokens.output = static_cast<std::int64_t>(pieces.size());
  script.usage.tokens.input = 1;
  script.usage.reported = true;
  ScriptStep last;
  last.events.emplace_back(wire::Finished{});
  last.events.emplace_back(wire::UsageReport{script.usage});
  script.steps.push_back(std::move(last));
  return script;
}

ScriptedBackend::ScriptedBackend(std::vector<ModelInfo> models, Capabilities capabilities)
    : models_(std::move(models)), capabilities_(std::move(capabilities)) {}

net::Task<Result<std::unique_ptr<Answer>>> ScriptedBackend::serve(RequestRef request,
                                                                  CallRef call) {
  requests.push_back(request);
  calls.push_back(call);
  if (scripts_.empty()) {
    co_return make_error(Code::kInternal, "the scripted backend has no script");
  }
  Script script = scripts_[std::min(next_++, scripts_.size() - 1)];
  if (script.serve_delay > Duration{}) co_await net::sleep_for(script.serve_delay);
  if (script.refuse) co_return *script.refuse;
  std::unique_ptr<Answer> answer =
      std::make_unique<ScriptedAnswer>(this, std::move(script), std::move(call));
  co_return answer;
}

Capabilities ScriptedBackend::capabilities(std::string_view) const { return capabilities_; }

}  // namespace interposer::backends
