// Suites, items and templates.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evals/import/lm_eval_task.h"
#include "evals/run/plan.h"
#include "evals/suite/suite.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace ev = interposer::evals;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0: {
      if (text.find("file://") != std::string_view::npos) return 0;  // reads no files here
      const auto suite = ev::parse_suite(text, "fuzz.yaml", "");
      if (!suite) {
        if (suite.error().message.empty()) std::abort();
        return 0;
      }
      const auto items = ev::parse_items("{\"id\":\"1\",\"input\":\"x\"}\n", "d", "");
      if (suite->epochs * static_cast<std::int64_t>(suite->targets.size()) < 100)
        (void)ev::plan_units(*suite, *items);
      break;
    }
    case 1: {
      const auto items = ev::parse_items(text, "fuzz.jsonl", "cluster");
      if (!items) return 0;
      for (const ev::Item& item : *items) {
        if (item.id.empty() || item.content.size() != 16) std::abort();
      }
      break;
    }
    case 2:
      (void)ev::suite_of_lm_eval(text, "task.yaml", "items.jsonl");
      (void)ev::items_of_lm_eval(text, "task.yaml", "{\"question\":\"q\",\"answer\":\"a\"}\n",
                                 "docs");
      break;
    default: {
      const auto parsed = ev::Template::parse(text, "fuzz");
      if (parsed)
        (void)parsed->render(R"({"a":[1,"x",{"b":null}],"s":"text","n":2,"o":{"k":"v"}})");
    }
  }
  return 0;
}
