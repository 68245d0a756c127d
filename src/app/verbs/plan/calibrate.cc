// interposer plan calibrate DIR: the step model against measured rows, as the protocol pins it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "app/exit_codes.h"
#include "app/verb.h"
#include "app/verbs/plan/plan.h"
#include "planner/calibrate/report.h"

namespace interposer::app {
namespace {

constexpr std::uint64_t kFirstSeed = 10;  // 0-2 are those that the model was chosen on
constexpr int kSeedsMax = 100;

struct CalibrateFlags {
  std::string dir;
  int seeds = 10;
  int threads = 2;
  bool json = false;
  bool near_only = false;
};

int calibrate(const CalibrateFlags& flags) {
  planner::ReportOptions options;
  options.seeds.clear();
  for (int i = 0; i < flags.seeds; ++i) {
    options.seeds.push_back(kFirstSeed + static_cast<std::uint64_t>(i));
  }
  options.study.threads = flags.threads;
  options.far = options.first_token = options.energy = options.config_rule = !flags.near_only;
  options.study.progress = [](std::string_view part) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(part.size()), part.data());
  };
  const auto report = planner::calibration_report(flags.dir, options);
  if (!report.ok()) return fail(report.error());
  const std::string text = flags.json ? report->json() + "\n" : report->markdown();
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0) {
    return fail(make_error(Code::kResourceExhausted, "standard output cannot be written"));
  }
  return kExitOk;
}

}  // namespace

void add_plan_calibrate(CLI::App* plan, Chosen* chosen) {
  auto flags = std::make_shared<CalibrateFlags>();
  CLI::App* verb = plan->add_subcommand(
      "calibrate", "hold the step model to measured rows: errors, intervals, every slice");
  verb->add_option("dir", flags->dir,
                   "folder with silicon_sample.csv, model_configs/ and ml_energy/tasks/")
      ->required();
  verb->add_option("--seeds", flags->seeds, "fold seeds, from 10 on")
      ->check(CLI::Range(1, kSeedsMax));
  verb->add_option("--threads", flags->threads, "more do not change a bit of the result")
      ->check(CLI::Range(1, 64));
  verb->add_flag("--near", flags->near_only, "only the clean rows in grouped folds");
  verb->add_flag("--json", flags->json, "as JSON");
  verb->footer("Example:\n  interposer plan calibrate shared/data/planner --seeds 1 --near");
  verb->callback([flags, chosen] { chosen->work = [flags] { return calibrate(*flags); }; });
}

}  // namespace interposer::app
