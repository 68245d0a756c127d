// interposer plan --model M: which boards, how many, at what cost, for this traffic under these
// limits.
#include "app/verbs/plan/fleet.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>

#include "app/exit_codes.h"
#include "base/strings.h"
#include "planner/place/models.h"
#include "planner/report/plan_text.h"
#include "planner/simulate/trace.h"
#include "planner/units/unit.h"

namespace interposer::app {
namespace {

using planner::Precision;

constexpr std::size_t kDrawnRequests = 6'000;

Error usage(std::string message, std::string remedy) {
  return make_error(Code::kInvalidArgument, std::move(message), std::move(remedy));
}

Result<double> quantity(const std::string& option, const std::string& text,
                        const planner::Dimension& wanted) {
  auto value = planner::parse_quantity(text, wanted);
  if (!value) return std::move(value.error()).within(option);
  if (!(*value > 0)) return usage(option + ": must be above zero", "e.g. " + option + " 20/s");
  return *value;
}

Result<planner::Workload> workload_of(const FleetOptions& o) {
  if (!o.traffic.empty()) {
    if (!o.rate.empty() || o.in > 0 || o.out > 0) {
      return usage("--traffic and --rate, --in or --out say the same thing", "give one of them");
    }
    return planner::load_trace(o.traffic);
  }
  if (o.rate.empty() || o.in <= 0 || o.out <= 0) {
    return usage("no traffic is given",
                 "give --traffic TRACE.csv, or --rate 20/s --in 1000 --out 300");
  }
  planner::Arrivals arrivals;
  IP_TRY(arrivals.rate, quantity("--rate", o.rate, planner::PerSecond::kDimension));
  arrivals.cv = o.cv;
  arrivals.mean_prompt = o.in;
  arrivals.mean_answer = o.out;
  arrivals.length_cv = o.length_cv;
  arrivals.count = kDrawnRequests;
  arrivals.seed = static_cast<std::uint64_t>(o.plan.seed);
  return planner::draw_workload(arrivals);
}

Status read_search(const FleetOptions& o, planner::SearchOptions* out) {
  for (const std::string& name : o.engines) {
    const auto& known = planner::known_engines();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return make_error(Code::kNotFound, "--engine: no engine '" + name + "'",
                        did_you_mean(name, known), "unknown_engine");
    }
  }
  out->engines = o.engines;
  for (const std::string& name : o.precisions) {
    std::vector<std::string> known;
    bool found = false;
    for (const Precision p : {Precision::kBf16, Precision::kFp8, Precision::kFp4}) {
      known.emplace_back(planner::precision_name(p));
      if (known.back() != name) continue;
      out->precisions.push_back(p);
      found = true;
    }
    if (!found) {
      return make_error(Code::kNotFound, "--precision: no precision '" + name + "'",
                        did_you_mean(name, known), "unknown_precision");
    }
  }
  out->split = !o.no_split;
  out->for_sale_only = !o.captive;
  return {};
}

}  // namespace

Status read_slo(const std::string& text, planner::PlanOptions* out) {
  if (text.empty()) return {};
  for (const std::string_view part : split(text, ',')) {
    const std::size_t equals = part.find('=');
    const std::string key(trim(part.substr(0, equals)));
    if (equals == std::string_view::npos || (key != "ttft_p99" && key != "tpot_p99")) {
      return make_error(Code::kInvalidArgument, "--slo: '" + std::string(part) + "' is no limit",
                        "write ttft_p99=2s,tpot_p99=50ms");
    }
    IP_TRY(const double seconds,
           quantity("--slo " + key, std::string(trim(part.substr(equals + 1))),
                    planner::Seconds::kDimension));
    (key == "ttft_p99" ? out->ttft_limit_s : out->tpot_limit_s) = seconds;
  }
  return {};
}

