// One request of /api/v1 on its way through a handler, and how handlers are hung into the router.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/router.h"
#include "api/services.h"
#include "net/task.h"

namespace interposer::api {

inline constexpr std::size_t kBodyBytesMax = 1024 * 1024;  // of a JSON body of /api/v1

struct Request {
  const Services* services = nullptr;
  http::Exchange* exchange = nullptr;
  Parameters parameters;
  backends::Principal principal;
  bool local = false;  // over the unix socket, by the user who runs the server
  std::string trace_id;

  const http::RequestHead& head() const { return exchange->head(); }
  std::string parameter(std::string_view name) const { return std::string(parameters.get(name)); }
  std::string query(std::string_view name) const { return head().parameter(name).value_or(""); }
};

struct Reply {
  int status = 200;
  std::string body;  // JSON; empty only with 204
};

enum class Access : std::uint8_t { kKey, kOpen };  // kOpen: needs no key (the page, /healthz)

// A handler gives its reply, or the error that the caller gets. The Request lives until it ends.
using JsonHandler = net::Task<Result<Reply>> (*)(Request*);
// A handler that writes its answer itself (streams, files).
using RawHandler = net::Task<void> (*)(Request*);

class Registrar {
 public:
  Registrar(Router* router, const Services* services) : router_(router), services_(services) {}
  void json(std::string_view method, std::string_view pattern, JsonHandler handler);
  void raw(std::string_view method, std::string_view pattern, RawHandler handler,
           Access access = Access::kKey);
  void fallback(RawHandler handler);

  // (method, pattern) of all that was hung in.
  const std::vector<std::pair<std::string, std::string>>& routes() const { return routes_; }

 private:
  Router* router_;
  const Services* services_;
  std::vector<std::pair<std::string, std::string>> routes_;
};

// The number in a query parameter; `otherwise` when it is absent. kInvalidArgument outside the
// bounds.
Result<std::int64_t> query_number(const Request& request, std::string_view name,
                                  std::int64_t otherwise, std::int64_t min, std::int64_t max);

}  // namespace interposer::api
