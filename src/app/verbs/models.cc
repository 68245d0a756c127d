// interposer models: what can be asked for by name.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/output/answer.h"
#include "app/verb.h"
#include "base/json.h"

namespace interposer::app {
namespace {

std::string remark(const client::Model& model) {
  if (model.self_test) return "self-test model: shows that the machinery works";
  return model.capable ? "may write grounded answers" : "";
}

std::string size_of(const client::Model& model) {
  if (!model.parameters) return "";
  const auto count = static_cast<double>(*model.parameters);
  return count >= 1e9 ? fmt::format("{:.1f} B", count / 1e9) : fmt::format("{:.0f} M", count / 1e6);
}

void print_json(const std::vector<client::Model>& models) {
  JsonWriter out;
  out.begin_array();
  for (const client::Model& model : models) {
    out.begin_object().field("name", model.name).field("kind", model.kind);
    if (model.parameters) out.field("parameters", *model.parameters);
    out.field("self_test", model.self_test).field("capable", model.capable).end_object();
  }
  fmt::print("{}\n", out.end_array().str());
}

int work(const Common& common) {
  auto connection = Connection::open(common);
  if (!connection) return fail(connection.error());
  const std::vector<client::Model>& models = (*connection)->session().server().models;
  if (common.json) {
    print_json(models);
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows = {{"name", "kind", "size", "remark"}};
  for (const client::Model& model : models) {
    rows.push_back({model.name, model.kind, size_of(model), remark(model)});
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
