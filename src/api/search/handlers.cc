#include "api/search/handlers.h"

#include "api/bases/names.h"
#include "api/common/body.h"
#include "base/json.h"
#include "base/strings.h"
#include "net/loop.h"

namespace interposer::api {
namespace {

constexpr std::int64_t kHitsMax = 1000;
constexpr std::size_t kQueryBytesMax = 32 * 1024;

void write_leg(JsonWriter& w, std::string_view name, const std::optional<double>& score) {
  w.key(name);
  if (score)
    w.number(*score);
  else
    w.null();
}

std::string hits_json(const std::vector<knowledge::Hit>& hits) {
  JsonWriter w;
  w.begin_array();
  for (const knowledge::Hit& hit : hits) {
    w.begin_object().field("rank", hit.rank).field("score", hit.score);
    w.field("document", hit.document).field("version", hit.version);
    w.field("start", hit.start).field("end", hit.end).field("text", hit.text);
    w.key("legs").begin_object();
    write_leg(w, "lexical", hit.legs.lexical);
    write_leg(w, "vector", hit.legs.vector);
    w.end_object().end_object();
  }
  return w.end_array().take();
}

Result<knowledge::SearchRequest> read_query(const Request& request) {
  knowledge::SearchRequest query;
  query.query = request.query("q");
  if (trim(query.query).empty() || query.query.size() > kQueryBytesMax)
    return make_error(Code::kInvalidArgument, "parameter 'q' is empty or too long",
                      "give the words to search for", "invalid_parameter");
  IP_TRY(const std::int64_t k, query_number(request, "k", 10, 1, kHitsMax));
  query.k = static_cast<int>(k);
  query.base = request.query("base");
  const std::string legs = request.query("legs");
  if (!legs.empty()) {
    IP_OK(check_word("parameter 'legs'", legs, {"both", "lexical", "vector"}));
    if (legs == "lexical") query.legs = knowledge::LegChoice::kLexical;
    if (legs == "vector") query.legs = knowledge::LegChoice::kVector;
  }
  const std::string by = request.query("by");
  if (!by.empty()) {
    IP_OK(check_word("parameter 'by'", by, {"chunk", "document"}));
  }
  query.by_document = by == "document";
  query.stop = request.exchange->gone();
  return query;
}

net::Task<Result<Reply>> search(Request* request) {
  IP_CO_TRY(const knowledge::SearchRequest query, read_query(*request));
  const Services* services = request->services;
  const backends::Principal who = request->principal;
  co_return co_await net::offload<Result<Reply>>([services, who, query]() -> Result<Reply> {
    knowledge::SearchRequest named = query;
    IP_TRY(named.base, base_or_default(*services, who, query.base));
    IP_TRY(const knowledge::SearchResult result, services->knowledge->search(named));
    return Reply{200, hits_json(result.hits)};
  });
}

}  // namespace

void add_search_routes(Registrar* routes) { routes->json("GET", "/api/v1/search", search); }

}  // namespace interposer::api
