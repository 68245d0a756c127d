// interposer reindex: everything derived, made again from the record store.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/verb.h"
#include "base/strings.h"

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
  auto accepted = session.post("/api/v1/bases/" + percent_encode(options.base) + "/reindex", "{}");
  if (!accepted) return fail(accepted.error());
  const auto job = boost::json::parse(*accepted).at("job").as_string();
  auto outcome = follow_job(session, std::string(job), options.common.json);
  if (!outcome) return fail(outcome.error());
  fmt::print("{}\n", options.common.json ? outcome->summary : options.base + ": rebuilt");
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
