// Any bytes as an answer of Python calls, and as JSON calls; what is read is judged by both
// personalities. The first line, when it is JSON, is the item.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evals/tools/bfcl.h"
#include "evals/tools/python_calls.h"
#include "evals/tools/schema_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace tools = interposer::evals::tools;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  tools::BfclItem item;
  item.functions = item.answers = tools::Value::list({});
  const std::size_t line = text.find('\n');
  if (line != text.npos) {
    const auto given = tools::parse_json_value(text.substr(0, line), "item");
    if (given) {
      if (const auto* f = given->find("functions")) item.functions = *f;
      if (const auto* a = given->find("answers")) item.answers = *a;
      const auto* category = given->find("category");
      if (category != nullptr) {
        item.category =
            static_cast<tools::BfclCategory>(static_cast<std::uint64_t>(category->whole) % 3);
      }
    }
    text.remove_prefix(line + 1);
  }
  for (const auto& calls : {tools::decode_python_calls(text), tools::decode_json_calls(text)}) {
    if (!calls) continue;
    if (!tools::equal(*calls, *calls) && tools::repr(*calls).find("nan") == std::string::npos) {
      std::abort();
    }
    tools::bfcl_check(item, *calls, {size % 2 == 0});
    tools::schema_check(item, *calls);
  }
  return 0;
}
