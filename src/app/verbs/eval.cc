// interposer eval: the evaluation system. Each subcommand is a file in eval/.
#include <CLI/CLI.hpp>

#include "app/verb.h"
#include "app/verbs/eval/eval.h"

namespace interposer::app {

void add_eval(CLI::App* app, Chosen* chosen) {
  CLI::App* eval = app->add_subcommand("eval", "judge runs: measures, comparisons, golden sets");
  eval->footer(
      "Examples:\n"
      "  interposer eval trec -q -m map -m ndcg_cut.10 qrels.txt run.txt\n"
      "  interposer eval trec --as beir qrels.txt run.txt\n"
      "  interposer eval doctor --data ../shared/data");
  eval->require_subcommand(1);
  add_eval_trec(eval, chosen);
  add_eval_doctor(eval, chosen);
  add_eval_route(eval, chosen);
}

}  // namespace interposer::app
