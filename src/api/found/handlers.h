// POST /api/v1/found/{provider}/use
#pragma once

#include "api/common/request.h"

namespace interposer::api {

void add_found_routes(Registrar* routes);

}  // namespace interposer::api
