// Codes of Error and HTTP statuses, one map for every dialect.
#pragma once

#include "base/result.h"

namespace interposer::wire {

int http_status(Code code);

}  // namespace interposer::wire
