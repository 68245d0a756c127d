#include "client/client.h"

#include "base/json.h"
#include "base/strings.h"
#include "client/parse.h"
#include "client/sse_reader.h"

namespace interposer::client {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kEvents = "text/event-stream";
constexpr std::size_t kErrorBytesMax = 1024 * 1024;

std::string document_path(std::string_view document) {
  const std::size_t slash = document.find('/');
  const std::string_view id =
      slash == std::string_view::npos ? std::string_view() : document.substr(slash + 1);
  return "/api/v1/documents/" + percent_encode(document.substr(0, slash)) + "/" +
         percent_encode(id);
}

}  // namespace

Result<std::unique_ptr<Client>> Client::create(net::Loop* loop, Target target) {
  http::Url base;
  if (!target.socket.empty()) {
    base = http::Url{"unix", target.socket, 0, "/"};
  } else {
    IP_TRY(base, http::Url::parse(target.url));
  }
  http::ClientOptions options;
  options.idle_per_host = 2;
  return std::unique_ptr<Client>(
      new Client(http::Client::create(loop, options), std::move(base), std::move(target)));
}

Error Client::explain(Error error) const {
  if (error.kind != "connect") return error;
  const std::string where = target_.socket.empty() ? base_.to_string() : target_.socket;
  return make_error(Code::kUnavailable, "no server answers at " + where,
                    "start it with `interposer serve`", "not_running");
}

net::Task<Result<Client::Response>> Client::open(std::string method, std::string path,
                                                 std::string_view body, std::string_view accept) {
  http::ClientRequest request;
  request.method = std::move(method);
  request.url = base_;
  request.url.path = std::move(path);
  request.headers.add("Accept", std::string(accept));
  if (request.method != "GET" && request.method != "DELETE")
    request.headers.add("Content-Type", std::string(kJson));
  if (!target_.key.empty()) request.headers.add("Authorization", "Bearer " + target_.key.reveal());
  if (!body.empty()) request.body.push_back(body);
  // A search waits for a model, an ingest for a queue: the server's own deadlines decide.
  request.deadlines.headers = std::chrono::minutes(10);
  request.deadlines.read = std::chrono::minutes(10);
  request.stop = stop_.get_token();
  auto response = co_await http_->send(std::move(request));
  if (!response) co_return explain(std::move(response).error());
  co_return std::move(*response);
}

net::Task<Result<Client::Response>> Client::open_checked(std::string method, std::string path,
                                                         std::string_view body,
                                                         std::string_view accept) {
  IP_CO_TRY(Response response, co_await open(std::move(method), std::move(path), body, accept));
  const int status = response->head().status;
  if (status >= 200 && status < 300) co_return std::move(response);
  IP_CO_TRY(const std::string text, co_await response->read_all(kErrorBytesMax));
  co_return parse_error(status, text);
}

net::Task<Result<std::string>> Client::get(std::string path) {
  IP_CO_TRY(Response response, co_await open_checked("GET", std::move(path), {}, kJson));
  co_return co_await response->read_all(kAnswerBytesMax);
}

net::Task<Result<std::string>> Client::send_json(std::string method, std::string path,
                                                 std::string body) {
  IP_CO_TRY(Response response,
            co_await open_checked(std::move(method), std::move(path), body, kJson));
  co_return co_await response->read_all(kAnswerBytesMax);
}

net::Task<Result<ServerStatus>> Client::status() {
  IP_CO_TRY(std::string text, co_await get("/api/v1/status"));
  co_return parse_status(std::move(text));
}

net::Task<Result<ServerStatus>> Client::connect(std::string version) {
  IP_CO_TRY(ServerStatus found, co_await status());
  if (found.version != version)
    co_return make_error(
        Code::kFailedPrecondition,
        "the running server is version " + found.version + ", this program is " + version,
        "stop that server and start it again with this program", "version_mismatch");
  co_return found;
}

net::Task<Result<std::vector<Base>>> Client::bases() {
  IP_CO_TRY(const std::string text, co_await get("/api/v1/bases"));
  co_return parse_bases(text);
}

net::Task<Result<Base>> Client::create_base(std::string name) {
  JsonWriter w;
  w.begin_object().field("name", name).end_object();
  IP_CO_TRY(const std::string text, co_await send_json("POST", "/api/v1/bases", w.take()));
  co_return parse_base(text);
}

net::Task<Result<Documents>> Client::documents(std::string base, std::int64_t offset,
                                               std::int64_t limit) {
  const std::string path = "/api/v1/bases/" + percent_encode(base) +
                           "/documents?offset=" + std::to_string(offset) +
                           "&limit=" + std::to_string(limit);
  IP_CO_TRY(const std::string text, co_await get(path));
  co_return parse_documents(text);
}

net::Task<Result<Source>> Client::source(std::string document, std::string version) {
  std::string path = document_path(document);
  if (!version.empty()) path += "?version=" + percent_encode(version);
  IP_CO_TRY(std::string text, co_await get(std::move(path)));
  co_return parse_source(std::move(text));
}

