// interposer config check: reads a configuration and says what is wrong, where.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/exit_codes.h"
#include "app/settings.h"
#include "app/verb.h"
#include "base/json.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string file;
};

int work(const Options& options) {
  const std::string file = options.file.empty() ? options.common.config : options.file;
  auto settings = load_settings(file);
  if (!settings) return fail(settings.error());
  if (options.common.json) {
    JsonWriter out;
    out.begin_object().field("ok", true).field("file", settings->file);
    out.field("digest", settings->digest).end_object();
    fmt::print("{}\n", out.str());
  } else {
    fmt::print("{}: good\n", settings->file.empty() ? "built-in defaults" : settings->file);
  }
  return kExitOk;
}

}  // namespace

void add_config(CLI::App* app, Chosen* chosen) {
  CLI::App* verb = app->add_subcommand("config", "look at a configuration");
  verb->footer("Example:\n  interposer config check interposer.yaml");
  verb->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* check = subcommand(verb, "check", "name what is wrong: file, line, nearest valid key",
                               "  interposer config check\n"
                               "  interposer config check deploy/interposer.yaml",
                               &options->common);
  check->add_option("file", options->file, "the file (default: ./interposer.yaml)");
  check->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
