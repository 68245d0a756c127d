// interposer plan router: the gateway's configuration and board profiles that enforce a plan.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

#include "app/exit_codes.h"
#include "app/verbs/plan/fleet.h"
#include "planner/report/enforce.h"

namespace interposer::app {
namespace {

struct Options {
  FleetOptions fleet;
  std::string folder = ".", route = "planned";
  std::vector<std::string> urls;
  bool force = false;
};

Result<std::map<std::string, std::string>> read_urls(const std::vector<std::string>& given) {
  std::map<std::string, std::string> out;
  for (const std::string& text : given) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || text.compare(equals + 1, 4, "http") != 0) {
      return make_error(Code::kInvalidArgument, "--url: '" + text + "' is no address of a provider",
                        "write NAME=http://host:port/v1");
    }
    out[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return out;
}

Status write(const std::filesystem::path& path, const std::string& bytes, bool force) {
  std::error_code fault;
  if (!force && std::filesystem::exists(path, fault)) {
    return make_error(Code::kAlreadyExists, "'" + path.string() + "' exists",
                      "remove it, give --force, or another --to");
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  file.flush();
  if (!file) {
    return make_error(Code::kPermissionDenied, "cannot write '" + path.string() + "'",
                      "give a folder that exists and can be written: --to FOLDER");
  }
  return {};
}

int work(const Options& o) {
  const auto fleet = fleet_plan(o.fleet);
  if (!fleet) return fail(fleet.error());
  const planner::Plan* plan = &fleet->plan;
  const auto urls = read_urls(o.urls);
  if (!urls) return fail(urls.error());
  const auto targets = planner::route_targets(*plan, *urls);
  if (!targets) return fail(targets.error());
  const std::filesystem::path folder(o.folder);
  const auto config = folder / "interposer.plan.yaml", boards = folder / "boards.plan.json";
  for (const auto& [path, bytes] :
       {std::pair(config, planner::route_config(*plan, *targets, o.route)),
        std::pair(boards, planner::profiles_json(*plan, *targets) + "\n")}) {
    const Status written = write(path, bytes, o.force);
    if (!written) return fail(written.error());
  }
  fmt::print("{}\n{}\n", config.string(), boards.string());
  return kExitOk;
}

}  // namespace

void add_plan_router(CLI::App* plan, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      subcommand(plan, "router", "write the route configuration that enforces a plan",
                 "  interposer plan router --model llama-3.1-70b --rate 20/s --in 1000 "
                 "--out 300 --slo tpot_p99=50ms --to deploy",
                 &options->fleet.common);
  add_fleet_verb_options(verb, &options->fleet);
  verb->add_option("--to", options->folder, "the folder to write to (default: this one)");
  verb->add_option("--route", options->route, "the route's name (planned)");
  verb->add_option("--url", options->urls, "NAME=http://...: a target's address");
  verb->add_flag("--force", options->force, "write over files that exist");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
