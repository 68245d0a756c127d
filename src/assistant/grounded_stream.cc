#include "assistant/grounded_stream.h"

#include <fmt/format.h>

#include "assistant/emitter.h"
#include "assistant/look.h"
#include "assistant/writer.h"
#include "base/ids.h"
#include "net/loop.h"

namespace interposer::assistant {
namespace {

using backends::Frames;

struct RequestStop {
  std::stop_source* source;
  void operator()() const { source->request_stop(); }
};

class GroundedAnswer : public backends::Answer {
 public:
  GroundedAnswer(const knowledge::Knowledge* knowledge, backends::Backend* writer, Task task,
                 backends::CallRef call)
      : knowledge_(knowledge),
        writer_(writer),
        task_(std::move(task)),
        call_(std::move(call)),
        emit_(&events_),
        link_(call_->stop, RequestStop{&stop_}) {}

  const backends::Head& head() const override { return head_; }
  const wire::Usage& usage() const override { return usage_; }

  net::Task<Result<std::optional<Frames>>> next() override {
    if (state_ == State::kDone) co_return std::optional<Frames>();
    busy_ = true;
    idle_ = net::Event();
    Status status;
    if (state_ == State::kLook) status = co_await look_up();
    while (status.ok() && state_ == State::kWrite && events_.empty()) status = co_await write_on();
    busy_ = false;
    idle_.fire();
    if (!status) {
      state_ = State::kDone;
      usage_.final = true;
      co_return std::move(status).error();
    }
    Frames frames;
    frames.events = std::exchange(events_, {});
    co_return std::optional<Frames>(std::move(frames));
  }

  net::Task<void> stop() override {
    stop_.request_stop();
    if (busy_) co_await idle_;
    if (writing_) co_await writing_->stop();
    state_ = State::kDone;
    usage_.final = true;
  }

 private:
  enum class State { kLook, kWrite, kDone };

  net::Task<Status> look_up() {
    net::Loop* loop = net::Loop::current();
    std::optional<net::Loop::TimerId> timer;
    if (call_->deadlines.total != kNever) {
      timer = loop->start_timer(call_->deadlines.total, [this] {
        late_ = true;
        stop_.request_stop();
      });
    }
    std::function<Result<Looked>()> work = [knowledge = knowledge_, base = task_.base,
                                            question = task_.question, token = stop_.get_token()] {
      return look(*knowledge, base, question, token);
    };
    Result<Looked> looked = co_await net::offload<Result<Looked>>(std::move(work));
    if (timer) loop->cancel_timer(*timer);
    if (late_) {
      co_return make_error(Code::kDeadlineExceeded, "the search ran past the request's deadline",
                           "ask again, or allow more time");
    }
    if (!looked) co_return std::move(looked).error();
    looked_ = *std::move(looked);
    const Status status = co_await begin();
    co_return status;
  }

  net::Task<Status> begin() {
    why_.route = looked_.route;
    if (looked_.extraction) {
      why_.threshold = kAnswerThreshold;
      why_.coverage = looked_.extraction->features.coverage;
      why_.probability = looked_.extraction->probability;
      for (const auto& [name, value] : looked_.extraction->features.named()) {
        why_.features.emplace_back(name, value);
      }
      why_.evidence = evidence_of(looked_.extraction->gathered);
      why_.considered = considered_of(looked_.extraction->gathered);
    }
    const bool table = looked_.table.has_value();
    const bool writes = !table && writer_ != nullptr && !looked_.extraction->refused;
    emit_.start(new_id("ask_"),
                table    ? "table"
                : writes ? "generate"
                         : "extract",
                task_.model, task_.base, looked_.searched);
    if (table) {
      give_table(*looked_.table);
    } else if (looked_.extraction->refused) {
      refuse(looked_.extraction->reason);
    } else if (!writes) {
      give_evidence();
    } else {
      const Status status = co_await begin_writing();
      co_return status;
    }
    co_return Status();
  }

