// interposer reindex: everything derived, made again from the record store.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/output/job_progress.h"
#include "app/verb.h"
#include "base/json.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string base = "handbook";
};

int work(const Options& options) {
  auto connection = Connection::open(options.common);
  if (!connection) return fail(connection.error());
  client::Session& session = (*connection)->session();
  JobProgress progress(options.common.json);
  auto summary = session.reindex(options.base, progress.callback());
  if (!summary) return fail(summary.error());
  if (options.common.json) {
    JsonWriter out;
    out.begin_object().field("base", options.base).field("chunks", summary->chunks);
    out.field("vectors", summary->vectors).end_object();
    fmt::print("{}\n", out.str());
  } else {
    fmt::print("{}: rebuilt\n", options.base);
  }
  return kExitOk;
}

}  // namespace

void add_reindex(CLI::App* app, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = subcommand(app, "reindex", "rebuild a base's indexes from its records",
                              "  interposer reindex --base handbook", &options->common);
  verb->add_option("--base", options->base, "the base")->capture_default_str();
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
