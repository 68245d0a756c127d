#include <functional>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/ids.h"
#include "engine/answer.h"
#include "net/channel.h"
#include "net/nursery.h"

namespace interposer::engine {
namespace {

// Shared by the answer (on its loop) and the worker's thread.
struct EmbedState {
  EmbedState(net::Loop* loop, EmbedWorker* w)
      : channel(std::make_shared<net::Channel<Result<EmbedOutcome>>>(loop, 1)),
        cancelled(std::make_shared<std::atomic<bool>>(false)),
        worker(w) {}
  void cancel() const {
    *cancelled = true;
    worker->ring();
  }
  std::shared_ptr<net::Channel<Result<EmbedOutcome>>> channel;
  std::shared_ptr<std::atomic<bool>> cancelled;
  EmbedWorker* worker;
};

net::Task<void> drain(std::shared_ptr<EmbedState> state) {
  std::optional<Result<EmbedOutcome>> out = co_await state->channel->receive();
  (void)out;
}

class EmbeddingAnswer final : public backends::Answer {
 public:
  EmbeddingAnswer(std::shared_ptr<EmbedState> state, std::string model, backends::CallRef call)
      : state_(std::move(state)), model_(std::move(model)), call_(std::move(call)) {
    on_stop_.emplace(call_->stop, [state = state_] { state->cancel(); });
  }
  ~EmbeddingAnswer() override {
    on_stop_.reset();
    if (done_) return;
    state_->cancel();
    if (net::Loop* loop = net::Loop::current()) loop->nursery().spawn(drain(state_));
  }

  const backends::Head& head() const override { return head_; }
  const wire::Usage& usage() const override { return usage_; }

  net::Task<Result<std::optional<backends::Frames>>> next() override {
    if (done_) co_return std::optional<backends::Frames>();
    std::optional<Result<EmbedOutcome>> out = co_await state_->channel->receive();
    done_ = true;
    if (!out->ok()) {
      usage_.final = true;
      co_return std::move(*out).error();
    }
    usage_ = (*out)->usage;
    backends::Frames frames;
    frames.events.emplace_back(
        wire::Started{.id = new_id("embd-"), .model = model_, .created_s = wall_now_ms() / 1000});
    int index = 0;
    for (auto& row : (*out)->rows) {
      frames.events.emplace_back(wire::Embedding{.index = index++, .values = std::move(row)});
    }
    frames.events.emplace_back(wire::UsageReport{.usage = usage_});
    co_return std::optional(std::move(frames));
  }

  net::Task<void> stop() override {
    if (done_) co_return;
    state_->cancel();
    co_await drain(state_);
    done_ = true;
    usage_.final = true;
  }

 private:
  std::shared_ptr<EmbedState> state_;
  std::string model_;
  backends::CallRef call_;
  backends::Head head_;
  wire::Usage usage_;
  bool done_ = false;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace

Result<std::unique_ptr<backends::Answer>> start_embedding(PreparedEmbedding prepared,
                                                          std::string model,
                                                          backends::CallRef call) {
  auto state = std::make_shared<EmbedState>(net::Loop::current(), prepared.host->worker.get());
  EmbedTask task;
  task.texts = std::move(prepared.texts);
  task.cancelled = state->cancelled;
  task.finish_by = call->deadlines.total;
  task.done = [channel = state->channel](Result<EmbedOutcome> r) {
    channel->try_send(std::move(r));
  };
  IP_OK(state->worker->submit(std::move(task)));
  return std::unique_ptr<backends::Answer>(
      std::make_unique<EmbeddingAnswer>(std::move(state), std::move(model), std::move(call)));
}

}  // namespace interposer::engine