net::Task<Status> Client::remove_document(std::string document) {
  const auto response = co_await open_checked("DELETE", document_path(document), {}, kJson);
  if (!response) co_return response.error();
  co_return Status();
}

net::Task<Result<SearchAnswer>> Client::search(SearchQuery query) {
  std::string path = "/api/v1/search?q=" + percent_encode(query.query) +
                     "&k=" + std::to_string(query.k) + "&legs=" + percent_encode(query.legs);
  if (!query.base.empty()) path += "&base=" + percent_encode(query.base);
  if (query.by_document) path += "&by=document";
  IP_CO_TRY(std::string text, co_await get(std::move(path)));
  co_return parse_search(std::move(text));
}

net::Task<Result<std::vector<UsageRow>>> Client::usage() {
  IP_CO_TRY(const std::string text, co_await get("/api/v1/usage"));
  co_return parse_usage(text);
}

net::Task<Result<Answer>> Client::ask(Question question, OnAnswerEvent on_event) {
  JsonWriter w;
  w.begin_object().field("question", question.question);
  if (!question.base.empty()) w.field("base", question.base);
  if (!question.mode.empty()) w.field("mode", question.mode);
  if (!question.answer_with.empty()) w.field("model", question.answer_with);
  if (on_event) w.field("stream", true);
  const std::string body = w.end_object().take();
  if (!on_event) {
    IP_CO_TRY(std::string text, co_await send_json("POST", "/api/v1/ask", body));
    co_return parse_answer(std::move(text));
  }
  IP_CO_TRY(const Response response, co_await open_checked("POST", "/api/v1/ask", body, kEvents));
  SseReader reader(response.get());
  while (true) {
    IP_CO_TRY(std::optional<StreamEvent> event, co_await reader.next());
    if (!event)
      co_return make_error(Code::kUnavailable, "the answer was cut off",
                           "ask again; the server's log says why", "truncated");
    if (event->event == "answer") co_return parse_answer(std::move(event->data));
    if (event->event == "error") co_return parse_error(502, event->data);
    IP_CO_TRY(const std::string type, parse_text_member(event->data, "type"));
    on_event({type, event->data});
  }
}

net::Task<Result<IngestSummary>> Client::ingest(Ingest ingest, OnJobEvent on_event) {
  JsonWriter w;
  w.begin_object().field("base", ingest.base).key("paths").begin_array();
  for (const std::string& path : ingest.paths) w.string(path);
  w.end_array().field("format", ingest.format).field("vectors", ingest.vectors).end_object();
  IP_CO_TRY(const std::string text, co_await send_json("POST", "/api/v1/ingest", w.take()));
  IP_CO_TRY(const std::string job, parse_text_member(text, "job"));
  co_return co_await follow(job, std::move(on_event));
}

net::Task<Result<IngestSummary>> Client::reindex(std::string base, OnJobEvent on_event) {
  const std::string path = "/api/v1/bases/" + percent_encode(base) + "/reindex";
  IP_CO_TRY(const std::string text, co_await send_json("POST", path, "{}"));
  IP_CO_TRY(const std::string job, parse_text_member(text, "job"));
  co_return co_await follow(job, std::move(on_event));
}

net::Task<Result<IngestSummary>> Client::follow(std::string job, OnJobEvent on_event) {
  JobEvent last;
  for (int attempt = 1;; ++attempt) {
    const std::int64_t before = last.n;
    auto ended = co_await follow_once(job, &on_event, &last);
    if (ended && *ended) break;
    if (last.n > before) attempt = 1;
    // What the server refuses, and what was asked to stop, is not tried again.
    if (!ended && ended.error().code != Code::kUnavailable) co_return ended.error();
    if (attempt >= kFollowAttempts) {
      if (!ended) co_return ended.error();
      co_return make_error(Code::kUnavailable, "the job's events were cut off",
                           "ask again: what was ingested is kept", "truncated");
    }
  }
  if (last.type == "error")
    co_return make_error(Code::kFailedPrecondition, last.reason, last.remedy, "job_failed");
  co_return last.summary;
}

net::Task<Result<bool>> Client::follow_once(std::string job, const OnJobEvent* on_event,
                                            JobEvent* last) {
  const std::string path =
      "/api/v1/jobs/" + percent_encode(job) + "/events?after=" + std::to_string(last->n);
  IP_CO_TRY(const Response response, co_await open_checked("GET", path, {}, kEvents));
  SseReader reader(response.get());
  while (true) {
    IP_CO_TRY(const std::optional<StreamEvent> event, co_await reader.next());
    if (!event) co_return false;
    IP_CO_TRY(*last, parse_job_event(event->data));
    if (*on_event) (*on_event)(*last);
    if (last->type == "done" || last->type == "error") co_return true;
  }
}

}  // namespace interposer::client
