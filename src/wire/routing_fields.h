// The few fields that routing needs, read straight from a request's bytes with their offsets
// (simdjson on demand: nothing else of the body is decoded).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "wire/request.h"

namespace interposer::wire {

struct RoutingFields {
  std::string model;
  Span model_span;  // of the JSON string's inside
  bool stream = false;
  std::optional<std::int64_t> max_tokens;
};

// `body` may grow in capacity (the reader needs some spare bytes behind the text); its text stays.
Result<RoutingFields> read_routing_fields(std::string* body);

}  // namespace interposer::wire
