// Any bytes as a cited answer, a judge's output and a response: counts hold together.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "evals/scorers/citations.h"
#include "evals/scorers/extraction.h"
#include "evals/scorers/grounding.h"
#include "evals/scorers/ifeval_case.h"
#include "evals/scorers/judge.h"
#include "evals/scorers/unicode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace evals = interposer::evals;
  if (size > 4096) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const evals::CitedAnswer answer{text,
                                  {text.substr(0, size / 2), "The plant opened in May 2024."}};
  const auto check = evals::check_citations(answer);
  if (check.quotes_verbatim > check.quotes || check.numbers_present > check.numbers ||
      check.names_present > check.names || check.cited > check.sentences) {
    std::abort();
  }
  const auto quality = evals::citation_quality(answer, evals::lexical_entailment);
  if (!quality.ok()) std::abort();
  if (*quality && !((*quality)->precision <= 1 && (*quality)->recall <= 1)) std::abort();
  evals::parse_preference(text);
  const auto score = evals::parse_rubric_score(text, 1, 10);
  if (score && !(*score >= 1 && *score <= 10)) std::abort();
  const auto rest = evals::answer_part(text);
  if (rest && rest->size() > text.size()) std::abort();
  if (evals::count_capital_words(evals::decode(text)) < 0) std::abort();
  return 0;
}
