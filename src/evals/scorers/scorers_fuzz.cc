#include <cstddef>
#include <cstdint>

#include "evals/scorers/answer.h"
#include "evals/scorers/ifeval.h"
#include "evals/scorers/squad.h"

// Responses come from models: any bytes. The first decides where the text is cut in two.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace interposer::evals;
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const std::size_t cut = bytes[0] % (size - 1);
  const std::string_view a = text.substr(0, cut);
  const std::string_view b = text.substr(cut);
  const double f1 = squad_f1(a, b);
  if (!(f1 >= 0 && f1 <= 1) || f1 != squad_f1(b, a)) __builtin_trap();
  if (squad_exact(a, b) == 1 && f1 != 1) __builtin_trap();
  const auto strict = gsm8k_strict(text);
  if (strict && strict->empty()) __builtin_trap();
  (void)gsm8k_flexible(text);
  (void)bbh_answer(text);
  InstructionArguments arguments;
  arguments.count = 2;
  arguments.position = 1;
  arguments.text = a;
  arguments.texts = {std::string(a)};
  for (const char* const type :
       {"detectable_format:title", "detectable_format:json_format",
        "detectable_format:number_highlighted_sections", "detectable_content:number_placeholders",
        "detectable_format:multiple_sections", "length_constraints:nth_paragraph_first_word",
        "length_constraints:number_paragraphs", "combination:two_responses", "keywords:existence",
        "startend:end_checker", "detectable_content:postscript"}) {
    if (!follows_strict(type, arguments, b) || !follows_loose(type, arguments, b)) __builtin_trap();
  }
  return 0;
}
