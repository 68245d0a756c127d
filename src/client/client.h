// Another Interposer over its /api/v1: by the socket in its home, or by URL. Belongs to one loop.
//
// Errors: kUnavailable with kind "not_running" when nobody listens; what the server refuses comes
// with the server's own kind, message and remedy.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "client/types.h"
#include "http/client.h"
#include "net/loop.h"
#include "net/task.h"

namespace interposer::client {

struct Target {
  std::string socket;  // path of a unix socket; wins over `url`
  std::string url;     // http://host:port
  Secret key;          // of a server with `keys`; the socket needs none
};

class Client {
 public:
  static constexpr std::size_t kAnswerBytesMax = 256 * 1024 * 1024;
  static constexpr int kFollowAttempts = 5;  // connections for one job's events

  static Result<std::unique_ptr<Client>> create(net::Loop* loop, Target target);

  net::Task<Result<ServerStatus>> status();
  // status(), and an error when the server is of another version than `version`.
  net::Task<Result<ServerStatus>> connect(std::string version);

  net::Task<Result<std::vector<Base>>> bases();
  net::Task<Result<Base>> create_base(std::string name);
  net::Task<Result<Documents>> documents(std::string base, std::int64_t offset, std::int64_t limit);
  net::Task<Result<Source>> source(std::string document, std::string version);  // BASE/ID
  net::Task<Status> remove_document(std::string document);
  net::Task<Result<SearchAnswer>> search(SearchQuery query);

  // The final object; without `on_event` in one piece, with it as it is written.
  using OnAnswerEvent = std::function<void(const AnswerEvent&)>;
  net::Task<Result<Answer>> ask(Question question, OnAnswerEvent on_event);

  // Resolves when the job has ended; an event "error" of the job is the error. Stopping the client
  // does not stop the job.
  using OnJobEvent = std::function<void(const JobEvent&)>;
  net::Task<Result<IngestSummary>> ingest(Ingest ingest, OnJobEvent on_event);
  net::Task<Result<IngestSummary>> reindex(std::string base, OnJobEvent on_event);

  // Plain chat by /v1/chat/completions; gives the whole text.
  using OnText = std::function<void(std::string_view)>;
  net::Task<Result<std::string>> chat(std::string model, std::vector<ChatMessage> messages,
                                      OnText on_text);

  net::Task<Result<std::vector<UsageRow>>> usage();

  // Any path of the server; an answer that is no success is its error.
  net::Task<Result<std::string>> get(std::string path);
  net::Task<Result<std::string>> send_json(std::string method, std::string path, std::string body);

  void close_idle() { http_->close_idle(); }  // on the loop

  // What runs now, and what is asked later, ends with kCancelled. Any thread.
  void stop() { stop_.request_stop(); }

 private:
  Client(std::unique_ptr<http::Client> http, http::Url base, Target target)
      : http_(std::move(http)), base_(std::move(base)), target_(std::move(target)) {}

  using Response = std::unique_ptr<http::ClientResponse>;
  // `body` is kept alive by the caller.
  net::Task<Result<Response>> open(std::string method, std::string path, std::string_view body,
                                   std::string_view accept);
  net::Task<Result<Response>> open_checked(std::string method, std::string path,
                                           std::string_view body, std::string_view accept);
  net::Task<Result<IngestSummary>> follow(std::string job, OnJobEvent on_event);
  net::Task<Result<bool>> follow_once(std::string job, const OnJobEvent* on_event, JobEvent* last);
  Error explain(Error error) const;

  std::unique_ptr<http::Client> http_;
  const http::Url base_;
  const Target target_;
  std::stop_source stop_;
};

}  // namespace interposer::client
