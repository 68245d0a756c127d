#include "evals/run/ask.h"

#include <map>
#include <optional>

#include "base/json.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "client/parse.h"
#include "client/sse_reader.h"
#include "net/loop.h"
#include "remote/retry_after.h"
#include "wire/openai/chat_reader.h"

namespace interposer::evals {
namespace {

constexpr std::size_t kErrorBytesMax = 64 * 1024;
constexpr std::size_t kErrorShown = 500;  // bytes kept in the record
constexpr std::size_t kBodyBytesMax = std::size_t{32} << 20;
constexpr std::size_t kAnswerBytesMax = std::size_t{16} << 20;

Result<http::Url> url_of(const Endpoint& endpoint, const std::string& path) {
  const bool api = path.starts_with("/api/");
  if (!endpoint.socket.empty())
    return http::Url{"unix", endpoint.socket, 0, api ? path : "/v1" + path};
  IP_TRY(http::Url url, http::Url::parse(endpoint.url));
  while (url.path.ends_with('/')) url.path.pop_back();
  if (api) {  // an own server's address may be given with its /v1
    if (url.path.ends_with("/v1")) url.path.resize(url.path.size() - 3);
  } else if (endpoint.own) {
    url.path += "/v1";
  }
  url.path += path;
  return url;
}

// What the events of a streamed answer add up to.
class Reading {
 public:
  explicit Reading(Response* out) : out_(out) {}

  void take(const std::vector<wire::Event>& events, Duration since_start) {
    for (const wire::Event& event : events) take_one(event, since_start);
  }
  std::size_t bytes() const { return out_->text.size() + out_->reasoning.size(); }

  void finish(const wire::Usage& usage) {
    out_->input_tokens = usage.tokens.prompt();
    out_->cached_tokens = usage.tokens.cache_read;
    out_->output_tokens = usage.tokens.answer();
    write_calls();
    out_->status = status();
  }

 private:
  struct Call {
    std::string name, arguments;
  };

  void take_one(const wire::Event& event, Duration since_start) {
    if (const auto* text = std::get_if<wire::TextDelta>(&event)) {
      if (text->choice != 0 || text->text.empty()) return;
      if (!out_->ttft_ms) out_->ttft_ms = to_ms(since_start);
      out_->text += text->text;
    } else if (const auto* reasoning = std::get_if<wire::ReasoningDelta>(&event)) {
      if (!out_->ttft_ms && !reasoning->text.empty()) out_->ttft_ms = to_ms(since_start);
      out_->reasoning += reasoning->text;
    } else if (const auto* refusal = std::get_if<wire::RefusalDelta>(&event)) {
      out_->text += refusal->text;
      refused_ = true;
    } else if (const auto* call = std::get_if<wire::ToolCallDelta>(&event)) {
      if (!out_->ttft_ms) out_->ttft_ms = to_ms(since_start);
      Call& made = calls_[call->index];
      made.name += call->name;
      made.arguments += call->arguments;
    } else if (const auto* end = std::get_if<wire::Finished>(&event)) {
      if (end->choice == 0) reason_ = end->reason;
    }
  }

  void write_calls() {
    if (calls_.empty()) return;
    JsonWriter w;
    w.begin_array();
    for (const auto& [index, call] : calls_)
      w.begin_object().field("name", call.name).field("arguments", call.arguments).end_object();
    out_->tool_calls = w.end_array().take();
  }

  UnitStatus status() {
    static constexpr const char* kNames[] = {"stop",           "length",  "tool_calls",
                                             "content_filter", "refusal", "error"};
    if (reason_) out_->finish = kNames[static_cast<std::size_t>(*reason_)];
    // Reasoning without its end never reaches an extractor, whatever the finish reason says.
    const bool thinking = out_->text.rfind("<think>") != std::string::npos &&
                          out_->text.find("</think>") == std::string::npos;
    if (reason_ == wire::FinishReason::kLength || thinking) return UnitStatus::kTruncated;
    if (refused_ || reason_ == wire::FinishReason::kRefusal ||
        reason_ == wire::FinishReason::kContentFilter)
      return UnitStatus::kRefused;
    if (reason_ == wire::FinishReason::kError) return UnitStatus::kProviderError;
    if (trim(out_->text).empty() && calls_.empty()) return UnitStatus::kEmpty;
    for (const auto& [index, call] : calls_) {
      if (call.name.empty() || !trim(call.arguments).starts_with('{'))
        return UnitStatus::kToolError;
    }
    return UnitStatus::kOk;
  }

