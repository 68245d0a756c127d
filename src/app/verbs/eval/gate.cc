// interposer eval gate and baseline accept: what must hold before a change is let through.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/verbs/eval/eval.h"
#include "app/verbs/eval/output.h"
#include "evals/gate/baseline.h"
#include "evals/gate/gate.h"
#include "evals/report/comparison.h"
#include "net/file.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string run, baseline, suite, metric, max_unscored, hard_fail, cluster;
  std::string junit, markdown, html, csv, out = "eval-baseline.tsv";
  double margin = 0, alpha = 0.05;
  bool require_conclusive = false, force = false;
};

// A baseline file, or any results that compare reads.
Result<evals::ResultSet> read_baseline(const std::string& path, const Options& options) {
  auto text = net::FileSystem::real().read(path, evals::kBaselineBytesMax);
  if (text && evals::is_baseline(*text)) return evals::parse_baseline(*text, path);
  evals::ReadOptions read;
  read.cluster = options.cluster;
  return evals::read_results(path, read);
}

Result<std::vector<evals::GateRule>> rules_of(const Options& options) {
  std::vector<evals::GateRule> rules;
  if (!options.suite.empty()) {
    IP_TRY(const config::Document document, config::load(options.suite));
    const config::Node gate = document.root()["gate"];
    if (gate.kind() == config::Kind::kNull)
      return document.root().error("there is no gate", "write a list `gate:` into it");
    return evals::parse_gate(gate);
  }
  if (!options.baseline.empty()) {
    evals::GateRule rule;
    rule.metric = options.metric;
    rule.margin = options.margin;
    rule.alpha = options.alpha;
    rules.push_back(rule);
  }
  evals::GateRule unscored;
  unscored.kind = evals::GateRule::Kind::kMaxUnscored;
  unscored.metric = options.metric;
  unscored.value = evals::kMaxUnscoredDefault;
  if (!options.max_unscored.empty()) {
    IP_TRY(unscored.value, evals::parse_share(options.max_unscored));
  }
  rules.push_back(unscored);
  if (!options.hard_fail.empty()) {
    evals::GateRule rule;
    rule.kind = evals::GateRule::Kind::kNoNewHardFail;
    rule.metric = options.metric;
    rule.tag = options.hard_fail;
    rules.push_back(rule);
  }
  return rules;
}

Status write_reports(const Options& options, const evals::GateReport& report,
                     const evals::ResultSet* baseline, const evals::ResultSet& run) {
  if (!options.junit.empty()) {
    IP_OK(write_report(options.junit, evals::gate_junit(report, run.source)));
  }
  if (!options.markdown.empty()) {
    IP_TRY(const std::string text, evals::gate_markdown(report, baseline, run));
    IP_OK(write_report(options.markdown, text));
  }
  if (options.html.empty() && options.csv.empty()) return {};
  if (baseline == nullptr || !report.comparison)
    return make_error(Code::kInvalidArgument, "--html and --csv show a comparison",
                      "name what to compare with: --baseline FILE");
  const evals::Compared compared{baseline, &run, &*report.comparison, 20};
  if (!options.html.empty()) {
    IP_TRY(const std::string text, evals::comparison_html(compared));
    IP_OK(write_report(options.html, text));
  }
  if (!options.csv.empty()) {
    IP_OK(write_report(options.csv, evals::comparison_csv(compared)));
  }
  return {};
}

int exit_of(evals::Outcome outcome, bool require_conclusive) {
  switch (outcome) {
    case evals::Outcome::kPass:
      return kEvalPass;
    case evals::Outcome::kFail:
      return kEvalFailed;
    case evals::Outcome::kUnscored:
      return kEvalUnscored;
    case evals::Outcome::kInconclusive:
      break;
  }
  return require_conclusive ? kEvalInconclusive : kEvalPass;
}

