// interposer eval route: what choosing among models by query could gain, from an outcome matrix.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>

#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/verbs/eval/eval.h"
#include "base/json.h"
#include "base/strings.h"
#include "evals/read/files.h"
#include "evals/routing_matrix/matrix.h"
#include "evals/routing_matrix/two_models.h"

namespace interposer::app {
namespace {

namespace routing = evals::routing_matrix;
using routing::Matrix;
using routing::Point;

struct Options {
  std::string file, weak, strong;
  bool json = false;
};

// RouteLLM's two models, their queries ordered by what the strong one gains: the best any router
// could do.
struct Pair {
  double weak = 0, strong = 0;
  std::optional<double> apgr, apgr_paper, cpt50, cpt80;
};

struct Report {
  std::vector<Point> singles, frontier;
  Point oracle;
  routing::Regret best_single;  // of the best single model
  std::optional<double> aiq;    // of the single models' hull
  double entropy = 0;
  std::optional<Pair> pair;
};

Result<std::size_t> model_of(const Matrix& matrix, const std::string& name) {
  const auto found = matrix.model(name);
  if (found) return *found;
  return make_error(Code::kInvalidArgument, "the matrix has no model '" + name + "'",
                    did_you_mean(name, matrix.models));
}

Result<Pair> pair_of(const Matrix& matrix, const Options& options) {
  IP_TRY(const std::size_t weak, model_of(matrix, options.weak));
  IP_TRY(const std::size_t strong, model_of(matrix, options.strong));
  std::vector<double> low, high, gain;
  for (const auto& row : matrix.score) {
    low.push_back(row[weak]);
    high.push_back(row[strong]);
    gain.push_back(row[strong] - row[weak]);
  }
  const auto curve = routing::threshold_curve(low, high, gain);
  Pair out;
  out.weak = curve.front().quality;
  out.strong = curve.back().quality;
  out.apgr = routing::apgr_routellm(curve);
  out.apgr_paper = routing::apgr_paper(curve);
  out.cpt50 = routing::cpt(curve, 0.5);
  out.cpt80 = routing::cpt(curve, 0.8);
  return out;
}

Result<Report> report_of(const Matrix& matrix, const Options& options) {
  Report out;
  out.singles = routing::single_models(matrix);
  out.frontier = routing::pareto(out.singles);
  const auto choice = routing::oracle_choice(matrix);
  out.oracle = routing::chosen(matrix, choice, "oracle");
  out.entropy = routing::decision_entropy(choice, matrix.models.size());
  std::stable_sort(out.singles.begin(), out.singles.end(),
                   [](const Point& a, const Point& b) { return a.quality > b.quality; });
  out.best_single = routing::regret(matrix, out.singles.front());
  const auto hull = routing::hull(out.singles);
  if (hull.size() > 1) out.aiq = routing::aiq(hull, hull.front().cost, hull.back().cost);
  if (!options.weak.empty()) {
    IP_TRY(out.pair, pair_of(matrix, options));
  }
  return out;
}

std::string shown(std::optional<double> value) {
  return value && !std::isnan(*value) ? fmt::format("{:.4f}", *value) : "unknown";
}

void print_text(const Matrix& matrix, const Report& r) {
  fmt::print(
      "{} queries, {} models{}\n\n", matrix.queries.size(), matrix.models.size(),
      matrix.has_cost() ? "" : ", no costs: frontier, AIQ and regret at equal cost are unknown");
  fmt::print("{:<40} {:>8} {:>12}  {}\n", "choice", "quality", "cost", "");
  for (const Point& p : r.singles) {
    const bool on = std::any_of(r.frontier.begin(), r.frontier.end(),
                                [&](const Point& f) { return f.name == p.name; });
    fmt::print("{:<40} {:>8.4f} {:>12}  {}\n", printable(p.name), p.quality, shown(p.cost),
               on ? "on the frontier" : "");
  }
  fmt::print("{:<40} {:>8.4f} {:>12}  best of each query\n\n", "oracle", r.oracle.quality,
             shown(r.oracle.cost));
  fmt::print("regret of the best single model to the oracle  {:.4f}\n", r.best_single.to_oracle);
  fmt::print("AIQ of the single models' hull                 {}\n", shown(r.aiq));
  fmt::print("entropy of the oracle's choices, bits          {:.4f}\n", r.entropy);
  if (!r.pair) return;
  fmt::print("\nweak {:.4f}, strong {:.4f}; a router that knows the gain of each query reaches\n",
             r.pair->weak, r.pair->strong);
  fmt::print("apgr@routellm {}  apgr@paper {}  cpt50 {}  cpt80 {}\n", shown(r.pair->apgr),
             shown(r.pair->apgr_paper), shown(r.pair->cpt50), shown(r.pair->cpt80));
}

void point_json(JsonWriter& out, const Point& p) {
  out.begin_object().field("name", p.name).field("quality", p.quality).field("cost", p.cost);
  out.end_object();
}

void optional_json(JsonWriter& out, std::string_view key, std::optional<double> value) {
  out.field(key, value.value_or(std::nan("")));  // null
}

void print_json(const Matrix& matrix, const Report& r) {
  JsonWriter out;
  out.begin_object().field("queries", static_cast<std::uint64_t>(matrix.queries.size()));
  out.key("models").begin_array();
  for (const Point& p : r.singles) point_json(out, p);
  out.end_array().key("frontier").begin_array();
  for (const Point& p : r.frontier) out.string(p.name);
  out.end_array().key("oracle");
  point_json(out, r.oracle);
  out.field("regret_best_single", r.best_single.to_oracle);
  optional_json(out, "aiq", r.aiq);
  out.field("oracle_entropy_bits", r.entropy);
  if (r.pair) {
    out.key("pair").begin_object().field("weak", r.pair->weak).field("strong", r.pair->strong);
    optional_json(out, "apgr_routellm", r.pair->apgr);
    optional_json(out, "apgr_paper", r.pair->apgr_paper);
    optional_json(out, "cpt50", r.pair->cpt50);
    optional_json(out, "cpt80", r.pair->cpt80);
    out.end_object();
  }
  out.end_object();
  fmt::print("{}\n", out.str());
}

int work(const Options& options) {
  const auto text = evals::read_file(options.file);
  if (!text) return fail(text.error());
  const auto matrix = routing::parse_matrix(*text, options.file);
  if (!matrix) return fail(matrix.error());
  const auto report = report_of(*matrix, options);
  if (!report) return fail(report.error());
  if (options.json) {
    print_json(*matrix, *report);
  } else {
    print_text(*matrix, *report);
  }
  return kExitOk;
}

}  // namespace

void add_eval_route(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = eval->add_subcommand("route", "what choosing a model by query could gain");
  verb->footer(
      "Examples:\n"
      "  interposer eval route scores.json\n"
      "  interposer eval route responses.csv --weak mixtral --strong gpt-4 --json");
  verb->add_option("matrix", options->file, "scores of each model on each query")->required();
  auto* weak = verb->add_option("--weak", options->weak, "the cheap model of a pair");
  auto* strong = verb->add_option("--strong", options->strong, "the good model of a pair");
  weak->needs(strong);
  strong->needs(weak);
  verb->add_flag("--json", options->json, "print JSON for machines");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
