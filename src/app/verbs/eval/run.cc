// interposer eval run, plan and score: a suite against its targets.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <memory>
#include <optional>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/runtime.h"
#include "app/verbs/eval/eval.h"
#include "app/verbs/eval/output.h"
#include "base/json.h"
#include "evals/gate/gate.h"
#include "evals/run/run_suite.h"
#include "store/home.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string suite, out, model, url, max_unscored;
  std::int64_t limit = 0, concurrency = 0;
  bool dry = false;
};

// Ctrl-C ends the run in order: what is in flight is recorded as such, and the next run goes on.
std::stop_source* g_stop = nullptr;
void interrupted(int) {
  if (g_stop != nullptr) g_stop->request_stop();
}

struct Prepared {
  evals::Suite suite;
  std::vector<evals::Item> items;
  std::vector<evals::Endpoint> endpoints;
  std::unique_ptr<Connection> connection;  // of the running interposer, where a target needs it
};

// --model and --url replace what the suite names: the same suite against another target.
void apply_overrides(evals::Suite& suite, const Options& options) {
  if (!options.model.empty() || !options.url.empty()) {
    evals::Target target = suite.targets.front();
    if (!options.model.empty()) target.model = options.model;
    if (!options.url.empty()) target.url = options.url;
    target.name = target.model.empty() ? "default" : target.model;
    suite.targets = {target};
  }
  if (options.limit > 0) suite.limit = options.limit;
  if (options.concurrency > 0) suite.runner.concurrency = options.concurrency;
}

Result<std::string> default_model(Connection& connection) {
  IP_TRY(const client::ServerStatus status, connection.session().status());
  if (status.default_chat.empty())
    return make_error(Code::kFailedPrecondition, "the server has no chat model",
                      "name one: --model NAME (interposer models lists them)");
  return status.default_chat;
}

Result<Prepared> prepare(const Options& options, bool connect) {
  Prepared out;
  IP_TRY(out.suite, evals::load_suite(options.suite));
  apply_overrides(out.suite, options);
  IP_TRY(out.items, evals::load_items(out.suite));
  const bool asks_model = out.suite.runner.kind == evals::RunnerKind::kChat ||
                          out.suite.runner.kind == evals::RunnerKind::kCompletion;
  for (evals::Target& target : out.suite.targets) {
    evals::Endpoint endpoint;
    endpoint.own = target.url.empty() || !asks_model;
    endpoint.url = target.url;
    if (target.url.empty() && connect) {
      if (!out.connection) {
        IP_TRY(out.connection, Connection::open(options.common));
      }
      IP_TRY(const std::string home, store::Home::locate(options.common.home));
      endpoint.socket = home + "/" + kSocketName;
      if (target.model.empty() && asks_model) {
        IP_TRY(target.model, default_model(*out.connection));
      }
    } else if (target.url.empty()) {
      endpoint.socket = "-";
    }
    out.endpoints.push_back(std::move(endpoint));
  }
  return out;
}

std::string progress_text(const evals::Progress& p) {
  std::string out = fmt::format("{} in flight of {}", p.in_flight, p.limit);
  if (p.refusals > 0) out += fmt::format(", throttled {} times", p.refusals);
  if (p.failed > 0) out += fmt::format(", {} failed", p.failed);
  if (p.spent_usd > 0) out += fmt::format(", ${:.4f}", p.spent_usd);
  if (p.left) out += fmt::format(", {:.0f} s left", to_ms(*p.left) / 1000);
  return out;
}

int exit_of(const evals::RunOutcome& outcome, std::int64_t unscored, double max_unscored) {
  switch (outcome.summary.reason) {
    case evals::StopReason::kInterrupted:
      return kExitInterrupted;
    case evals::StopReason::kBudget:
      return kEvalBudget;
    case evals::StopReason::kTargetDown:
      return kEvalUnscored;
    default:
      break;
  }
  const auto units = static_cast<double>(std::max<std::int64_t>(1, outcome.summary.units));
  return static_cast<double>(unscored) / units > max_unscored ? kEvalUnscored : kEvalPass;
}

// Means over what was scored, with the denominators named.
std::string means_text(const evals::ResultSet& set) {
  std::string out;
  for (std::size_t m = 0; m < set.metrics.size(); ++m) {
    double sum = 0;
    std::int64_t scored = 0;
    for (std::size_t i = 0; i < set.rows.size(); ++i) {
      const double score = set.score(i, m);
      if (score != score) continue;
      sum += score;
      scored += 1;
    }
    out += scored == 0 ? fmt::format("{:<20} -  (nothing scored)\n", set.metrics[m].name)
                       : fmt::format("{:<20} {:.4f} over {} of {} units\n", set.metrics[m].name,
                                     sum / static_cast<double>(scored), scored, set.rows.size());
  }
  return out;
}

