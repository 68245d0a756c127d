#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/ids.h"
#include "engine/answer.h"
#include "net/channel.h"
#include "net/nursery.h"

namespace interposer::engine {
namespace {

constexpr std::size_t kUnreadMax = 64;  // pieces of text that the reader has not taken

// Shared by the answer (on its loop) and the scheduler's thread.
class AnswerSink final : public Sink {
 public:
  AnswerSink(net::Loop* loop, std::size_t choices)
      : channel_(std::make_shared<net::Channel<Output>>(loop, kUnreadMax)), outcomes_(choices) {}

  bool offer(Output& out) override { return channel_->try_send(out); }

  void finish(int choice, Outcome outcome) override {
    std::lock_guard lock(mutex_);
    outcomes_[static_cast<std::size_t>(choice)] = std::move(outcome);
    if (++finished_ == outcomes_.size()) channel_->close();
  }

  net::Channel<Output>& channel() { return *channel_; }
  // After the channel's end.
  std::vector<Outcome> take_outcomes() {
    std::lock_guard lock(mutex_);
    std::vector<Outcome> out;
    for (auto& o : outcomes_) out.push_back(o ? std::move(*o) : Outcome{});
    return out;
  }

  std::vector<Ticket> tickets;  // the loop's
  void cancel_all() {
    for (const Ticket& ticket : tickets) ticket.cancel();
  }

 private:
  std::shared_ptr<net::Channel<Output>> channel_;
  std::mutex mutex_;
  std::vector<std::optional<Outcome>> outcomes_;
  std::size_t finished_ = 0;
};

net::Task<void> drain(std::shared_ptr<AnswerSink> sink) {
  while (true) {
    std::optional<Output> out = co_await sink->channel().receive();
    if (!out) co_return;
  }
}

class GenerationAnswer final : public backends::Answer {
 public:
  GenerationAnswer(std::shared_ptr<AnswerSink> sink, Prepared prepared, std::string model,
                   backends::CallRef call)
      : sink_(std::move(sink)),
        parsers_(std::move(prepared.parsers)),
        model_(std::move(model)),
        call_(std::move(call)) {
    on_stop_.emplace(call_->stop, [sink = sink_] { sink->cancel_all(); });
  }

  ~GenerationAnswer() override {
    on_stop_.reset();
    if (done_) return;
    sink_->cancel_all();
    if (net::Loop* loop = net::Loop::current()) loop->nursery().spawn(drain(sink_));
  }

  const backends::Head& head() const override { return head_; }
  const wire::Usage& usage() const override { return usage_; }

  net::Task<Result<std::optional<backends::Frames>>> next() override {
    backends::Frames frames;
    while (!done_ && frames.events.empty()) {
      std::optional<Output> out = co_await sink_->channel().receive();
      if (out) {
        convert(std::move(*out), false, &frames.events);
      } else {
        end(&frames.events);
      }
    }
    if (!frames.events.empty()) {
      if (!std::exchange(started_, true)) frames.events.insert(frames.events.begin(), start());
      co_return std::optional(std::move(frames));
    }
    if (error_) co_return *std::exchange(error_, std::nullopt);
    co_return std::optional<backends::Frames>();
  }

  net::Task<void> stop() override {
    if (done_) co_return;
    sink_->cancel_all();
    co_await drain(sink_);
    std::vector<wire::Event> events;
    end(&events);
    error_.reset();
  }

 private:
  wire::Event start() const {
    return wire::Started{
        .id = new_id("chatcmpl-"), .model = model_, .created_s = wall_now_ms() / 1000};
  }

  void convert(Output out, bool last, std::vector<wire::Event>* events) {
    auto choice = static_cast<std::size_t>(out.choice);
    if (!parsers_[choice]) {
      if (out.text.empty() && out.logprobs.empty()) return;
      events->emplace_back(wire::TextDelta{
          .choice = out.choice, .text = std::move(out.text), .logprobs = std::move(out.logprobs)});
      return;
    }
    for (wire::Event& event : parsers_[choice]->push(out.text, last)) {
      std::visit(
          [&](auto& e) {
            if constexpr (requires { e.choice; }) e.choice = out.choice;
          },
          event);
      if (auto* text = std::get_if<wire::TextDelta>(&event); text && !out.logprobs.empty()) {
        text->logprobs = std::exchange(out.logprobs, {});
      }
      events->push_back(std::move(event));
    }
  }

  // The channel has ended: what was held back, how each choice ended, what it cost.
  void end(std::vector<wire::Event>* events) {
    done_ = true;
    std::vector<Outcome> outcomes = sink_->take_outcomes();
    usage_ = outcomes.front().usage;
    for (std::size_t i = 1; i < outcomes.size(); ++i) {
      usage_.tokens.output += outcomes[i].usage.tokens.output;
    }
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      Outcome& o = outcomes[i];
      o.rest.choice = static_cast<int>(i);
      convert(std::move(o.rest), !o.error, events);
      if (o.error) {
        error_ = std::move(o.error);
        continue;
      }
      wire::FinishReason reason = o.reason;
      if (reason == wire::FinishReason::kStop && parsers_[i] && parsers_[i]->has_tool_calls()) {
        reason = wire::FinishReason::kToolCalls;
      }
      events->emplace_back(wire::Finished{.choice = static_cast<int>(i),
                                          .reason = reason,
                                          .stop_sequence = std::move(o.stop_sequence)});
    }
    if (!error_) events->emplace_back(wire::UsageReport{.usage = usage_});
  }

  std::shared_ptr<AnswerSink> sink_;
  std::vector<std::unique_ptr<llama::OutputParser>> parsers_;
  std::string model_;
  backends::CallRef call_;
  backends::Head head_;
  wire::Usage usage_;
  std::optional<Error> error_;
  bool done_ = false, started_ = false;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace

Result<std::unique_ptr<backends::Answer>> start_generation(Prepared prepared, std::string model,
                                                           backends::CallRef call) {
  auto sink = std::make_shared<AnswerSink>(net::Loop::current(), prepared.tasks.size());
  // Called on the loop, when there is room after a refused offer.
  sink->channel().set_on_space([weak = std::weak_ptr(sink)] {
    if (auto self = weak.lock()) {
      for (const Ticket& ticket : self->tickets) ticket.wake();
    }
  });
  for (std::size_t i = 0; i < prepared.tasks.size(); ++i) {
    auto ticket = prepared.host->scheduler->submit(std::move(prepared.tasks[i]), sink);
    if (ticket) {
      sink->tickets.push_back(std::move(*ticket));
      continue;
    }
    // The choices already submitted end by themselves; those that never were must be counted.
    sink->cancel_all();
    for (std::size_t j = i; j < prepared.tasks.size(); ++j) {
      sink->finish(static_cast<int>(j), Outcome{});
    }
    if (i > 0) net::Loop::current()->nursery().spawn(drain(sink));
    return std::move(ticket).error();
  }
  return std::unique_ptr<backends::Answer>(std::make_unique<GenerationAnswer>(
      std::move(sink), std::move(prepared), std::move(model), std::move(call)));
}

}  // namespace interposer::engine
