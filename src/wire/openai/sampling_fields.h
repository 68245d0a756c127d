// The sampling members that chat and plain completions share.
#pragma once

#include "base/result.h"
#include "wire/chat.h"
#include "wire/json_read.h"

namespace interposer::wire::openai {

Status read_sampling(ObjectReader& body, Sampling* out);
// stream, stream_options, user.
Status read_streaming(ObjectReader& body, Chat* out);

}  // namespace interposer::wire::openai
