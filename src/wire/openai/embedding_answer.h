// The answer of POST /v1/embeddings, from and to events.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/event.h"

namespace interposer::wire::openai {

// One Embedding an input in their order, then UsageReport. Rows as lists and as base64
// (little-endian 32-bit floats) are understood. kUnavailable, kind "broken_stream", for anything
// else.
Status read_embeddings(std::string_view body, std::vector<Event>* out);

// `base64`: as the request's encoding_format asked.
std::string write_embeddings(const std::vector<Event>& events, std::string_view model, bool base64);

}  // namespace interposer::wire::openai
