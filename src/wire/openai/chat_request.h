// The request of POST /v1/chat/completions, from and to bytes. Complete for the fields that OpenAI
// documents; fields of compatible servers that have a canonical place (top_k, min_p,
// repetition_penalty, grammar) are read too; the rest is kept as it is.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/chat.h"
#include "wire/loss.h"

namespace interposer::wire::openai {

// Errors are kInvalidArgument and name the field: "field 'messages[2].content[0].type': ...".
Result<Chat> decode_chat(std::string_view body);

// What the target takes beside the documented fields.
struct ChatEncoding {
  bool sampling_extensions = true;     // top_k, min_p, repetition_penalty
  bool grammar = false;                // "grammar": GBNF
  bool max_completion_tokens = false;  // the newer name of max_tokens
  bool stream_options = true;          // asks for usage in streams
  bool developer_role = false;         // else sent as "system"
};
// What could not be said is in `loss` (may be null).
std::string encode_chat(const Chat& chat, std::string_view model, const ChatEncoding& encoding,
                        LossReceipt* loss);

}  // namespace interposer::wire::openai
