// Makes the parser that belongs to a rendered template. Included by .cc files of this folder only.
#pragma once

#include <memory>
#include <string>

#include "engine/llama/chat_template.h"

struct common_chat_params;

namespace interposer::engine::llama {

// `begun`: text of the answer that the prompt already holds; it is parsed but not given out.
std::unique_ptr<OutputParser> make_output_parser(const common_chat_params& params,
                                                 std::string begun);

}  // namespace interposer::engine::llama
