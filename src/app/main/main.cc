#include <csignal>

#include "app/verb.h"
#include "knowledge/parse/worker.h"

int main(int argc, char** argv) {
  // A confined child of this same binary parses hostile files; it never gets further than this.
  if (const auto code = interposer::knowledge::parse_worker_main(argc, argv)) return *code;
  std::signal(SIGPIPE, SIG_IGN);
  return interposer::app::run(argc, argv);
}
