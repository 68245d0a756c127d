// /api/v1/bases: list, make, upload into, derive anew.
#pragma once

#include "api/common/request.h"

namespace interposer::api {

inline constexpr std::size_t kUploadBytesMax = 64 * 1024 * 1024;

void add_base_routes(Registrar* routes);

}  // namespace interposer::api
