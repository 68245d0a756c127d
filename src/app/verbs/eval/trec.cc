// interposer eval trec: trec_eval's command line, output and exit codes.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "app/verbs/eval/eval.h"
#include "evals/trec/command.h"

namespace interposer::app {

std::optional<int> run_eval_trec(int argc, char** argv) {
  if (argc < 3 || std::string_view(argv[1]) != "eval" || std::string_view(argv[2]) != "trec") {
    return std::nullopt;
  }
  const std::vector<std::string> given(argv + 3, argv + argc);
  const evals::trec::CommandResult done = evals::trec::run_command(given);
  std::fwrite(done.output.data(), 1, done.output.size(), stdout);
  std::fwrite(done.error.data(), 1, done.error.size(), stderr);
  // A table that did not reach its reader (a full disk) is no success.
  if (std::fflush(stdout) != 0 && done.exit_status == 0) {
    std::fputs("interposer eval trec: standard output cannot be written\n", stderr);
    return 1;
  }
  return done.exit_status;
}

void add_eval_trec(CLI::App* eval, Chosen*) {
  eval->add_subcommand("trec", "measures of a retrieval run, as trec_eval prints them")
      ->prefix_command();
}

}  // namespace interposer::app
