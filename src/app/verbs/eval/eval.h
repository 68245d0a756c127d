// The subcommands of `interposer eval`, one file each.
#pragma once

#include <optional>

#include "app/verb.h"

namespace interposer::app {

// Each adds its subcommand to `eval`; when the person names it, `chosen` gets its work.
void add_eval_trec(CLI::App* eval, Chosen* chosen);
void add_eval_doctor(CLI::App* eval, Chosen* chosen);
void add_eval_route(CLI::App* eval, Chosen* chosen);
void add_eval_init(CLI::App* eval, Chosen* chosen);
void add_eval_plan(CLI::App* eval, Chosen* chosen);
void add_eval_run(CLI::App* eval, Chosen* chosen);
void add_eval_score(CLI::App* eval, Chosen* chosen);
void add_eval_replay(CLI::App* eval, Chosen* chosen);
void add_eval_show(CLI::App* eval, Chosen* chosen);
void add_eval_compare(CLI::App* eval, Chosen* chosen);
void add_eval_gate(CLI::App* eval, Chosen* chosen);
void add_eval_power(CLI::App* eval, Chosen* chosen);
void add_eval_flaky(CLI::App* eval, Chosen* chosen);
void add_eval_import(CLI::App* eval, Chosen* chosen);
void add_eval_baseline(CLI::App* eval, Chosen* chosen);

// `interposer eval trec ...` takes trec_eval's command line as it is (-miprec_at_recall..10 and the
// like), so it is answered before CLI11 looks at it. Empty when argv is something else.
std::optional<int> run_eval_trec(int argc, char** argv);

}  // namespace interposer::app
