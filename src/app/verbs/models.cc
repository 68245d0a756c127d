// interposer models: what can be asked for by name.
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

std::string remark(const boost::json::object& model) {
  const auto flag = [&](const char* key) {
    const auto* value = model.if_contains(key);
    return value != nullptr && value->is_bool() && value->as_bool();
  };
  if (flag("self_test")) return "self-test model: shows that the machinery works";
  return flag("capable") ? "may write grounded answers" : "";
}

std::string size_of(const boost::json::object& model) {
  const auto* count = model.if_contains("parameters");
  if (count == nullptr || !count->is_number()) return "";
  const double parameters = count->to_number<double>();
  return parameters >= 1e9 ? fmt::format("{:.1f} B", parameters / 1e9)
                           : fmt::format("{:.0f} M", parameters / 1e6);
}

int work(const Common& common) {
  auto connection = Connection::open(common);
  if (!connection) return fail(connection.error());
  auto answer = (*connection)->session().get("/api/v1/status");
  if (!answer) return fail(answer.error());
  const auto status = boost::json::parse(*answer).as_object();
  const auto& models = status.at("models").as_array();
  if (common.json) {
    fmt::print("{}\n", boost::json::serialize(models));
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows = {{"name", "kind", "size", "remark"}};
  for (const auto& item : models) {
    const auto& model = item.as_object();
    rows.push_back({std::string(model.at("name").as_string()),
                    std::string(model.at("kind").as_string()), size_of(model), remark(model)});
  }
  fmt::print("{}", format_table(rows));
  return kExitOk;
}

}  // namespace

void add_models(CLI::App* app, Chosen* chosen) {
  auto common = std::make_shared<Common>();
  CLI::App* verb = subcommand(app, "models", "list models, routes and assistants",
                              "  interposer models\n  interposer models --json", common.get());
  verb->callback([common, chosen] { chosen->work = [common] { return work(*common); }; });
}

}  // namespace interposer::app
