// interposer usage: what the ledger holds.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/output/answer.h"
#include "app/verb.h"

namespace interposer::app {
namespace {

// An unknown price is blank, never zero.
std::string money(const boost::json::object& total) {
  const auto* cost = total.if_contains("cost_usd");
  return cost != nullptr && cost->is_number() ? fmt::format("{:.6f}", cost->to_number<double>()) : "";
}

int work(const Common& common) {
  auto connection = Connection::open(common);
  if (!connection) return fail(connection.error());
  auto answer = (*connection)->session().get("/api/v1/usage");
  if (!answer) return fail(answer.error());
  if (common.json) {
    fmt::print("{}\n", *answer);
    return kExitOk;
  }
  const auto value = boost::json::parse(*answer);
  std::vector<std::vector<std::string>> rows = {
      {"model", "requests", "input tokens", "cached", "output tokens", "cost (USD)"}};
  for (const auto& item : value.at("totals").as_array()) {
    const auto& total = item.as_object();
    const auto count = [&](const char* key) {
      return fmt::format("{}", total.at(key).to_number<std::int64_t>());
    };
    rows.push_back({std::string(total.at("model").as_string()), count("requests"),
                    count("input_tokens"), count("cached_tokens"), count("output_tokens"),
                    money(total)});
  }
  fmt::print("{}", format_table(rows));
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
