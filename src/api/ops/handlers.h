// For those who run the server: /metrics (Prometheus text), /healthz (it lives), /readyz (it can
// answer).
#pragma once

#include "api/common/request.h"

namespace interposer::api {

void add_ops_routes(Registrar* routes);

}  // namespace interposer::api
