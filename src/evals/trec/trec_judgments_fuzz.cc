#include <cstddef>
#include <cstdint>

#include "evals/trec/evaluate.h"

// Judgments in every format against a small run, through every measure that fits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace interposer::evals::trec;
  constexpr std::string_view kRun =
      "1 Q0 a 1 3 x\n1 Q0 b 2 2 x\n1 Q0 c 3 2 x\n2 Q0 a 1 -1 x\n2 Q0 d 2 7 x\n";
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const Format format :
       {Format::kQrels, Format::kQrelsJg, Format::kPrefs, Format::kQrelsPrefs}) {
    const auto judgments = parse_judgments(text, "fuzz", format, Personality::kTrec10);
    if (!judgments) continue;
    EvaluateOptions options;
    options.complete = true;
    options.per_topic = true;
    for (const Measure& measure : all_measures()) {
      const bool preferences = format == Format::kPrefs || format == Format::kQrelsPrefs;
      const Needs has = preferences
                            ? Needs::kPreferences
                            : (format == Format::kQrels ? Needs::kJudgments : Needs::kGroups);
      if (measure.needs == has || measure.needs == Needs::kNothing) {
        options.measures.push_back({&measure, default_parameters(measure)});
      }
    }
    auto run = parse_run(kRun, "run", Personality::kTrec10);
    const Evaluation done = evaluate(*std::move(run), *judgments, options);
    if (done.exit_status == 0 && done.text.empty()) __builtin_trap();
  }
  return 0;
}
