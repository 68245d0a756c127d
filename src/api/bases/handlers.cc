#include "api/bases/handlers.h"

#include "api/access.h"
#include "api/bases/names.h"
#include "api/bases/uploads.h"
#include "api/common/body.h"
#include "api/jobs/handlers.h"
#include "api/jobs/jobs.h"
#include "base/json.h"
#include "net/loop.h"

namespace interposer::api {
namespace {

void write_texts(JsonWriter& w, std::string_view key, const std::vector<std::string>& texts) {
  w.key(key).begin_array();
  for (const std::string& text : texts) w.string(text);
  w.end_array();
}

void write_base(JsonWriter& w, const Services& services, const knowledge::BaseInfo& base) {
  const BaseFacts facts = services.base_facts ? services.base_facts(base.name) : BaseFacts{};
  const bool ingesting = base.ingesting || services.jobs->busy(base.name);
  w.begin_object().field("name", base.name).field("documents", base.documents);
  w.field("chunks", base.chunks).field("vectors", base.vectors);
  w.field("state", ingesting ? "ingesting" : "ready").field("mode", facts.mode);
  if (!facts.about.empty()) w.field("about", facts.about);
  write_texts(w, "samples", facts.samples);
  write_texts(w, "sources", base.sources);
  w.end_object();
}

net::Task<Result<Reply>> list(Request* request) {
  const Services* services = request->services;
  const backends::Principal who = request->principal;
  Reply reply;
  reply.body = co_await net::offload<std::string>([services, who] {
    JsonWriter w;
    w.begin_object().key("bases").begin_array();
    for (const knowledge::BaseInfo& base : services->knowledge->bases())
      if (may_read(who, base.name)) write_base(w, *services, base);
    return w.end_array().end_object().take();
  });
  co_return reply;
}

Result<Reply> make_base(const Services& services, const std::string& name) {
  IP_OK(check_base_name(name));
  if (services.knowledge->has_base(name))
    return make_error(Code::kAlreadyExists, "there is a base '" + name + "' already",
                      "ingest into it, or choose another name", "base_exists");
  IP_OK(services.create_base(name));
  IP_TRY(const knowledge::BaseInfo base, services.knowledge->base(name));
  JsonWriter w;
  write_base(w, services, base);
  return Reply{201, w.take()};
}

net::Task<Result<Reply>> create(Request* request) {
  IP_CO_OK(need_manager(request->principal, "making bases"));
  IP_CO_TRY(Body body, co_await Body::read(request));
  IP_CO_TRY(const std::string name, body.need_text("name"));
  const Services* services = request->services;
  co_return co_await net::offload<Result<Reply>>(
      [services, name] { return make_base(*services, name); });
}

// The words are searchable when the job is done; the vectors come behind it.
net::Task<Result<Reply>> upload(Request* request) {
  IP_CO_OK(need_manager(request->principal, "adding documents"));
  const std::string base = request->parameter("base");
  const std::string name = request->parameter("name");
  IP_CO_OK(check_file_name(name));
  const Services* services = request->services;
  const backends::Principal who = request->principal;
  const Status known = co_await net::offload<Status>(
      [services, who, base] { return need_base(*services, who, base); });
  if (!known) co_return known.error();
  IP_CO_TRY(std::string bytes, co_await request->exchange->read_body(kUploadBytesMax));
  const auto kept = std::make_shared<Upload>(Upload{base, name, std::move(bytes)});
  Result<std::string> job = co_await net::offload<Result<std::string>>(
      [services, kept] { return accept_upload(*services, std::move(*kept)); });
  co_return accepted(std::move(job));
}

net::Task<Result<Reply>> reindex(Request* request) {
  IP_CO_OK(need_manager(request->principal, "rebuilding a base"));
  const std::string base = request->parameter("base");
  IP_CO_TRY(const Body body, co_await Body::read(request));
  (void)body;
  const Services* services = request->services;
  const backends::Principal who = request->principal;
  const Status known = co_await net::offload<Status>(
      [services, who, base] { return need_base(*services, who, base); });
  if (!known) co_return known.error();
  knowledge::Knowledge* knowledge = services->knowledge;
  co_return accepted(services->jobs->add(
      base, 0,
      [knowledge, base](Jobs::Progress progress,
                        std::stop_token) -> Result<knowledge::IngestSummary> {
        IP_OK(knowledge->reindex(base, [progress](std::int64_t done, std::int64_t total) {
          knowledge::FileEvent event;
          event.done = done;
          event.total = total;
          progress(event);
        }));
        return knowledge::IngestSummary{};
      }));
}

}  // namespace

void add_base_routes(Registrar* routes) {
  routes->json("GET", "/api/v1/bases", list);
  routes->json("POST", "/api/v1/bases", create);
  routes->json("PUT", "/api/v1/bases/{base}/uploads/{name*}", upload);
  routes->json("POST", "/api/v1/bases/{base}/reindex", reindex);
}

}  // namespace interposer::api
