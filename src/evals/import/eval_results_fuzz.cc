// Result files of every format, and the index: whatever bytes they hold, no crash and no read
// beyond them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "evals/import/formats.h"
#include "evals/record/index.h"
#include "evals/record/response.h"

namespace {

namespace ev = interposer::evals;

// What was read holds together, and survives its index.
void check(interposer::Result<ev::ResultSet> set) {
  if (!set) {
    if (set.error().message.empty()) std::abort();
    return;
  }
  if (set->scores.size() != set->rows.size() * set->metrics.size()) std::abort();
  for (const ev::Row& row : set->rows) {
    if (row.id_at + row.id_size > set->arena.size()) std::abort();
    if (row.file == ev::kTextInline && !ev::texts_of(*set, row)) std::abort();
  }
  const std::vector<ev::FileStamp> stamps = {{"f", 1, 2, 3}};
  const auto again = ev::decode_index(ev::encode_index(*set, stamps, ""), stamps, "");
  if (!again || again->rows.size() != set->rows.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      check(ev::read_lm_eval_text(text, "fuzz.jsonl"));
      break;
    case 1:
      check(ev::read_promptfoo("fuzz.json", text, {}));
      break;
    case 2:
      check(ev::read_inspect("fuzz.json", text, {}));
      break;
    case 3: {
      const std::size_t cut = text.find('\0');
      check(ev::read_own_text(text.substr(0, cut),
                              cut == std::string::npos ? "" : text.substr(cut + 1)));
      break;
    }
    case 4:
      (void)ev::decode_index(text, {{"f", 1, 2, 3}}, "");
      break;
    default: {
      const auto response = ev::parse_response(text);
      if (response) {
        const auto again = ev::parse_response(ev::to_line(*response));
        if (!again || ev::to_line(*again) != ev::to_line(*response)) std::abort();
      }
      (void)ev::parse_dispatch(text);
    }
  }
  return 0;
}
