// What a key may do in /api/v1. One without a `models` list may do everything. One with it reads
// the bases whose assistants ("assistant/<base>") stand in the list, and changes nothing that is
// shared: bases, documents, providers. What it must not see does not exist for it.
#pragma once

#include <string_view>

#include "backends/call.h"
#include "base/result.h"

namespace interposer::api {

bool may_read(const backends::Principal& who, std::string_view base);

// Creating and changing bases, offers of providers, everybody's usage.
bool may_manage(const backends::Principal& who);
// kPermissionDenied (kind "key_is_limited") unless may_manage(). `what`: "changing bases".
Status need_manager(const backends::Principal& who, std::string_view what);

}  // namespace interposer::api
