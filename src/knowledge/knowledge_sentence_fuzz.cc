// Plain text and the pages of a PDF -> sentences; and the terms of the lexical index.
#include <cstddef>
#include <cstdint>

#include "knowledge/fuzz_check.h"
#include "knowledge/parse/pdf_layout.h"
#include "knowledge/text/analyzer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace interposer::knowledge;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_text("x.txt", bytes);
  if (!parsed) return 0;
  check_parsed(*parsed);
  check_parsed(lay_out_pages(parsed->text));
  for (const Token& token : analyse(parsed->text))
    require(!token.term.empty() && token.end <= parsed->text.size());
  return 0;
}
