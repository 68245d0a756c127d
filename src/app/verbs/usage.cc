// interposer usage: what the ledger holds.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/output/answer.h"
#include "app/verb.h"

namespace interposer::app {
namespace {

// An unknown price is blank, never zero.
std::string money(const client::UsageRow& row) {
  return row.cost_usd ? fmt::format("{:.6f}", *row.cost_usd) : "";
}

void print_table(const std::vector<client::UsageRow>& usage) {
  std::vector<std::vector<std::string>> rows = {
      {"model", "requests", "input tokens", "cached", "output tokens", "cost (USD)"}};
  for (const client::UsageRow& row : usage) {
    rows.push_back({row.model, fmt::format("{}", row.requests), fmt::format("{}", row.input_tokens),
                    fmt::format("{}", row.cached_tokens), fmt::format("{}", row.output_tokens),
                    money(row)});
  }
  fmt::print("{}", format_table(rows));
}

int work(const Common& common) {
  auto connection = Connection::open(common);
  if (!connection) return fail(connection.error());
  client::Session& session = (*connection)->session();
  if (common.json) {
    auto answer = session.get("/api/v1/usage");
    if (!answer) return fail(answer.error());
    fmt::print("{}\n", *answer);
    return kExitOk;
  }
  auto usage = session.usage();
  if (!usage) return fail(usage.error());
  print_table(*usage);
  return kExitOk;
}

}  // namespace

void add_usage(CLI::App* app, Chosen* chosen) {
  auto common = std::make_shared<Common>();
  CLI::App* verb = subcommand(app, "usage", "requests, tokens and money by model",
                              "  interposer usage\n  interposer usage --json", common.get());
  verb->callback([common, chosen] { chosen->work = [common] { return work(*common); }; });
}

}  // namespace interposer::app
