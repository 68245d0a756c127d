// Readers of answers take any bytes without a crash; what they read can be written and read again.
#include <cstdint>
#include <cstdlib>

#include "wire/openai/answer_scan.h"
#include "wire/openai/chat_reader.h"
#include "wire/openai/chat_writer.h"
#include "wire/openai/embedding_answer.h"
#include "wire/openai/error_json.h"
#include "wire/openai/models_json.h"
#include "wire/openai/usage_json.h"

namespace openai = interposer::wire::openai;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<interposer::wire::Event> events;
  (void)openai::read_error(rest);
  if (const auto scan = openai::scan_answer(rest); scan && scan->tells()) {
    (void)openai::find_usage(std::string(scan->usage));
  }
  (void)openai::read_model_ids(rest);
  (void)openai::read_embeddings(rest, &events);
  events.clear();
  openai::ChatReader reader;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\n\n");
    const std::string_view frame = rest.substr(0, end == std::string_view::npos ? end : end + 2);
    if (!reader.read_frame(frame, &events)) break;
    rest.remove_prefix(frame.size());
  }
  openai::StreamWriter writer({});
  std::string out;
  for (const auto& event : events) writer.write(event, &out);
  writer.finish(&out);
  openai::ChatReader again;
  std::vector<interposer::wire::Event> read;
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = out.find("\n\n", at) + 2;
    if (!again.read_frame(std::string_view(out).substr(at, end - at), &read)) std::abort();
    at = end;
  }
  (void)openai::write_body(events, {});
  return 0;
}
