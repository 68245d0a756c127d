#include "gateway/answer.h"

#include "net/loop.h"

namespace interposer::gateway {
namespace {

using backends::Frames;

bool carries_something(const Frames& frames) {
  if (!frames.events.empty()) return true;
  std::uint32_t begin = 0;
  for (const std::uint32_t end : frames.ends) {
    const char first = begin < frames.raw.size() ? frames.raw[begin] : '\n';
    if (first != ':' && first != '\n' && first != '\r') return true;
    begin = end;
  }
  return frames.ends.empty() && !frames.raw.empty();
}

class GatewayAnswer : public backends::Answer {
 public:
  GatewayAnswer(Primed primed, Settlement settlement, std::shared_ptr<backends::Backend> backend,
                const std::string& target, const backends::Call& call)
      : backend_(std::move(backend)),
        inner_(std::move(primed.inner)),
        first_(std::move(primed.first)),
        ended_(!first_.has_value()),
        settlement_(std::move(settlement)),
        head_(inner_->head()) {
    head_.headers.reserve(head_.headers.size() + 2);
    head_.headers.emplace_back("x-interposer-target", target);
    head_.headers.emplace_back("x-interposer-trace", call.trace.trace_id);
    if (ended_) settlement_.finish(inner_->usage(), nullptr, net::Loop::current()->now());
  }
  ~GatewayAnswer() override {
    if (settlement_.finished()) return;
    const Error gone = make_error(Code::kCancelled, "the answer was given up");
    settlement_.finish(inner_->usage(), &gone, net::Loop::current()->now());
  }

  const backends::Head& head() const override { return head_; }
  const wire::Usage& usage() const override { return inner_->usage(); }

  net::Task<Result<std::optional<Frames>>> next() override {
    if (first_) co_return std::exchange(first_, std::nullopt);
    if (ended_) co_return std::optional<Frames>();
    Result<std::optional<Frames>> frames = co_await inner_->next();
    if (frames && frames->has_value()) co_return frames;
    ended_ = true;
    const Error* error = frames ? nullptr : &frames.error();
    settlement_.finish(inner_->usage(), error, net::Loop::current()->now());
    co_return frames;
  }

  net::Task<void> stop() override {
    co_await inner_->stop();
    ended_ = true;
    first_.reset();
    const Error stopped = make_error(Code::kCancelled, "the answer was stopped");
    settlement_.finish(inner_->usage(), &stopped, net::Loop::current()->now());
  }

 private:
  std::shared_ptr<backends::Backend> backend_;
  std::unique_ptr<backends::Answer> inner_;
  std::optional<Frames> first_;
  bool ended_;
  Settlement settlement_;
  backends::Head head_;
};

}  // namespace

net::Task<Result<Primed>> prime(std::unique_ptr<backends::Answer> inner) {
  Primed out;
  out.inner = std::move(inner);
  for (;;) {
    Result<std::optional<Frames>> frames = co_await out.inner->next();
    if (!frames) co_return std::move(frames).error();
    if (!frames->has_value()) break;
    if (!carries_something(**frames)) continue;
    out.first = std::move(**frames);
    break;
  }
  co_return out;
}

std::unique_ptr<backends::Answer> make_answer(Primed primed, Settlement settlement,
                                              std::shared_ptr<backends::Backend> backend,
                                              const std::string& target,
                                              const backends::Call& call) {
  return std::make_unique<GatewayAnswer>(std::move(primed), std::move(settlement),
                                         std::move(backend), target, call);
}

}  // namespace interposer::gateway
