// Oracle: a chat that decodes is encoded to bytes that decode, and from then on nothing changes.
#include <cstdint>
#include <cstdlib>

#include "wire/openai/chat_request.h"
#include "wire/openai/completion_request.h"
#include "wire/openai/embedding_request.h"

namespace openai = interposer::wire::openai;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  (void)openai::decode_completion(body);
  (void)openai::decode_embedding(body);
  auto chat = openai::decode_chat(body);
  if (!chat) return 0;
  openai::ChatEncoding encoding;
  encoding.developer_role = true;
  encoding.grammar = true;
  const std::string once = openai::encode_chat(*chat, "m", encoding, nullptr);
  auto again = openai::decode_chat(once);
  if (!again) std::abort();
  auto third = openai::decode_chat(openai::encode_chat(*again, "m", encoding, nullptr));
  if (!third || !(*third == *again)) std::abort();
  return 0;
}
