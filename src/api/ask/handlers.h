// POST /api/v1/ask: one question to an assistant, as `interposer ask --json` prints its answer.
// With "stream": true the run events come first, as server-sent events, and the object last as the
// event "answer".
#pragma once

#include "api/common/request.h"

namespace interposer::api {

void add_ask_routes(Registrar* routes);

}  // namespace interposer::api
