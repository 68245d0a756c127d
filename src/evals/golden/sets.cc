#include <array>
#include <cstdlib>

#include "evals/golden/golden.h"

namespace interposer::evals::golden {

void Agreement::count(bool same, std::string_view where, bool listed) {
  ++checked;
  if (same) {
    ++equal;
    return;
  }
  known += listed ? 1 : 0;
  std::vector<std::string>& places = listed ? faults : unequal;
  if (places.size() < kUnequalShown) places.emplace_back(where);
}

void Agreement::skip_all(std::int64_t items, std::string reason) {
  expected = skipped = items;
  notes.push_back("skipped: " + std::move(reason));
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
      Set{"bfcl answers", "bfcl", check_bfcl_answers},
      Set{"bfcl verdicts", "bfcl/verdicts", check_bfcl_verdicts},
      Set{"sacrebleu", "sacrebleu", check_sacrebleu},
      Set{"scipy", "scipy", check_scipy},
      Set{"human_eval", "human_eval", check_human_eval},
      Set{"human_eval null", "human_eval", check_human_eval_null},
      Set{"c++ oracle", "polyglot_cpp", check_cpp_oracle},
      Set{"c++ null", "polyglot_cpp", check_cpp_null},
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
