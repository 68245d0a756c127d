// interposer ask: a cited answer over a base, or over one's own folder.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/folder_base.h"
#include "app/output/answer.h"
#include "app/output/job_progress.h"
#include "app/output/terminal.h"
#include "app/verb.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string question, base, mode, model;
  std::vector<std::string> paths;
};

// One command over one's own folder: what changed is ingested before the question is asked.
Result<std::string> base_of_paths(client::Session& session, const Options& options) {
  IP_TRY(FolderBase folder, folder_base(options.paths));
  JobProgress progress(options.common.json);
  const client::Ingest ingest{folder.name, folder.paths, "auto", true};
  IP_TRY(client::IngestSummary summary, session.ingest(ingest, progress.callback()));
  (void)summary;
  for (const FailedFile& file : progress.failed()) {
    fmt::print(stderr, "interposer: left out {}: {}\n", printable(file.file),
               printable(file.reason));
  }
  return folder.name;
}

int work(const Options& options) {
  auto connection = Connection::open(options.common);
  if (!connection) return fail(connection.error());
  client::Session& session = (*connection)->session();
  std::string base = options.base;
  if (!options.paths.empty()) {
    auto made = base_of_paths(session, options);
    if (!made) return fail(made.error());
    base = *made;
  }
  auto answer = session.ask({options.question, base, options.mode, options.model});
  if (!answer) return fail(answer.error());
  if (options.common.json) {
    fmt::print("{}\n", answer->json);
  } else {
    print_answer(*answer);
  }
  return answer->refused ? kExitRefused : kExitOk;
}

}  // namespace

void add_ask(CLI::App* app, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      subcommand(app, "ask", "answer a question with citations of real documents",
                 "  interposer ask \"Which suppliers make HBM?\"\n"
                 "  interposer ask \"Who signs the lease?\" ./contracts\n"
                 "  interposer ask \"Compare H200 and B200 memory\" --base handbook --json",
                 &options->common);
  verb->add_option("question", options->question, "the question, in quotes")->required();
  verb->add_option("paths", options->paths,
                   "files or folders to answer from; ingested when changed");
  verb->add_option("--base", options->base,
                   "the knowledge base (default: the only one, else handbook)");
  verb->add_option("--mode", options->mode, "auto, extract or generate")
      ->check(CLI::IsMember({"auto", "extract", "generate"}));
  verb->add_option("--model", options->model, "the model that writes, in generate mode");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
