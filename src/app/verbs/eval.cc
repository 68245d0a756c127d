// interposer eval: the evaluation system. Each subcommand is a file in eval/.
#include <CLI/CLI.hpp>

#include "app/verb.h"
#include "app/verbs/eval/eval.h"

namespace interposer::app {

void add_eval(CLI::App* app, Chosen* chosen) {
  CLI::App* eval = app->add_subcommand("eval", "judge runs: measures, comparisons, golden sets");
  eval->footer(
      "Examples:\n"
      "  interposer eval compare                     two recorded runs with a planted regression\n"
      "  interposer eval init mine                   a suite that runs on the sample base at once\n"
      "  interposer eval run mine/suite.yaml --out runs/now\n"
      "  interposer eval gate runs/now --baseline eval-baseline.tsv --junit gate.xml\n"
      "  interposer eval trec -q -m map -m ndcg_cut.10 qrels.txt run.txt\n"
      "  interposer eval trec --as beir qrels.txt run.txt\n"
      "  interposer eval doctor --data ../shared/data");
  eval->require_subcommand(1);
  add_eval_trec(eval, chosen);
  add_eval_init(eval, chosen);
  add_eval_plan(eval, chosen);
  add_eval_run(eval, chosen);
  add_eval_score(eval, chosen);
  add_eval_replay(eval, chosen);
  add_eval_show(eval, chosen);
  add_eval_compare(eval, chosen);
  add_eval_gate(eval, chosen);
  add_eval_baseline(eval, chosen);
  add_eval_power(eval, chosen);
  add_eval_flaky(eval, chosen);
  add_eval_import(eval, chosen);
  add_eval_doctor(eval, chosen);
  add_eval_route(eval, chosen);
}

}  // namespace interposer::app
