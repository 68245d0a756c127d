// interposer eval replay: captured traffic on other routes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/runtime.h"
#include "app/verbs/eval/eval.h"
#include "app/verbs/eval/output.h"
#include "evals/read/files.h"
#include "evals/run/replay.h"
#include "evals/run/run_suite.h"
#include "store/home.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string capture, with, url, out = "runs/replay", markdown = "-";
  std::int64_t concurrency = 8;
};

Result<int> replay(const Options& options) {
  IP_TRY(const std::string text, evals::read_file(options.capture));
  IP_TRY(const evals::Capture capture, evals::parse_capture(text, options.capture));
  IP_TRY(const evals::RouteMap routes, evals::parse_routes(options.with));
  IP_TRY(evals::ReplayPlan plan, evals::plan_replay(capture, routes));
  plan.suite.runner.concurrency = options.concurrency;
  // Which routes a request may cost money on is the gateway's to know, and its budgets hold.
  plan.suite.budget.allow_unpriced = true;
  std::unique_ptr<Connection> connection;
  evals::Endpoint endpoint;
  endpoint.url = options.url;
  if (options.url.empty()) {
    IP_TRY(connection, Connection::open(options.common));
    IP_TRY(const std::string home, store::Home::locate(options.common.home));
    endpoint.socket = home + "/" + kSocketName;
    endpoint.own = true;
  }
  Progress bar(options.common.json);
  evals::RunRequest request;
  request.folder = options.out;
  request.endpoints.assign(plan.suite.targets.size(), endpoint);
  request.on_progress = [&bar](const evals::Progress& p) { bar.show("answers", p.done, p.total); };
  IP_TRY(const evals::RunSummary summary,
         evals::run_planned(plan.suite, plan.items, plan.units, request));
  IP_TRY(const std::vector<evals::Response> responses, evals::responses_of(options.out));
  IP_TRY(const evals::ReplayReport report, evals::judge_replay(capture, responses));
  IP_TRY(const std::string markdown, evals::replay_markdown(capture, report));
  IP_OK(write_report(options.markdown, options.markdown == "-" ? printable(markdown) : markdown));
  if (summary.reason == evals::StopReason::kTargetDown) {
    fmt::print(stderr, "interposer: stopped: {}\n", summary.why);
    return kEvalUnscored;
  }
  return kEvalPass;
}

}  // namespace

void add_eval_replay(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      subcommand(eval, "replay", "captured traffic on other routes, beside the old ones",
                 "  interposer eval replay capture.jsonl --with new-route\n"
                 "  interposer eval replay capture.jsonl --with fast=new,smart=other "
                 "--markdown pr.md",
                 &options->common);
  verb->add_option("capture", options->capture, "the capture file")->required();
  verb->add_option("--with", options->with, "the new route, or OLD=NEW,...")->required();
  verb->add_option("--url", options->url, "ask this base URL instead of the running server");
  verb->add_option("--out", options->out, "the run's folder")->capture_default_str();
  verb->add_option("--markdown", options->markdown, "where the block goes")->capture_default_str();
  verb->add_option("--concurrency", options->concurrency, "requests in the air at most")
      ->check(CLI::Range(1, 10'000));
  verb->callback(
      [options, chosen] { chosen->work = [options] { return finish(replay(*options)); }; });
}

}  // namespace interposer::app
