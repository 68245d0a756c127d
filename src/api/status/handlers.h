// GET /api/v1/status: what this server is, what it can answer with, and what it found.
#pragma once

#include "api/common/request.h"

namespace interposer::api {

void add_status_routes(Registrar* routes);

}  // namespace interposer::api
