// A payload that is taken for a record is written and read back as the same record.
#include <cstdint>
#include <cstdlib>

#include "store/ledger_record.h"

using interposer::store::decode_record;
using interposer::store::DecodedRecord;
using interposer::store::encode_record;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  DecodedRecord first, second;
  if (!decode_record(payload, &first)) return 0;
  std::string once, twice;
  encode_record(once, first.entry);
  if (!decode_record(once, &second)) std::abort();
  encode_record(twice, second.entry);
  if (once != twice || first.key.size() < 6) std::abort();
  return 0;
}