Status print_summary(const Prepared& prepared, const Options& options,
                     const evals::RunOutcome& outcome) {
  const evals::RunSummary& s = outcome.summary;
  if (options.common.json) {
    JsonWriter w;
    w.begin_object().field("folder", options.out).field("units", s.units);
    w.field("answered", s.answered).field("cached", s.cached).field("failed", s.failed);
    w.field("missing", s.missing).field("unscored", outcome.unscored);
    w.field("possibly_paid", s.possibly_paid).field("throttled", s.refusals);
    w.key("spent_usd");
    if (s.spent_known) {
      w.number(s.spent_usd);
    } else {
      w.null();
    }
    w.field("tokens", s.tokens).field("why", s.why).end_object();
    return write_report("-", w.take() + "\n");
  }
  std::string out = fmt::format("{}: {} units, {} answered now, {} already there", options.out,
                                s.units, s.answered, s.cached);
  if (s.failed > 0) out += fmt::format(", {} failed", s.failed);
  if (s.missing > 0) out += fmt::format(", {} not asked", s.missing);
  out += s.spent_known ? fmt::format("; ${:.4f}\n", s.spent_usd) : "; cost unknown\n";
  if (s.possibly_paid > 0)
    out += fmt::format(
        "possibly paid: {} requests were in flight when an earlier run ended; they "
        "were asked again with the same Idempotency-Key\n",
        s.possibly_paid);
  if (!s.why.empty()) out += "stopped: " + s.why + "\n";
  for (const std::string& note : outcome.notes) out += note + "\n";
  for (const evals::Target& target : prepared.suite.targets) {
    evals::ReadOptions read;
    read.variant = target.name;
    const auto set = evals::read_results(options.out, read);
    if (!set) continue;  // nothing was received from it
    if (prepared.suite.targets.size() > 1) out += target.name + "\n";
    out += means_text(*set);
    if (const auto cap = evals::cap_to_set(*set))
      out += fmt::format("answers were cut at max_tokens: set runner.max_tokens to {}\n", *cap);
  }
  return write_report("-", printable(out));
}

double unscored_limit(const evals::Suite& suite) {
  for (const evals::GateRule& rule : suite.gate) {
    if (rule.kind == evals::GateRule::Kind::kMaxUnscored) return rule.value;
  }
  return evals::kMaxUnscoredDefault;
}

Result<int> run(Options options) {
  IP_TRY(Prepared prepared, prepare(options, true));
  if (options.out.empty()) options.out = "runs/" + prepared.suite.name;
  Progress bar(options.common.json);
  std::stop_source stop;
  g_stop = &stop;
  const auto before = std::signal(SIGINT, interrupted);
  evals::RunRequest request;
  request.folder = options.out;
  request.endpoints = prepared.endpoints;
  request.stop = stop.get_token();
  request.on_progress = [&bar](const evals::Progress& p) {
    bar.show(progress_text(p), p.done, p.total);
  };
  auto outcome = evals::run_suite(prepared.suite, prepared.items, request);
  std::signal(SIGINT, before);
  g_stop = nullptr;
  if (!outcome) return std::move(outcome).error();
  IP_OK(print_summary(prepared, options, *outcome));
  return exit_of(*outcome, outcome->unscored, unscored_limit(prepared.suite));
}

Result<int> plan(const Options& options) {
  IP_TRY(const Prepared prepared, prepare(options, false));
  IP_TRY(const evals::Estimate e,
         evals::estimate(prepared.suite, prepared.items, prepared.endpoints));
  fmt::print("{}: {} items x {} epochs x {} targets = {} requests\n", prepared.suite.name,
             prepared.items.size(), prepared.suite.epochs, prepared.suite.targets.size(), e.units);
  fmt::print("at most {} tokens", e.tokens_most);
  fmt::print("{}\n", e.priced ? fmt::format(", ${:.4f}", e.usd_most) : ", price unknown");
  const Status priced = evals::check_prices(prepared.suite, prepared.endpoints);
  if (!priced) fmt::print("{}\n  {}\n", priced.error().message, priced.error().remedy);
  return kEvalPass;
}

Result<int> score(const Options& options) {
  IP_TRY(Prepared prepared, prepare(options, false));
  IP_TRY(evals::RunOutcome outcome,
         evals::score_folder(prepared.suite, prepared.items, options.out));
  fmt::print("{}: {} units scored, {} without a score\n", options.out, outcome.summary.units,
             outcome.unscored);
  for (const std::string& note : outcome.notes) fmt::print("{}\n", note);
  return kEvalPass;
}

void common_options(CLI::App* verb, Options* options) {
  verb->add_option("suite", options->suite, "the suite's YAML file")->required();
  verb->add_option("--limit", options->limit, "only the first items")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--model", options->model, "ask this model instead of the suite's targets");
  verb->add_option("--url", options->url, "ask this base URL (with its /v1)");
}

}  // namespace

void add_eval_run(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      subcommand(eval, "run", "ask a suite's targets and score the answers; goes on where it ended",
                 "  interposer eval init mine && interposer eval run mine/suite.yaml\n"
                 "  interposer eval run suite.yaml --model groq/llama-3.3-70b --out runs/groq\n"
                 "  interposer eval run suite.yaml --url http://127.0.0.1:8000/v1 --model mine\n"
                 "Exit codes: 0 done, 1 failed, 2 usage, 3 too much without a score, 4 budget, 130 "
                 "interrupted.",
                 &options->common);
  common_options(verb, options.get());
  verb->add_option("--out", options->out, "the run's folder (default: runs/SUITE)");
  verb->add_option("--concurrency", options->concurrency, "requests in the air at most")
      ->check(CLI::Range(1, 10'000));
  verb->callback([options, chosen] { chosen->work = [options] { return finish(run(*options)); }; });
}

void add_eval_plan(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      eval->add_subcommand("plan", "what a run would ask and cost at most; sends nothing");
  common_options(verb, options.get());
  verb->callback(
      [options, chosen] { chosen->work = [options] { return finish(plan(*options)); }; });
}

void add_eval_score(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = eval->add_subcommand("score", "score a run's answers again; asks nobody");
  common_options(verb, options.get());
  verb->add_option("--out", options->out, "the run's folder")->required();
  verb->callback(
      [options, chosen] { chosen->work = [options] { return finish(score(*options)); }; });
}

}  // namespace interposer::app