Result<FleetPlan> fleet_plan(const FleetOptions& o) {
  IP_TRY(const auto catalogue, plan_catalogue(o.plan));
  if (o.model.empty()) return usage("no model is given", "give --model NAME or a config.json");
  IP_TRY(const planner::NamedModel model, planner::find_model(o.model));
  planner::PlanOptions options;
  options.model = model.name;
  IP_OK(read_slo(o.slo, &options));
  IP_TRY(const planner::Workload workload, workload_of(o));
  IP_OK(read_search(o, &options.search));
  if (!o.plan.board.empty()) {
    for (const std::string_view name : split(o.plan.board, ',')) {
      options.boards.emplace_back(trim(name));
    }
  }
  options.own = o.own;
  options.prior_best = o.prior;
  if (!o.plan.site.empty()) {
    IP_TRY(options.site, catalogue->get("sites", o.plan.site));
  }
  if (!o.budget.empty()) {
    IP_TRY(const double budget,
           quantity("--budget", o.budget, planner::DollarsPerSecond::kDimension));
    options.budget_usd_s = budget;
  }
  if (!(o.confidence >= 0.5 && o.confidence <= 0.99)) {
    return usage("--confidence: lies between 0.5 and 0.99", "e.g. --confidence 0.9");
  }
  options.confidence = o.confidence;
  options.draws = static_cast<std::size_t>(o.plan.draws);
  options.threads = o.threads;
  options.seed = static_cast<std::uint64_t>(o.plan.seed);
  if (o.closed_form) options.simulate_max = 0;
  IP_TRY(planner::Plan plan, planner::make_plan(*catalogue, model.shape, workload, options));
  return FleetPlan{catalogue, std::move(plan)};
}

void add_fleet_options(CLI::App* verb, FleetOptions* o) {
  verb->add_option("--model", o->model, "a model's name, or its config.json");
  verb->add_option("--traffic", o->traffic, "a trace: CSV, or Mooncake's JSON lines");
  verb->add_option("--rate", o->rate, "requests by time (20/s), in place of a trace");
  verb->add_option("--in", o->in, "mean prompt tokens, with --rate");
  verb->add_option("--out", o->out, "mean answer tokens, with --rate");
  verb->add_option("--cv", o->cv, "variation of the arrivals: 1 Poisson, above it bursts");
  verb->add_option("--length-cv", o->length_cv, "variation of the lengths, with --rate");
  verb->add_option("--slo", o->slo, "limits: ttft_p99=2s,tpot_p99=50ms");
  verb->add_option("--budget", o->budget, "at most this much ('300 $/h')");
  verb->add_option("--engine", o->engines, "only these engines: vllm, sglang, trtllm, own");
  verb->add_option("--precision", o->precisions, "only these: bf16, fp8, fp4");
  verb->add_flag("--own", o->own, "cost of owning in place of rent");
  verb->add_flag("--prior", o->prior, "boards without measurements may be the best");
  verb->add_flag("--captive", o->captive, "boards that cannot be bought or rented too");
  verb->add_flag("--no-split", o->no_split, "prompts and answers on the same replicas");
  verb->add_flag("--closed-form", o->closed_form, "do not simulate");
  verb->add_option("--confidence", o->confidence, "share of draws in which the limits hold (0.9)");
  verb->add_option("--threads", o->threads, "threads (2)")->check(CLI::Range(1, 64));
  verb->add_option("--html", o->html, "write the report to this file too");
}

void add_fleet_verb_options(CLI::App* verb, FleetOptions* o) {
  add_fleet_options(verb, o);
  add_common_options(verb, &o->plan);
  verb->add_option("--board", o->plan.board, "only these boards: h200_sxm,mi355x");
  verb->add_option("--site", o->plan.site, "where: its PUE and carbon count");
}

int run_plan_fleet(const FleetOptions& o) {
  const auto fleet = fleet_plan(o);
  if (!fleet) return fail(fleet.error());
  const planner::Plan* plan = &fleet->plan;
  if (!o.html.empty()) {
    std::ofstream file(o.html, std::ios::binary | std::ios::trunc);
    file << planner::plan_html(*plan);
    file.flush();
    if (!file) {
      return fail(make_error(Code::kPermissionDenied, "--html: cannot write '" + o.html + "'",
                             "give a file in a folder that can be written"));
    }
  }
  fmt::print("{}", o.common.json ? planner::plan_json(*plan) + "\n" : planner::plan_text(*plan));
  return plan->best ? kExitOk : kExitRefused;
}

}  // namespace interposer::app
