#include "api/ask/handlers.h"

#include "api/bases/names.h"
#include "api/common/body.h"
#include "api/common/events.h"
#include "api/reply.h"
#include "assistant/answer.h"
#include "backends/answer_reader.h"
#include "base/ids.h"
#include "net/loop.h"
#include "runs/history.h"
#include "runs/mapper.h"

namespace interposer::api {
namespace {

constexpr std::size_t kAnswerBytesMax = 8 * 1024 * 1024;
constexpr Duration kAskDeadline = std::chrono::minutes(10);

struct Question {
  runs::TurnRequest turn;
  bool stream = false;
};

// One answer on its way to one reader, who waits for it; nothing is kept.
struct Asking {
  explicit Asking(const std::string& target)
      : log(kAnswerBytesMax),
        mapper(target, true, [this](std::string object) { full = !log.append(object) || full; }) {}
  void accept(const wire::Event& event, double at_ms) {
    mapper.accept(event, at_ms);
    fold.accept(event, at_ms);
  }
  void end(const std::string& question, const wire::Usage& usage, double total_ms) {
    log.close(mapper.done(usage, total_ms));
    whole = assistant::ask_json(fold.take(question, total_ms));
  }

  double elapsed_ms() const { return to_ms(net::Loop::current()->now() - began); }

  const TimePoint began = net::Loop::current()->now();  // the question's arrival
  runs::EventLog log;
  runs::Mapper mapper;
  assistant::AnswerFold fold;
  std::string whole;  // the object, once it ended
  std::int64_t sent = 0;
  bool full = false;
};

net::Task<Result<Question>> read_question(Request* request) {
  IP_CO_TRY(Body body, co_await Body::read(request));
  Question question;
  IP_CO_TRY(question.turn.question, body.need_text("question"));
  if (question.turn.question.empty() || question.turn.question.size() > runs::kQuestionBytesMax)
    co_return make_error(Code::kInvalidArgument, "field 'question' is empty or too long",
                         "write the question as text", "invalid_question");
  IP_CO_TRY(question.turn.mode, body.word("mode", {"auto", "extract", "generate"}));
  if (question.turn.mode == "auto") question.turn.mode.clear();
  IP_CO_TRY(question.turn.answer_with, body.text("model"));
  IP_CO_TRY(question.stream, body.boolean("stream", false));
  IP_CO_TRY(const std::string named, body.text("base"));
  const Services* services = request->services;
  const backends::Principal who = request->principal;
  const auto base = co_await net::offload<Result<std::string>>(
      [services, who, named] { return base_or_default(*services, who, named); });
  if (!base) co_return base.error();
  question.turn.target = "assistant/" + *base;
  co_return question;
}

backends::CallRef make_call(const Request& request) {
  const auto call = std::make_shared<backends::Call>();
  call->principal = request.principal;
  call->deadlines.total = net::Loop::current()->now() + kAskDeadline;
  call->stop = request.exchange->gone();
  call->trace.trace_id = request.trace_id;
  call->trace.span_id = new_span_id();
  return call;
}

// Sends what the reader has not had yet.
net::Task<Status> send_events(http::Exchange* exchange, Asking* asking) {
  bool end = false;
  std::string bytes;
  for (const runs::LogEvent& event : asking->log.read(asking->sent, kAnswerBytesMax, &end)) {
    bytes += "id: " + std::to_string(event.n) + "\ndata: " + event.json + "\n\n";
    asking->sent = event.n;
  }
  if (bytes.empty()) co_return Status();
  co_return co_await exchange->write(bytes);
}

// `exchange`: where the events go as they come; null: they are only kept.
net::Task<Status> pull(backends::Answer* answer, Asking* asking, http::Exchange* exchange,
                       std::string question) {
  backends::AnswerReader reader(wire::Operation::kChat, answer->head());
  std::vector<wire::Event> events;
  bool more = true;
  while (more) {
    IP_CO_TRY(std::optional<backends::Frames> frames, co_await answer->next());
    more = frames.has_value();
    events.clear();
    Status read = more ? reader.read(std::move(*frames), &events) : reader.finish(&events);
    if (!read) co_return read;
    for (const wire::Event& event : events) asking->accept(event, asking->elapsed_ms());
    if (asking->full)
      co_return make_error(Code::kTooLarge, "the answer grew over its limit",
                           "ask for less at a time", "answer_too_long");
    if (exchange == nullptr) continue;
    IP_CO_OK(co_await send_events(exchange, asking));
  }
  asking->end(question, answer->usage(), asking->elapsed_ms());
  co_return Status();
}

net::Task<Status> run_answer(backends::Answer* answer, Asking* asking, http::Exchange* exchange,
                             std::string question) {
  const Status pulled = co_await pull(answer, asking, exchange, std::move(question));
  if (!pulled) co_await answer->stop();
  co_return pulled;
}

net::Task<void> answer_whole(http::Exchange* exchange, backends::Answer* answer, Asking* asking,
                             std::string question) {
  const Status done = co_await run_answer(answer, asking, nullptr, std::move(question));
  if (!done) {
    co_await reply_error(exchange, done.error());
    co_return;
  }
  co_await reply_json(exchange, 200, asking->whole);
}

net::Task<void> answer_stream(http::Exchange* exchange, backends::Answer* answer, Asking* asking,
                              std::string question) {
  const Status started = co_await exchange->start(event_stream_head());
  if (!started) {
    co_await answer->stop();
    co_return;
  }
  const Status done = co_await run_answer(answer, asking, exchange, std::move(question));
  const Status flushed = co_await send_events(exchange, asking);
  if (!flushed) co_return;
  const std::string last =
      done ? "event: answer\ndata: " + asking->whole
           : "event: error\ndata: " + error_body(done.error(), ErrorShape::kOwn);
  const Status written = co_await exchange->write(last + "\n\n");
  if (!written) co_return;
  (void)co_await exchange->finish();
}

net::Task<void> ask(Request* request) {
  const Result<Question> question = co_await read_question(request);
  if (!question) {
    co_await reply_error(request->exchange, question.error());
    co_return;
  }
  const runs::TurnRequest& turn = question->turn;
  Asking asking(turn.target);
  auto served = co_await request->services->gateway->serve(
      wire::Request::from_chat(turn.target, runs::build_chat({}, turn, 0)), make_call(*request));
  if (!served) {
    co_await reply_error(request->exchange, served.error());
    co_return;
  }
  const std::unique_ptr<backends::Answer> answer = std::move(*served);
  if (question->stream)
    co_await answer_stream(request->exchange, answer.get(), &asking, turn.question);
  else
    co_await answer_whole(request->exchange, answer.get(), &asking, turn.question);
}

}  // namespace

void add_ask_routes(Registrar* routes) { routes->raw("POST", "/api/v1/ask", ask); }

}  // namespace interposer::api
