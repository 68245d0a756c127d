#include "api/jobs/handlers.h"

#include "api/bases/names.h"
#include "api/common/body.h"
#include "api/common/events.h"
#include "api/jobs/jobs.h"
#include "api/reply.h"
#include "base/json.h"
#include "net/loop.h"

namespace interposer::api {
namespace {

Result<knowledge::IngestRequest> read_order(Body* body) {
  knowledge::IngestRequest order;
  IP_TRY(order.base, body->need_text("base"));
  IP_OK(check_base_name(order.base));
  IP_TRY(order.paths, body->texts("paths"));
  if (order.paths.empty())
    return make_error(Code::kInvalidArgument, "field 'paths' is empty",
                      "name at least one file or folder", "invalid_paths");
  for (const std::string& path : order.paths)
    if (!path.starts_with('/') || path.find('\0') != std::string::npos)
      return make_error(Code::kInvalidArgument, "field 'paths': '" + path + "' is not absolute",
                        "give paths from the root: the server has another working folder",
                        "invalid_paths");
  IP_TRY(const std::string format, body->word("format", {"auto", "tsv", "jsonl"}));
  if (format == "tsv") order.format = knowledge::Format::kTsv;
  if (format == "jsonl") order.format = knowledge::Format::kJsonl;
  IP_TRY(order.vectors, body->boolean("vectors", true));
  return order;
}

net::Task<Result<Reply>> ingest(Request* request) {
  if (!request->local)
    co_return make_error(Code::kPermissionDenied,
                         "paths of files are taken only over the server's own socket",
                         "upload with PUT /api/v1/bases/{base}/uploads/{name}, or run `interposer "
                         "ingest` on the server's machine",
                         "paths_need_socket");
  IP_CO_TRY(Body body, co_await Body::read(request));
  IP_CO_TRY(knowledge::IngestRequest order, read_order(&body));
  const Services* services = request->services;
  const std::string base = order.base;
  const Status made = co_await net::offload<Status>(
      [services, base]() -> Status { return ensure_base(*services, base); });
  if (!made) co_return made.error();
  knowledge::Knowledge* knowledge = services->knowledge;
  co_return accepted(services->jobs->add(
      base, 0, [knowledge, order](Jobs::Progress progress, std::stop_token stop) {
        knowledge::IngestRequest running = order;
        running.progress = std::move(progress);
        running.stop = std::move(stop);
        return knowledge->ingest(running);
      }));
}

net::Task<void> job_stream(Request* request) {
  const auto log = request->services->jobs->events(request->parameter("id"));
  const Result<std::int64_t> after = events_after(*request);
  if (!log) {
    co_await reply_error(request->exchange, log.error());
    co_return;
  }
  if (!after) {
    co_await reply_error(request->exchange, after.error());
    co_return;
  }
  co_await stream_events(request->exchange, runs::Subscription(*log, *after));
}

}  // namespace

Result<Reply> accepted(Result<std::string> job) {
  if (!job) return job.error();
  JsonWriter w;
  w.begin_object().field("job", *job).end_object();
  return Reply{202, w.take()};
}

void add_job_routes(Registrar* routes) {
  routes->json("POST", "/api/v1/ingest", ingest);
  routes->raw("GET", "/api/v1/jobs/{id}/events", job_stream);
}

}  // namespace interposer::api
