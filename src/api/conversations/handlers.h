// /api/v1/conversations: kept threads, and the turns that start runs.
#pragma once

#include "api/common/request.h"

namespace interposer::api {

void add_conversation_routes(Registrar* routes);

}  // namespace interposer::api
