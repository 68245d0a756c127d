// GET /api/v1/usage: what the ledger holds, by model.
#pragma once

#include "api/common/request.h"

namespace interposer::api {

void add_usage_routes(Registrar* routes);

}  // namespace interposer::api
