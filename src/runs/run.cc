#include "runs/run.h"

#include "backends/answer_reader.h"
#include "base/metrics.h"
#include "runs/answer.h"

namespace interposer::runs {
namespace {

// One answer on its way into the log. Lives in drive()'s frame; all of it on one loop.
class Recorder {
 public:
  Recorder(Run* run, std::string target, Duration delta_window)
      : run_(run),
        window_(delta_window),
        began_(run->loop->now()),
        mapper_(target, target.starts_with("assistant/"),
                [this](std::string object) { record(object); }) {}
  ~Recorder() { cancel_timer(); }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void accept(const wire::Event& event) { mapper_.accept(event, elapsed_ms()); }

  // At most one delta a window: the first at once, what follows when the window is over.
  void text_window() {
    if (!mapper_.holds_text() || timer_set_) return;
    const TimePoint now = run_->loop->now();
    if (now >= window_end_) {
      flush(now);
      return;
    }
    timer_set_ = true;
    timer_ = run_->loop->start_timer(window_end_, [this] {
      timer_set_ = false;
      flush(run_->loop->now());
    });
  }

  bool full() const { return full_; }

  void end_done(const wire::Usage& usage) { end(mapper_.done(usage, elapsed_ms())); }
  void end_error(const Error& error) { end(mapper_.error(error)); }
  void end_stopped() { end(mapper_.stopped()); }

 private:
  double elapsed_ms() const { return to_ms(run_->loop->now() - began_); }

  void flush(TimePoint now) {
    window_end_ = now + window_;
    mapper_.flush();
  }

  void cancel_timer() {
    if (timer_set_) run_->loop->cancel_timer(timer_);
    timer_set_ = false;
  }

  void record(const std::string& object) {
    LogEvent stored;
    if (!run_->log->append(object, &stored)) {
      full_ = true;
      return;
    }
    WriteOp op;
    op.run = run_->id;
    op.events.push_back(std::move(stored));
    run_->writer->push(std::move(op));
  }

  void end(const std::string& object) {
    cancel_timer();
    LogEvent stored;
    if (!run_->log->close(object, &stored)) return;
    const std::vector<LogEvent> events = run_->log->all();
    WriteOp op;
    op.run = run_->id;
    op.events.push_back(std::move(stored));
    op.finish = true;
    op.state = end_state(events);
    op.answer = fold_answer(events);
    op.at = wall_now_ms();
    metrics::counter("interposer_runs_total", "Answers in conversations, by how they ended",
                     metrics::label("state", state_name(op.state)))
        .add();
    run_->writer->push(std::move(op));
  }

  Run* run_;
  const Duration window_;
  const TimePoint began_;
  Mapper mapper_;
  TimePoint window_end_{};
  net::Loop::TimerId timer_ = 0;
  bool timer_set_ = false;
  bool full_ = false;
};

Error too_long() {
  return make_error(Code::kTooLarge, "the answer grew over the limit of one run",
                    "ask for less at a time", "answer_too_long");
}

net::Task<Status> pull(backends::Answer* answer, Recorder* recorder) {
  backends::AnswerReader reader(wire::Operation::kChat, answer->head());
  std::vector<wire::Event> events;
  while (true) {
    IP_CO_TRY(std::optional<backends::Frames> frames, co_await answer->next());
    events.clear();
    if (!frames) break;
    IP_CO_OK(reader.read(std::move(*frames), &events));
    for (const wire::Event& event : events) recorder->accept(event);
    recorder->text_window();
    if (recorder->full()) co_return too_long();
  }
  IP_CO_OK(reader.finish(&events));
  for (const wire::Event& event : events) recorder->accept(event);
  co_return Status();
}

}  // namespace

void ask_to_stop(const std::shared_ptr<Run>& run) {
  run->loop->post([run] { run->stop.request_stop(); });
}

net::Task<void> drive(std::shared_ptr<Run> run, backends::Backend* backend,
                      backends::RequestRef request, backends::CallRef call, Duration delta_window) {
  Recorder recorder(run.get(), request->model(), delta_window);
  auto served = co_await backend->serve(request, call);
  if (!served) {
    if (run->stop.stop_requested())
      recorder.end_stopped();
    else
      recorder.end_error(served.error());
    co_return;
  }
  const std::unique_ptr<backends::Answer> answer = std::move(*served);
  const Status pulled = co_await pull(answer.get(), &recorder);
  if (!pulled) co_await answer->stop();
  if (pulled && !run->stop.stop_requested())
    recorder.end_done(answer->usage());
  else if (run->stop.stop_requested())
    recorder.end_stopped();
  else
    recorder.end_error(pulled.error());
}

}  // namespace interposer::runs
