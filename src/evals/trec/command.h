// `interposer eval trec`: trec_eval's command line.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace interposer::evals::trec {

struct CommandResult {
  int exit_status = 0;  // trec_eval's: 0, 1 usage, 2 a file that can't be read, 4, 7
  std::string output;
  std::string error;  // for people; empty at exit status 0
};

// Options of trec_eval with their long names, in any order: -q, -c, -n, -J, -m, -l, -M, -N, -R, -T,
// -Z; and --as 9|10|beir (default 10). Then the judgments' file and the run's. With "compare" as
// the first word: see compare.h.
CommandResult run_command(const std::vector<std::string>& arguments);

}  // namespace interposer::evals::trec
