// Inside of store: a usage record as the payload of a journal frame. Version 1, integers little
// endian, lengths and counts as LEB128:
//   version (1 byte), flags (1 byte), length of the key, key, id, trace, at (8 bytes),
//   five counts, ttft_ms, total_ms (doubles), cost_usd and joules where the flags say so.
// Texts are length and bytes. The key (what sums are grouped by) is six texts: principal, route,
// target, model, operation, outcome. A trace id of 32 hexadecimal digits takes 16 bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/ledger.h"

namespace interposer::store {

// Appends. A text over kMaxTextBytes is cut (a caller may name a model of any length).
inline constexpr std::size_t kMaxTextBytes = 1024;
void encode_record(std::string& out, UsageEntry entry);

// Views into `payload`; the trace id stands in `trace` when it was packed.
struct DecodedRecord {
  UsageEntry entry;
  std::string_view key;  // equal keys have equal texts
  char trace[32];
};
// kDataLoss: cut, over-long, or of another version.
Status decode_record(std::string_view payload, DecodedRecord* out);

}  // namespace interposer::store
