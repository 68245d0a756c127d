// The page: built assets that are embedded in the binary.
#pragma once

#include "api/common/request.h"
#include "web/assets.h"

namespace interposer::api {

void add_page_routes(Registrar* routes);

// True when the header's list of codings takes "br" (RFC 9110 12.5.3), i.e. not with q=0.
bool accepts_brotli(std::string_view accept_encoding);
// True when If-None-Match names `etag` or is "*" (RFC 9110 13.1.2).
bool etag_matches(std::string_view if_none_match, std::string_view etag);

// The answer to a GET for one asset, with the headers that every asset carries.
struct PageAnswer {
  http::ResponseHead head;
  std::string_view body;
};
PageAnswer page_answer(const http::RequestHead& request, const web::Asset& asset);

}  // namespace interposer::api
