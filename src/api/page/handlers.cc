#include "api/page/handlers.h"

#include "api/reply.h"
#include "base/strings.h"

namespace interposer::api {
namespace {

void add_shell(http::Headers* headers) {
  headers->add("content-security-policy", std::string(web::kContentSecurityPolicy));
  headers->add("x-content-type-options", "nosniff");
  headers->add("referrer-policy", "no-referrer");
  headers->add("cross-origin-opener-policy", "same-origin");
  headers->add("cross-origin-resource-policy", "same-origin");
}

net::Task<void> page(Request* request) {
  http::Exchange* exchange = request->exchange;
  const web::Asset* asset = web::find_asset(request->head().path());
  if (asset == nullptr) {
    const bool built = !web::assets().empty();
    Error missing = built ? make_error(Code::kNotFound,
                                       "there is nothing at " + std::string(request->head().path()),
                                       "the page is at /, the API under /api/v1 and /v1")
                          : make_error(Code::kUnavailable, "this binary was built without the page",
                                       "build the page first: ./run --setup-only", "no_page");
    co_await reply_error(exchange, std::move(missing));
    co_return;
  }
  PageAnswer answer = page_answer(request->head(), *asset);
  (void)co_await exchange->respond(std::move(answer.head), std::string(answer.body));
}

}  // namespace

bool accepts_brotli(std::string_view accept_encoding) {
  for (const std::string_view item : split(accept_encoding, ',')) {
    const auto parts = split(item, ';');
    if (!equals_ignore_case(trim(parts[0]), "br")) continue;
    if (parts.size() < 2) return true;
    const std::string_view q = trim(parts[1]);
    return !(q.starts_with("q=0") && q.find_first_not_of("0.", 2) == std::string_view::npos);
  }
  return false;
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  for (std::string_view item : split(if_none_match, ',')) {
    item = trim(item);
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == "*" || item == etag) return true;
  }
  return false;
}

PageAnswer page_answer(const http::RequestHead& request, const web::Asset& asset) {
  PageAnswer out;
  http::Headers& headers = out.head.headers;
  const bool brotli =
      !asset.brotli.empty() && accepts_brotli(request.headers.get("accept-encoding").value_or(""));
  // The two representations are two entities: each has its own tag.
  std::string etag(asset.etag);
  if (brotli) etag.insert(etag.size() - 1, "-br");
  headers.add("etag", etag);
  headers.add("vary", "accept-encoding");
  headers.add("cache-control",
              asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  add_shell(&headers);
  if (etag_matches(request.headers.get("if-none-match").value_or(""), etag)) {
    out.head.status = 304;
    return out;
  }
  headers.add("content-type", std::string(asset.content_type));
  if (brotli) headers.add("content-encoding", "br");
  out.body = brotli ? asset.brotli : asset.bytes;
  return out;
}

void add_page_routes(Registrar* routes) { routes->fallback(page); }

}  // namespace interposer::api
