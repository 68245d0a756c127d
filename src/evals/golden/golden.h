// Golden sets: stored verdicts of other tools that this evaluator must reproduce exactly.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::evals::golden {

// Counts of one set. `expected` = what the whole set holds; `skipped` of them need something that
// isn't here (a package, a file); the rest is checked.
struct Agreement {
  std::int64_t expected = 0;
  std::int64_t checked = 0;
  std::int64_t equal = 0;
  std::int64_t skipped = 0;
  std::int64_t known = 0;            // unequal, and listed as the reference's own fault
  std::vector<std::string> unequal;  // where, at most kUnequalShown; without the known ones
  std::vector<std::string> faults;   // the known ones
  // What a person should know: aggregates, why something is skipped.
  std::vector<std::string> notes;

  // `listed`: a difference here is the reference's own fault, and listed as such.
  void count(bool same, std::string_view where, bool listed = false);
  // All of it skipped, for the reason given.
  void skip_all(std::int64_t items, std::string reason);
  bool differs() const { return equal + known != checked; }
  bool holds() const { return checked > 0 && !differs(); }
};
inline constexpr std::size_t kUnequalShown = 20;

struct Set {
  std::string_view name;    // "gsm8k"
  std::string_view folder;  // below the data folder; absent: the whole set is skipped
  Result<Agreement> (*check)(const std::filesystem::path& folder) = nullptr;
};

std::span<const Set> sets();

// $INTERPOSER_TEST_DATA/evals, or `beside`/../shared/data/evals; empty when neither is there.
std::filesystem::path data_folder(const std::filesystem::path& beside);

// One set each, by file.
Result<Agreement> check_trec_10(const std::filesystem::path& folder);
Result<Agreement> check_trec_9(const std::filesystem::path& folder);
Result<Agreement> check_gsm8k(const std::filesystem::path& folder);
Result<Agreement> check_bbh(const std::filesystem::path& folder);
Result<Agreement> check_alpaca_eval(const std::filesystem::path& folder);
Result<Agreement> check_routellm(const std::filesystem::path& folder);
Result<Agreement> check_llmrouter(const std::filesystem::path& folder);
Result<Agreement> check_ifeval_strict(const std::filesystem::path& folder);
Result<Agreement> check_ifeval_loose(const std::filesystem::path& folder);
Result<Agreement> check_bfcl_answers(const std::filesystem::path& folder);
Result<Agreement> check_bfcl_verdicts(const std::filesystem::path& folder);
Result<Agreement> check_sacrebleu(const std::filesystem::path& folder);
Result<Agreement> check_scipy(const std::filesystem::path& folder);
Result<Agreement> check_human_eval(const std::filesystem::path& folder);
Result<Agreement> check_human_eval_null(const std::filesystem::path& folder);
Result<Agreement> check_cpp_oracle(const std::filesystem::path& folder);
Result<Agreement> check_cpp_null(const std::filesystem::path& folder);

}  // namespace interposer::evals::golden