  void give_table(const TableAnswer& answer) {
    if (answer.refused) {
      refuse(answer.reason);
      return;
    }
    emit_.cite_all(answer.citations);
    bool first = true;
    for (const Said& said : answer.sentences) {
      emit_.sentence(said, answer.citations,
                     first ? "\n\n" + to_markdown(answer.table) + "\n" : "");
      if (first) {
        emit_.table(answer.table);
        if (answer.chart) emit_.chart(*answer.chart);
      }
      first = false;
    }
    finish(wire::FinishReason::kStop);
  }

  void give_evidence() {
    for (const Said& said : looked_.extraction->sentences) {
      emit_.sentence(said, looked_.extraction->citations);
    }
    finish(wire::FinishReason::kStop);
  }

  void refuse(std::string reason) {
    Refusal refusal;
    refusal.reason = std::move(reason);
    refusal.searched = looked_.searched;
    if (looked_.extraction) refusal.nearest = nearest_of(looked_.extraction->gathered.found);
    emit_.refusal(refusal);
    finish(wire::FinishReason::kStop);
  }

  void finish(wire::FinishReason reason) {
    emit_.why(why_);
    usage_.reported = true;
    usage_.final = true;
    emit_.finish(reason, usage_);
    state_ = State::kDone;
  }

  net::Task<Status> begin_writing() {
    std::function<Result<std::vector<EvidenceSentence>>()> work = [this] {
      return evidence_for(*knowledge_, *looked_.extraction);
    };
    Result<std::vector<EvidenceSentence>> evidence =
        co_await net::offload<Result<std::vector<EvidenceSentence>>>(std::move(work));
    if (!evidence) co_return std::move(evidence).error();
    why_.route.push_back(fmt::format("written by {}", task_.answer_with));
    writing_ = std::make_unique<Writer>(writer_, task_, *std::move(evidence));
    const Status begun = co_await writing_->begin(call_, stop_.get_token());
    state_ = State::kWrite;
    if (!begun) fall_back(begun.error());
    co_return Status();
  }

  // Nothing was shown yet: the evidence itself is the answer.
  void fall_back(const Error& error) {
    why_.route.push_back(fmt::format("evidence instead: {}", error.message));
    usage_ = writing_->usage();
    give_evidence();
  }

  net::Task<Status> write_on() {
    Result<Writer::Step> step = co_await writing_->next();
    usage_ = writing_->usage();
    if (!step) {
      const bool stopped = step.error().code == Code::kCancelled;
      if (emit_.sentences() > 0 || stopped) co_return std::move(step).error();
      fall_back(step.error());
      co_return Status();
    }
    for (const Said& said : step->sentences) emit_.sentence(said, writing_->citations());
    for (const std::string& note : step->dropped)
      why_.route.push_back(fmt::format("dropped: {}", note));
    if (!step->finished) co_return Status();
    if (emit_.sentences() > 0) {
      finish(step->cut ? wire::FinishReason::kLength : wire::FinishReason::kStop);
    } else if (step->says_no_answer) {
      refuse(fmt::format("{} found no answer in the evidence of '{}'.", task_.answer_with,
                         task_.base));
    } else {
      fall_back(
          make_error(Code::kUnavailable, "no written sentence was supported by what it cited"));
    }
    co_return Status();
  }

  const knowledge::Knowledge* knowledge_;
  backends::Backend* writer_;
  const Task task_;
  const backends::CallRef call_;
  backends::Head head_;
  wire::Usage usage_;
  std::vector<wire::Event> events_;
  Emitter emit_;
  Looked looked_;
  Why why_;
  std::unique_ptr<Writer> writing_;
  State state_ = State::kLook;
  std::stop_source stop_;
  bool late_ = false;
  bool busy_ = false;
  net::Event idle_;
  std::stop_callback<RequestStop> link_;
};

}  // namespace

std::unique_ptr<backends::Answer> make_grounded_answer(const knowledge::Knowledge* knowledge,
                                                       backends::Backend* writer, Task task,
                                                       backends::CallRef call) {
  return std::make_unique<GroundedAnswer>(knowledge, writer, std::move(task), std::move(call));
}

}  // namespace interposer::assistant
