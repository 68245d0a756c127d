#include <cstddef>
#include <cstdint>

#include "evals/trec/run.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace interposer::evals::trec;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const auto personality : {Personality::kTrec9, Personality::kTrec10, Personality::kBeir}) {
    const auto run = parse_run(text, "fuzz", personality);
    if (!run) continue;
    for (const RunTopic& topic : run->topics) {
      for (const RunDoc& doc : topic.docs) {
        if (doc.size == 0 || doc.score != doc.score) __builtin_trap();
      }
    }
  }
  return 0;
}
