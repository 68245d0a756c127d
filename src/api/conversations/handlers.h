// /api/v1/conversations: kept threads, and the turns that start runs.
#pragma once

#include "api/common/request.h"

namespace interposer::api {

void add_conversation_routes(Registrar* routes);

// kNotFound when `target` is an assistant of a base that does not exist. Blocks. Whether a model
// exists, the gateway says.
Status need_target(const Services& services, const std::string& target);

}  // namespace interposer::api
