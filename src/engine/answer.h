// The engine's answers, on the loop of whoever asked.
#pragma once

#include <memory>
#include <string>

#include "backends/backend.h"
#include "engine/prepare.h"

namespace interposer::engine {

// Submits the tasks; errors of submitting (queue full, prompt too long) are the result's.
Result<std::unique_ptr<backends::Answer>> start_generation(Prepared prepared, std::string model,
                                                           backends::CallRef call);

Result<std::unique_ptr<backends::Answer>> start_embedding(PreparedEmbedding prepared,
                                                          std::string model,
                                                          backends::CallRef call);

}  // namespace interposer::engine
