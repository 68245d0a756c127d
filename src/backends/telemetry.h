// A board's telemetry record put into an answer's usage.
#pragma once

#include "boards/telemetry.h"
#include "wire/usage.h"

namespace interposer::backends {

// Marks its source as "provider" when the record tells anything.
void apply(const boards::TelemetryRecord& record, wire::Telemetry* out);

}  // namespace interposer::backends