Result<int> gate(const Options& options) {
  evals::ReadOptions read;
  read.cluster = options.cluster;
  IP_TRY(const std::vector<evals::GateRule> rules, rules_of(options));
  IP_TRY(const evals::ResultSet run, evals::read_results(options.run, read));
  std::optional<evals::ResultSet> baseline;
  if (!options.baseline.empty()) {
    IP_TRY(baseline, read_baseline(options.baseline, options));
  }
  const evals::ResultSet* base = baseline ? &*baseline : nullptr;
  IP_TRY(const evals::GateReport report, evals::run_gate(base, run, rules, options.force));
  IP_OK(write_reports(options, report, base, run));
  const bool taken =
      options.junit == "-" || options.markdown == "-" || options.html == "-" || options.csv == "-";
  if (options.common.json) {
    IP_OK(write_report("-", evals::gate_json(report)));
  } else if (!taken) {
    IP_OK(write_report("-", printable(evals::gate_text(report))));
  }
  return exit_of(report.outcome, options.require_conclusive);
}

Result<int> accept(const Options& options) {
  evals::ReadOptions read;
  read.cluster = options.cluster;
  IP_TRY(const evals::ResultSet run, evals::read_results(options.run, read));
  if (run.metrics.empty())
    return make_error(Code::kFailedPrecondition, options.run + " has no scores",
                      "run `interposer eval score` on it first");
  IP_OK(write_report(options.out, evals::encode_baseline(run)));
  if (options.out != "-") fmt::print("{}: {} results accepted\n", options.out, run.rows.size());
  return kEvalPass;
}

}  // namespace

void add_eval_gate(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = eval->add_subcommand("gate", "let a run through, or not: for CI");
  verb->footer(
      "Exit codes: 0 pass, 1 failed, 2 usage, 3 too much is unscored, 5 inconclusive (only with\n"
      "--require-conclusive).\n"
      "Examples:\n"
      "  interposer eval baseline accept runs/main --out eval-baseline.tsv\n"
      "  interposer eval gate runs/mine --baseline eval-baseline.tsv --margin 0.01 --junit "
      "gate.xml\n"
      "  interposer eval gate runs/mine --baseline eval-baseline.tsv --suite suite.yaml");
  verb->add_option("run", options->run, "a run folder or result file")->required();
  verb->add_option("--baseline", options->baseline, "a baseline file, or any results");
  verb->add_option("--suite", options->suite, "take the rules from this suite's `gate`");
  verb->add_option("--metric", options->metric, "the metric (default: the first)");
  verb->add_option("--margin", options->margin, "what loss does not matter")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--alpha", options->alpha, "1 - level of the interval")
      ->check(CLI::Range(1e-6, 0.5));
  verb->add_option("--max-unscored", options->max_unscored,
                   "share without a score, 0.5% (default 2%)");
  verb->add_option("--hard-fail", options->hard_fail, "tag whose items must not newly fail");
  verb->add_option("--cluster", options->cluster, "field of the items that groups them");
  verb->add_option("--junit", options->junit, "write JUnit XML here (- : stdout)");
  verb->add_option("--markdown", options->markdown, "write a pull-request block here");
  verb->add_option("--html", options->html, "write a single-file report here");
  verb->add_option("--csv", options->csv, "write all items here");
  verb->add_flag("--force", options->force, "compare although scorers differ, marked");
  verb->add_flag("--require-conclusive", options->require_conclusive, "exit 5 when inconclusive");
  verb->add_flag("--json", options->common.json, "print JSON for machines");
  verb->callback(
      [options, chosen] { chosen->work = [options] { return finish(gate(*options)); }; });
}

void add_eval_baseline(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = eval->add_subcommand("baseline", "the scores that a gate compares with");
  verb->require_subcommand(1);
  CLI::App* accept_verb = verb->add_subcommand("accept", "write a run's scores as the baseline");
  accept_verb->add_option("run", options->run, "a run folder or result file")->required();
  accept_verb->add_option("--out", options->out, "the file, for git")->capture_default_str();
  accept_verb->add_option("--cluster", options->cluster, "field of the items that groups them");
  accept_verb->callback(
      [options, chosen] { chosen->work = [options] { return finish(accept(*options)); }; });
}

}  // namespace interposer::app
