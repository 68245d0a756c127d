// interposer eval compare: two runs, item by item, and what may be claimed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <future>
#include <memory>

#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/share.h"
#include "app/verbs/eval/eval.h"
#include "app/verbs/eval/output.h"
#include "evals/compare/compare.h"
#include "evals/report/comparison.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string a, b, cluster, markdown, html, csv;
  evals::CompareOptions compare;
  evals::ReadOptions read;
  bool require_conclusive = false;
};

// Without names: the two recorded runs that ship, in which a regression is planted.
void take_shipped(Options& options) {
  if (!options.a.empty()) return;
  options.a = share_file("evals/recorded/before");
  options.b = share_file("evals/recorded/after");
  fmt::print(stderr,
             "comparing the two recorded runs that ship with this program:\n"
             "  interposer eval compare {} {}\n\n",
             options.a, options.b);
}

Status write_reports(const Options& options, const evals::Compared& compared) {
  if (!options.markdown.empty()) {
    IP_TRY(const std::string text, evals::comparison_markdown(compared));
    IP_OK(write_report(options.markdown, text));
  }
  if (!options.html.empty()) {
    IP_TRY(const std::string text, evals::comparison_html(compared));
    IP_OK(write_report(options.html, text));
  }
  if (!options.csv.empty()) {
    IP_OK(write_report(options.csv, evals::comparison_csv(compared)));
  }
  return {};
}

Result<int> compare_runs(const Options& options) {
  // Both files are read at once: reading is most of the work.
  auto other = std::async(std::launch::async,
                          [&options] { return evals::read_results(options.b, options.read); });
  auto first = evals::read_results(options.a, options.read);
  auto second = other.get();
  if (!first) return std::move(first).error();
  if (!second) return std::move(second).error();
  IP_TRY(const evals::Comparison comparison, evals::compare(*first, *second, options.compare));
  const evals::Compared compared{&*first, &*second, &comparison, options.compare.items_shown};
  IP_OK(write_reports(options, compared));
  const bool to_stdout = options.markdown == "-" || options.html == "-" || options.csv == "-";
  if (options.common.json) {
    IP_OK(write_report("-", evals::comparison_json(compared)));
  } else if (!to_stdout) {
    IP_TRY(const std::string text, evals::comparison_text(compared));
    IP_OK(write_report("-", printable(text)));
  }
  const auto verdict = comparison.metrics.front().judgement.verdict;
  const bool unsure = verdict == stats::Verdict::kInconclusive;
  return unsure && options.require_conclusive ? kEvalInconclusive : kEvalPass;
}

int work(Options options) {
  take_shipped(options);
  return finish(compare_runs(options));
}

}  // namespace

void add_eval_compare(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = eval->add_subcommand("compare", "two runs item by item, with a verdict");
  verb->footer(
      "A and B are run folders, or result files of lm-eval (samples JSONL), promptfoo or inspect.\n"
      "PATH#NAME takes one provider, prompt, filter or target of a file that holds several.\n"
      "Without A and B the two recorded runs that ship are compared.\n"
      "Examples:\n"
      "  interposer eval compare\n"
      "  interposer eval compare runs/main runs/mine --margin 0.01 --markdown pr.md\n"
      "  interposer eval compare out.json#gpt-a out.json#gpt-b --html report.html");
  auto* a = verb->add_option("A", options->a, "the old run");
  auto* b = verb->add_option("B", options->b, "the new run");
  a->needs(b);
  verb->add_option("--metric", options->compare.metric, "the metric that decides");
  verb->add_option("--margin", options->compare.margin,
                   "what difference does not matter, in the metric's unit")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--level", options->compare.level, "confidence of the interval")
      ->check(CLI::Range(0.5, 0.9999))
      ->capture_default_str();
  verb->add_option("--cluster", options->read.cluster,
                   "field of the items that groups them (lm-eval, promptfoo, inspect)");
  verb->add_option("--qrels", options->read.qrels,
                   "judgments: A and B are TREC runs, compared by topic");
  verb->add_option("--items", options->compare.items_shown, "items to show")->capture_default_str();
  verb->add_option("--markdown", options->markdown, "write a pull-request block here (- : stdout)");
  verb->add_option("--html", options->html, "write a single-file report here");
  verb->add_option("--csv", options->csv, "write all items here");
  verb->add_flag("--force", options->compare.force, "compare although scorers differ, marked");
  verb->add_flag("--require-conclusive", options->require_conclusive,
                 "exit 5 when nobody can tell yet");
  verb->add_flag("--json", options->common.json, "print JSON for machines");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
