// /api/v1/ingest and /api/v1/jobs/...
#pragma once

#include "api/common/request.h"

namespace interposer::api {

void add_job_routes(Registrar* routes);

// 202 {"job":ID}
Result<Reply> accepted(Result<std::string> job);

}  // namespace interposer::api
