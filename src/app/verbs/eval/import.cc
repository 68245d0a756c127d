// interposer eval import: a task of another tool as a suite.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/exit_codes.h"
#include "app/verbs/eval/eval.h"
#include "app/verbs/eval/output.h"
#include "evals/import/lm_eval_task.h"
#include "evals/read/files.h"
#include "net/file.h"

namespace interposer::app {
namespace {

struct Options {
  std::string format, task, documents, out = "imported";
};

Status import(const Options& options) {
  net::FileSystem& files = net::FileSystem::real();
  IP_TRY(const std::string yaml, evals::read_file(options.task));
  IP_TRY(const std::string documents, evals::read_file(options.documents));
  IP_TRY(const std::string suite, evals::suite_of_lm_eval(yaml, options.task, "items.jsonl"));
  IP_TRY(const std::string items,
         evals::items_of_lm_eval(yaml, options.task, documents, options.documents));
  if (files.exists(options.out + "/suite.yaml"))
    return make_error(Code::kAlreadyExists, options.out + " has a suite already",
                      "name another folder with --out");
  IP_OK(files.make_directories(options.out, 0755));
  IP_OK(files.write_atomic(options.out + "/items.jsonl", items, 0644));
  IP_OK(files.write_atomic(options.out + "/suite.yaml", suite, 0644));
  fmt::print("{0}/suite.yaml is made. Now:\n  interposer eval plan {0}/suite.yaml\n", options.out);
  return {};
}

}  // namespace

void add_eval_import(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = eval->add_subcommand("import", "a task of another tool as a suite");
  verb->footer(
      "Examples:\n"
      "  interposer eval import lm-eval task.yaml --docs docs.jsonl --out mine\n"
      "Results of other tools need no import: `eval compare` reads them.");
  verb->add_option("format", options->format, "lm-eval")
      ->required()
      ->check(CLI::IsMember({"lm-eval"}));
  verb->add_option("task", options->task, "the task's YAML")->required();
  verb->add_option("--docs", options->documents, "its documents, JSON Lines")->required();
  verb->add_option("--out", options->out, "the suite's folder")->capture_default_str();
  verb->callback([options, chosen] {
    chosen->work = [options] {
      const Status done = import(*options);
      return done ? kEvalPass : fail(done.error());
    };
  });
}

}  // namespace interposer::app