  Response* out_;
  std::map<int, Call> calls_;
  std::optional<wire::FinishReason> reason_;
  bool refused_ = false;
};

bool is_temporary(const Error& error) {
  return error.code == Code::kUnavailable || error.code == Code::kDeadlineExceeded ||
         error.code == Code::kResourceExhausted;
}

void fail(Asked* out, const Error& error) {
  out->response.status = error.code == Code::kDeadlineExceeded ? UnitStatus::kTimeout
                         : error.code == Code::kCancelled      ? UnitStatus::kHarnessError
                                                               : UnitStatus::kProviderError;
  std::string text = error.to_string();
  if (text.size() > kErrorShown) text.resize(utf8_floor(text, kErrorShown));
  out->response.error = std::move(text);
  out->retry = is_temporary(error);
}

net::Task<Status> read_stream(http::ClientResponse* response, TimePoint start, Response* out) {
  client::SseReader frames(response);
  wire::openai::ChatReader reader;
  Reading reading(out);
  std::vector<wire::Event> events;
  for (;;) {
    auto frame = co_await frames.next();
    if (!frame) co_return frame.error();
    events.clear();
    if (!*frame) break;
    IP_CO_OK(reader.read_frame((*frame)->frame, &events));
    reading.take(events, net::Loop::current()->now() - start);
    if (reading.bytes() > kAnswerBytesMax)
      co_return make_error(Code::kTooLarge, "the answer is longer than 16 MiB");
  }
  IP_CO_OK(reader.finish(&events));
  reading.take(events, net::Loop::current()->now() - start);
  reading.finish(reader.usage());
  co_return Status();
}

net::Task<Status> read_whole(http::ClientResponse* response, RunnerKind kind, TimePoint start,
                             Response* out) {
  auto body = co_await response->read_all(kBodyBytesMax);
  if (!body) co_return body.error();
  if (kind == RunnerKind::kRetrieve) {
    read_search_body(*body, out);
  } else if (kind == RunnerKind::kGrounded) {
    read_grounded_body(*body, out);
  } else {  // a target that does not stream
    wire::openai::ChatReader reader;
    Reading reading(out);
    std::vector<wire::Event> events;
    IP_CO_OK(reader.read_body(*body, &events));
    reading.take(events, net::Loop::current()->now() - start);
    reading.finish(reader.usage());
  }
  co_return Status();
}

http::ClientRequest request_of(const AskContext& context, const Unit& unit, const http::Url& url,
                               const std::string& idempotency_key) {
  http::ClientRequest out;
  out.method = unit.method;
  out.url = url;
  if (!unit.body.empty()) {
    out.headers.add("Content-Type", "application/json");
    out.body.push_back(unit.body);
  }
  out.headers.add("Accept", "text/event-stream, application/json");
  out.headers.add("Idempotency-Key", idempotency_key);
  if (!context.key.empty()) out.headers.add("Authorization", "Bearer " + context.key.reveal());
  out.deadlines.headers = context.timeout;
  out.deadlines.read = context.timeout;
  out.deadlines.total = time_after(net::Loop::current()->now(), context.timeout);
  out.stop = context.stop;
  return out;
}

}  // namespace

void read_search_body(std::string_view body, Response* out) {
  const auto answer = client::parse_search(std::string(body));
  if (!answer) {
    out->status = UnitStatus::kProviderError;
    out->error = answer.error().to_string();
    return;
  }
  JsonWriter w;
  w.begin_object().key("documents").begin_array();
  for (const client::SearchHit& hit : answer->hits) {
    w.string(hit.document);
    out->text += hit.document + "\n";
  }
  out->extra = w.end_array().end_object().take();
  out->status = answer->hits.empty() ? UnitStatus::kEmpty : UnitStatus::kOk;
}

void read_grounded_body(std::string_view body, Response* out) {
  const auto answer = client::parse_answer(std::string(body));
  if (!answer) {
    out->status = UnitStatus::kProviderError;
    out->error = answer.error().to_string();
    return;
  }
  out->text = answer->refused ? answer->reason : answer->answer;
  // One line, whatever white space the server wrote between its tokens.
  std::string json = answer->json;
  std::erase_if(json, [](char c) { return c == '\n' || c == '\r'; });
  out->extra = std::move(json);
  out->status = answer->refused                                         ? UnitStatus::kRefused
                : trim(out->text).empty() && answer->table_json.empty() ? UnitStatus::kEmpty
                                                                        : UnitStatus::kOk;
}

net::Task<Asked> ask(const AskContext* context, const Unit* unit, RunnerKind kind,
                     std::string idempotency_key) {
  Asked out;
  const auto url = url_of(context->endpoint, unit->path);
  if (!url) {
    fail(&out, url.error());
    out.response.status = UnitStatus::kHarnessError;
    co_return out;
  }
  const TimePoint start = net::Loop::current()->now();
  auto response =
      co_await context->client->send(request_of(*context, *unit, *url, idempotency_key));
  if (!response) {
    fail(&out, response.error());
    co_return out;
  }
  const http::ResponseHead& head = (*response)->head();
  out.response.http = head.status;
  if (head.status < 200 || head.status >= 300) {
    auto body = co_await (*response)->read_all(kErrorBytesMax);
    fail(&out, client::parse_error(head.status, body ? *body : std::string()));
    out.response.status = UnitStatus::kProviderError;
    out.retry = head.status == 429 || head.status == 408 || head.status >= 500;
    out.wait = remote::retry_after(head.headers, wall_now_ms()).value_or(Duration{});
    co_return out;
  }
  const auto type = head.headers.get("Content-Type");
  const bool stream = type && type->starts_with("text/event-stream");
  Status read;
  if (stream) {
    read = co_await read_stream(response->get(), start, &out.response);
  } else {
    read = co_await read_whole(response->get(), kind, start, &out.response);
  }
  out.response.total_ms = to_ms(net::Loop::current()->now() - start);
  if (!read) fail(&out, read.error());
  co_return out;
}

}  // namespace interposer::evals
