// interposer serve: the page and the API until SIGTERM or Ctrl-C.
#include <fmt/format.h>
#include <pthread.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <memory>

#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/runtime.h"
#include "app/verb.h"
#include "base/log.h"
#include "store/home.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string listen;
  bool verbose = false;
};

// Signals are taken by this thread alone; every thread that starts later inherits the mask.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

void welcome(const std::string& url) {
  fmt::print("\n  {}  {}\n\n  Try in another terminal:\n", styled("Interposer is ready:", "1"),
             styled(url, "36"));
  fmt::print(
      "    interposer ask \"Which suppliers make HBM, and how much of it does an H200 carry?\"\n");
  fmt::print("    interposer ask \"What does this folder say about ...?\" ./docs\n");
  fmt::print("    curl {}/v1/models\n\n  Ctrl-C ends it.\n", url);
  std::fflush(stdout);
}

int work(const Options& options) {
  const sigset_t signals = block_signals();
  if (options.verbose) log::set_level(log::Level::kDebug);
  auto settings = load_settings(options.common.config);
  if (!settings) return fail(settings.error());
  if (!options.listen.empty()) {
    if (const Status moved = set_listen(&*settings, options.listen); !moved)
      return fail(moved.error());
  }
  auto home = store::Home::locate(options.common.home);
  if (!home) return fail(home.error());
  auto runtime =
      Runtime::start(std::move(*settings), {*home, Runtime::Serve::kTcpAndSocket, false});
  if (!runtime) return fail(runtime.error());
  if (const Status prepared = (*runtime)->prepare(); !prepared) return fail(prepared.error());
  (*runtime)->follow_sources();
  welcome((*runtime)->url());
  int signal = 0;
  sigwait(&signals, &signal);
  fmt::print("\n  finishing running answers ...\n");
  std::fflush(stdout);
  // A second signal does not wait.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*runtime)->stop();
  return kExitOk;
}

}  // namespace

void add_serve(CLI::App* app, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      subcommand(app, "serve", "the page, the OpenAI dialect and /api/v1, until Ctrl-C",
                 "  interposer serve\n"
                 "  interposer serve --config interposer.yaml --listen 127.0.0.1:9000",
                 &options->common);
  verb->add_option("--listen", options->listen,
                   "address and port (default: the configuration's, 127.0.0.1:8080)");
  verb->add_flag("--verbose", options->verbose, "log more");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
