// Base64 (RFC 4648 section 4), with padding.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace interposer::wire {

std::string base64_encode(std::string_view bytes);
Result<std::string> base64_decode(std::string_view text);  // strict; kInvalidArgument

}  // namespace interposer::wire
