// GET /api/v1/search: the passages themselves, as `interposer search --json` prints them.
#pragma once

#include "api/common/request.h"

namespace interposer::api {

void add_search_routes(Registrar* routes);

}  // namespace interposer::api
