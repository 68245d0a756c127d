// A request becomes tasks for the scheduler: template, tokens, limits, grammar. Blocks for some
// milliseconds (and for the load of the model, the first time): run it off the loop.
#pragma once

#include <memory>
#include <vector>

#include "backends/call.h"
#include "base/result.h"
#include "engine/host.h"
#include "engine/llama/chat_template.h"
#include "engine/task.h"
#include "wire/request.h"

namespace interposer::engine {

struct Prepared {
  ChatHost* host = nullptr;
  std::vector<GenerateTask> tasks;                            // one a choice
  std::vector<std::unique_ptr<llama::OutputParser>> parsers;  // one a choice; null: plain text
};

// `seed`: for a request without one. Operations kChat and kComplete.
Result<Prepared> prepare_generation(ModelHost* host, const wire::Request& request,
                                    const backends::Call& call, std::uint64_t seed);

// Tokens of the texts, none over the model's limit (kTooLarge names the input and the counts).
struct PreparedEmbedding {
  EmbedHost* host = nullptr;
  std::vector<std::vector<Token>> texts;
};
Result<PreparedEmbedding> prepare_embedding(ModelHost* host, const wire::Request& request);

}  // namespace interposer::engine
