#include "api/documents/handlers.h"

#include "api/access.h"
#include "api/bases/names.h"
#include "base/json.h"
#include "net/loop.h"

namespace interposer::api {
namespace {

constexpr std::int64_t kListedMax = 1000;  // documents in one answer

void write_info(JsonWriter& w, const knowledge::DocumentInfo& info) {
  w.field("document", info.document).field("version", info.version).field("title", info.title);
  w.field("uri", info.uri).field("bytes", info.bytes);
  w.field("ingested_at", rfc3339(info.ingested_at)).field("kind", info.kind);
}

Result<Reply> list_documents(const Services& services, const backends::Principal& who,
                             const std::string& base, std::int64_t offset, std::int64_t limit) {
  IP_OK(need_base(services, who, base));
  IP_TRY(const knowledge::BaseInfo info, services.knowledge->base(base));
  IP_TRY(const auto documents, services.knowledge->documents(base, offset, limit));
  JsonWriter w;
  w.begin_object().field("total", info.documents).key("documents").begin_array();
  for (const knowledge::DocumentInfo& document : documents) {
    w.begin_object();
    write_info(w, document);
    w.end_object();
  }
  return Reply{200, w.end_array().end_object().take()};
}

void write_cells(JsonWriter& w, const std::vector<knowledge::Cell>& cells) {
  w.begin_array();
  for (const knowledge::Cell& cell : cells) {
    w.begin_object().field("text", cell.text).field("start", cell.start).field("end", cell.end);
    w.end_object();
  }
  w.end_array();
}

void write_block(JsonWriter& w, const knowledge::Block& block) {
  w.begin_object().field("kind", knowledge::block_kind_name(block.kind));
  if (block.level > 0) w.field("level", block.level);
  w.field("start", block.start).field("end", block.end);
  if (block.page) w.field("page", *block.page);
  if (block.table) {
    w.key("table").begin_object().key("header");
    write_cells(w, block.table->header);
    w.key("rows").begin_array();
    for (const auto& row : block.table->rows) write_cells(w, row);
    w.end_array().end_object();
  }
  w.end_object();
}

Result<Reply> show_document(const Services& services, const backends::Principal& who,
                            const std::string& document, const std::string& version) {
  IP_OK(need_base(services, who, document.substr(0, document.find('/'))));
  IP_TRY(const knowledge::Version found, services.knowledge->version(document, version));
  JsonWriter w;
  w.begin_object();
  write_info(w, found.info);
  w.field("current", found.info.current).field("text", found.text);
  w.key("blocks").begin_array();
  for (const knowledge::Block& block : found.blocks) write_block(w, block);
  return Reply{200, w.end_array().end_object().take()};
}

std::string document_of(const Request& request) {
  return request.parameter("base") + "/" + request.parameter("id");
}

net::Task<Result<Reply>> list(Request* request) {
  IP_CO_TRY(const std::int64_t offset, query_number(*request, "offset", 0, 0, 1LL << 40));
  IP_CO_TRY(const std::int64_t limit, query_number(*request, "limit", 200, 1, kListedMax));
  const Services* services = request->services;
  const backends::Principal who = request->principal;
  const std::string base = request->parameter("base");
  co_return co_await net::offload<Result<Reply>>([services, who, base, offset, limit] {
    return list_documents(*services, who, base, offset, limit);
  });
}

net::Task<Result<Reply>> show(Request* request) {
  const Services* services = request->services;
  const backends::Principal who = request->principal;
  const std::string document = document_of(*request);
  const std::string version = request->query("version");
  co_return co_await net::offload<Result<Reply>>([services, who, document, version] {
    return show_document(*services, who, document, version);
  });
}

net::Task<Result<Reply>> remove(Request* request) {
  IP_CO_OK(need_manager(request->principal, "removing documents"));
  const Services* services = request->services;
  const backends::Principal who = request->principal;
  const std::string document = document_of(*request);
  const Status removed = co_await net::offload<Status>([services, who, document]() -> Status {
    IP_OK(need_base(*services, who, document.substr(0, document.find('/'))));
    return services->knowledge->remove(document);
  });
  if (!removed) co_return removed.error();
  co_return Reply{204, {}};
}

}  // namespace

void add_document_routes(Registrar* routes) {
  routes->json("GET", "/api/v1/bases/{base}/documents", list);
  routes->json("GET", "/api/v1/documents/{base}/{id*}", show);
  routes->json("DELETE", "/api/v1/documents/{base}/{id*}", remove);
}

}  // namespace interposer::api
