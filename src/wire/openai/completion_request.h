// The request of POST /v1/completions (raw prompt, no chat template), decoded to the canonical
// form.
#pragma once

#include <string_view>

#include "base/result.h"
#include "wire/chat.h"

namespace interposer::wire::openai {

// One text prompt; several prompts or token ids are kUnsupported with the reason.
Result<Chat> decode_completion(std::string_view body);

}  // namespace interposer::wire::openai
