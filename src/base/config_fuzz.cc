#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/config.h"

namespace {

// Every node of an accepted document can be asked for everything, within the promised depth.
void walk(const interposer::config::Node& node, int depth) {
  if (depth > 64) std::abort();
  (void)node.text();
  (void)node.integer();
  (void)node.number();
  (void)node.boolean();
  for (const auto& [key, value] : node.entries()) {
    if (!node.has(key) || node[key].line() != value.line()) std::abort();
    walk(value, depth + 1);
  }
  for (const auto& item : node.items()) walk(item, depth + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = interposer::config::parse(text, "fuzz.yaml");
  if (document)
    walk(document->root(), 0);
  else if (document.error().message.find("fuzz.yaml") == std::string::npos)
    std::abort();
  return 0;
}
