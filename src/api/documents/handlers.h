// /api/v1/bases/{base}/documents and /api/v1/documents/{base}/{id}
#pragma once

#include "api/common/request.h"

namespace interposer::api {

void add_document_routes(Registrar* routes);

}  // namespace interposer::api
