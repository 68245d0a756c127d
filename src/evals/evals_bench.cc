// What bench/evals/run times.
//   evals_bench trec ARGUMENTS...   as `interposer eval trec`
//   evals_bench answers             a million EM and F1
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "evals/scorers/squad.h"
#include "evals/trec/command.h"
#include "stats/random.h"

namespace interposer::evals {
namespace {

int run_trec(const std::vector<std::string>& arguments) {
  const trec::CommandResult result = trec::run_command(arguments);
  std::fwrite(result.output.data(), 1, result.output.size(), stdout);
  std::fwrite(result.error.data(), 1, result.error.size(), stderr);
  return result.exit_status;
}

std::string phrase(stats::Random& random) {
  std::string out;
  const std::uint64_t words = 1 + random.below(6);
  for (std::uint64_t w = 0; w < words; ++w) {
    if (w > 0) out += ' ';
    if (random.below(5) == 0) {
      out += "The";
      continue;
    }
    const std::uint64_t letters = 3 + random.below(6);
    for (std::uint64_t i = 0; i < letters; ++i) out += static_cast<char>('a' + random.below(26));
  }
  return out + '.';
}

int run_answers() {
  constexpr std::size_t kAnswers = 1'000'000;
  stats::Random random(1);
  std::vector<std::string> answers, golds;
  for (std::size_t i = 0; i < kAnswers; ++i) {
    answers.push_back(phrase(random));
    golds.push_back(random.below(3) == 0 ? answers.back() : phrase(random));
  }
  const auto start = std::chrono::steady_clock::now();
  double exact = 0;
  double f1 = 0;
  for (std::size_t i = 0; i < kAnswers; ++i) {
    const SquadScore score = squad_score(answers[i], std::span(&golds[i], 1));
    exact += score.exact;
    f1 += score.f1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("1 M EM and F1: %.3f s (budget 2 s), means %.4f %.4f\n", took.count(),
              exact / kAnswers, f1 / kAnswers);
  return 0;
}

}  // namespace
}  // namespace interposer::evals

int main(int count, char** words) {
  const std::vector<std::string> given(words + 1, words + count);
  if (!given.empty() && given[0] == "trec") {
    return interposer::evals::run_trec({given.begin() + 1, given.end()});
  }
  if (!given.empty() && given[0] == "answers") return interposer::evals::run_answers();
  std::fprintf(stderr, "give trec ARGUMENTS..., or answers\n");
  return 2;
}
