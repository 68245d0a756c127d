// All of the server's paths in one router: /api/v1, the OpenAPI document, operations, the page. The
// provider dialects (api/openai) add theirs to the same router.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "api/router.h"
#include "api/services.h"

namespace interposer::api {

// One router serves TCP and the unix socket alike: a handler sees on which it is. `services`
// outlives it. `routes` (may be null) gets (method, pattern) of everything that was added.
Router build_router(const Services* services,
                    std::vector<std::pair<std::string, std::string>>* routes = nullptr);

}  // namespace interposer::api
