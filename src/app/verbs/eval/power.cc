// interposer eval power and flaky: how much a set can see, and which of its items are noise.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>

#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/verbs/eval/eval.h"
#include "app/verbs/eval/output.h"
#include "evals/compare/compare.h"
#include "evals/compare/pairs.h"
#include "stats/power.h"

namespace interposer::app {
namespace {

struct Options {
  std::string a, b, metric;
  double effect = 0.03, sd = 1.0 / 3, power = 0.8, alpha = 0.05;
  std::int64_t items = 0;
  std::size_t shown = 20;
};

// The spread of an item's difference, clusters included: what the standard error was times sqrt(n).
Result<double> spread_of(const Options& options) {
  if (options.a.empty()) return options.sd;
  IP_TRY(const evals::ResultSet a, evals::read_results(options.a));
  IP_TRY(const evals::ResultSet b, evals::read_results(options.b));
  evals::CompareOptions wanted;
  wanted.metric = options.metric;
  IP_TRY(const evals::Comparison comparison, evals::compare(a, b, wanted));
  const stats::Estimate& e = comparison.metrics.front().difference;
  if (std::isnan(e.standard_error))
    return make_error(Code::kFailedPrecondition, "too few pairs to see a spread",
                      "give it: --sd 0.33");
  return e.standard_error * std::sqrt(static_cast<double>(e.n));
}

Result<int> power(const Options& options) {
  IP_TRY(const double spread, spread_of(options));
  stats::PairedDesign design;
  design.between_variance = spread * spread;
  design.alpha = options.alpha;
  design.power = options.power;
  fmt::print("spread of one item's difference: {:.4f}\n", spread);
  fmt::print("to see {:g}: {} items (power {:g} %, alpha {:g})\n", options.effect,
             stats::items_needed(design, options.effect), options.power * 100, options.alpha);
  if (options.items > 0)
    fmt::print("{} items see {:.4f}\n", options.items,
               stats::detectable_effect(design, options.items));
  return kEvalPass;
}

Result<int> flaky(const Options& options) {
  IP_TRY(const evals::ResultSet set, evals::read_results(options.a));
  std::size_t metric = 0;
  if (!options.metric.empty() || set.metrics.empty()) {
    const auto found = set.find_metric(options.metric);
    if (!found)
      return make_error(Code::kInvalidArgument, "the run has no metric '" + options.metric + "'");
    metric = *found;
  }
  const evals::PairedItems items = evals::pair_items(set, set);
  std::vector<std::pair<double, std::string>> unsteady;
  std::int64_t several = 0;
  for (const auto& [rows, same] : items.pairs) {
    const evals::ItemScore score = evals::item_score(set, items.order_a, rows, metric);
    several += score.several ? 1 : 0;
    if (!score.steady)
      unsteady.emplace_back(score.mean, set.id(set.rows[items.order_a[rows.first]]));
  }
  if (several == 0)
    return make_error(Code::kFailedPrecondition, options.a + " has one epoch: flips cannot be seen",
                      "run the suite with epochs: 3");
  std::sort(unsteady.begin(), unsteady.end());
  fmt::print("{} of {} items flip between epochs of one run ({:.1f} %)\n", unsteady.size(), several,
             100.0 * static_cast<double>(unsteady.size()) / static_cast<double>(several));
  for (std::size_t i = 0; i < std::min(options.shown, unsteady.size()); ++i)
    fmt::print("{:.3f}  {}\n", unsteady[i].first, printable(unsteady[i].second));
  return kEvalPass;
}

}  // namespace

void add_eval_power(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = eval->add_subcommand("power", "items needed to see an effect");
  verb->footer(
      "Examples:\n  interposer eval power --effect 0.03\n"
      "  interposer eval power runs/main runs/mine --effect 0.01");
  auto* a = verb->add_option("A", options->a, "two runs whose differences show the spread");
  auto* b = verb->add_option("B", options->b);
  a->needs(b);
  verb->add_option("--effect", options->effect, "the difference to see")
      ->check(CLI::PositiveNumber);
  verb->add_option("--sd", options->sd, "spread of one item's difference")
      ->check(CLI::PositiveNumber);
  verb->add_option("--items", options->items, "also: what this many items see");
  verb->add_option("--power", options->power)->check(CLI::Range(0.01, 0.9999));
  verb->add_option("--alpha", options->alpha)->check(CLI::Range(1e-6, 0.5));
  verb->add_option("--metric", options->metric, "of the runs");
  verb->callback(
      [options, chosen] { chosen->work = [options] { return finish(power(*options)); }; });
}

void add_eval_flaky(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = eval->add_subcommand("flaky", "items that flip between epochs of one run");
  verb->add_option("run", options->a, "a run with several epochs")->required();
  verb->add_option("--metric", options->metric, "the metric (default: the first)");
  verb->add_option("--items", options->shown, "items to list")->capture_default_str();
  verb->callback(
      [options, chosen] { chosen->work = [options] { return finish(flaky(*options)); }; });
}

}  // namespace interposer::app
