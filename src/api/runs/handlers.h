// /api/v1/runs/{id}: events of a detached run, and its stop.
#pragma once

#include "api/common/request.h"

namespace interposer::api {

void add_run_routes(Registrar* routes);

}  // namespace interposer::api
