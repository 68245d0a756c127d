// The hand-kept table behind /api/openapi.json: one row an operation. A test holds it and the
// router to each other.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/common/request.h"

namespace interposer::api {

struct Operation {
  std::string_view method, path;  // path as OpenAPI writes it: "/api/v1/jobs/{id}/events"
  std::string_view tag, summary;
  std::string_view query;  // names of query parameters, blank between; '!' after required ones
  std::string_view body;   // schema of the JSON body; "octets"; empty: none
  int status = 200;
  std::string_view answer;  // schema of the answer; "events", "text"; empty: no body
};
std::span<const Operation> operations();

// components.schemas as JSON.
std::string_view schemas_json();

std::string openapi_document(std::string_view version);

void add_openapi_routes(Registrar* routes);

}  // namespace interposer::api
