// The messages of a chat request, from and to OpenAI's JSON.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "wire/chat.h"
#include "wire/json_read.h"

namespace interposer::wire::openai {

Status read_messages(ObjectReader& body, std::vector<Message>* out);
// `developer_role`: the target knows it; else it is written as "system".
void write_messages(JsonWriter& json, const std::vector<Message>& messages, bool developer_role);

}  // namespace interposer::wire::openai
