#include <array>
#include <cstdlib>

#include "evals/golden/golden.h"

namespace interposer::evals::golden {

void Agreement::count(bool same, std::string_view where) {
  ++checked;
  if (same) {
    ++equal;
  } else if (unequal.size() < kUnequalShown) {
    unequal.emplace_back(where);
  }
}

std::span<const Set> sets() {
  static constexpr std::array kSets{
      Set{"trec_eval 10.0", "trec_eval", check_trec_10},
      Set{"trec_eval 9.0.8", "trec_eval", check_trec_9},
      Set{"gsm8k", "gsm8k", check_gsm8k},
      Set{"bbh", "bbh", check_bbh},
      Set{"alpaca_eval", "alpaca_eval", check_alpaca_eval},
      Set{"routellm gsm8k", "routellm", check_routellm},
      Set{"llmrouter", "llmrouter", check_llmrouter},
      Set{"ifeval strict", "ifeval", check_ifeval_strict},
      Set{"ifeval loose", "ifeval", check_ifeval_loose},
  };
  return kSets;
}

std::filesystem::path data_folder(const std::filesystem::path& beside) {
  const char* const given = std::getenv("INTERPOSER_TEST_DATA");
  const std::filesystem::path folder =
      (given != nullptr ? std::filesystem::path(given) : beside / "../shared/data") / "evals";
  return std::filesystem::is_directory(folder) ? folder : std::filesystem::path();
}

}  // namespace interposer::evals::golden
