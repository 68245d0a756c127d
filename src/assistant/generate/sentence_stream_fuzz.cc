#include <cstddef>
#include <cstdint>

#include "assistant/generate/neutral.h"
#include "assistant/generate/sentence_stream.h"
#include "assistant/generate/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace interposer::assistant;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::vector<EvidenceSentence> evidence = {
      {"An H200 carries 141 GB.", "GPUs", "Memory", "b/gpus.md", "v", "u", 0, 23, 0}};
  SentenceStream stream;
  std::size_t seen = 0;
  for (std::size_t at = 0; at < size; at += 7) {
    for (const Written& written : stream.feed(text.substr(at, 7)))
      seen += verify(written, evidence).supported;
  }
  for (const Written& written : stream.finish()) seen += verify(written, evidence).supported;
  if (neutralise(text, "0123456789abcdef").find('[') != std::string::npos) __builtin_trap();
  return seen > size ? 1 : 0;
}
