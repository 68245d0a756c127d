// interposer plan vs-actual PLAN.json: what the plan said beside what the ledger holds.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cmath>
#include <optional>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/output/answer.h"
#include "app/verbs/plan/fleet.h"
#include "base/json.h"
#include "base/strings.h"

namespace interposer::app {
namespace {

namespace json = boost::json;

struct Options {
  Common common;
  std::string file, model;
  double hours = 0;
};

struct Planned {
  std::string model;
  double rate = 0, prompt = 0, answer = 0;
  std::optional<double> usd_p5, usd_p50, usd_p95;  // per million answer tokens
};

Result<Planned> read_plan(const std::string& file) {
  IP_TRY(const std::string text, read_plan_file(file));
  boost::system::error_code fault;
  const json::value value = json::parse(text, fault);
  const auto wrong = [&] {
    return make_error(Code::kInvalidArgument, "'" + file + "' is no plan",
                      "write one with: interposer plan --model ... --json > " + file);
  };
  if (fault || !value.is_object()) return wrong();
  Planned out;
  try {
    const json::object& demand = value.at("demand").as_object();
    out.model = value.at("model").as_string().c_str();
    out.rate = demand.at("requests_per_s").to_number<double>();
    out.prompt = demand.at("prompt_tokens").to_number<double>();
    out.answer = demand.at("answer_tokens").to_number<double>();
    const json::value& best = value.at("best");
    for (const json::value& entry : value.at("entries").as_array()) {
      if (!best.is_string() || entry.at("name") != best) continue;
      const json::value& usd = entry.at("usd_per_million_answer_tokens");
      if (!usd.is_object()) break;
      out.usd_p5 = usd.at("p5").to_number<double>();
      out.usd_p50 = usd.at("p50").to_number<double>();
      out.usd_p95 = usd.at("p95").to_number<double>();
    }
  } catch (const std::exception&) {
    return wrong();
  }
  return out;
}

struct Line {
  std::string what;
  std::optional<double> planned, actual;
  std::string note;
};

// The rows of the planned model: by its whole name, or as "provider/model".
client::UsageRow sum_of(const std::vector<client::UsageRow>& usage, const std::string& model) {
  client::UsageRow out;
  out.model = model;
  for (const client::UsageRow& row : usage) {
    if (row.model != model && !row.model.ends_with("/" + model)) continue;
    out.requests += row.requests;
    out.input_tokens += row.input_tokens;
    out.output_tokens += row.output_tokens;
    if (row.cost_usd) out.cost_usd = out.cost_usd.value_or(0) + *row.cost_usd;
  }
  return out;
}

std::vector<Line> compare(const Planned& plan, const client::UsageRow& row, double hours) {
  std::vector<Line> out;
  const auto n = static_cast<double>(row.requests);
  const auto over = [&](double sum) { return n > 0 ? std::optional(sum / n) : std::nullopt; };
  if (hours > 0) out.push_back({"requests/s", plan.rate, n / (hours * 3600), ""});
  out.push_back(
      {"prompt tokens a request", plan.prompt, over(static_cast<double>(row.input_tokens)), ""});
  out.push_back(
      {"answer tokens a request", plan.answer, over(static_cast<double>(row.output_tokens)), ""});
  Line money{"$/M answer tokens", plan.usd_p50, std::nullopt, ""};
  if (row.cost_usd && row.output_tokens > 0) {
    money.actual = *row.cost_usd / static_cast<double>(row.output_tokens) * 1e6;
    if (plan.usd_p5) {
      money.note = *money.actual < *plan.usd_p5 || *money.actual > *plan.usd_p95
                       ? "outside the plan's 90 % interval"
                       : "inside the plan's 90 % interval";
    }
  }
  out.push_back(money);
  return out;
}

std::string shown(const std::optional<double>& value) {
  return value ? fmt::format("{:.4g}", *value) : "";
}

int work(const Options& o) {
  const auto plan = read_plan(o.file);
  if (!plan) return fail(plan.error());
  auto connection = Connection::open(o.common);
  if (!connection) return fail(connection.error());
  const auto usage = (*connection)->session().usage();
  if (!usage) return fail(usage.error());
  const client::UsageRow row = sum_of(*usage, o.model.empty() ? plan->model : o.model);
  if (row.requests == 0) {
    std::vector<std::string> names;
    for (const client::UsageRow& r : *usage) names.push_back(r.model);
    return fail(make_error(Code::kNotFound, "the ledger has no request to '" + row.model + "'",
                           did_you_mean(row.model, names) + " (--as MODEL)", "unknown_model"));
  }
  JsonWriter out;
  out.begin_object().field("requests", row.requests).key("lines").begin_array();
  std::vector<std::vector<std::string>> table = {{"what", "planned", "actual", "off", ""}};
  for (const Line& line : compare(*plan, row, o.hours)) {
    std::string off;
    out.begin_object().field("what", line.what);
    const auto number = [&](const char* name, const std::optional<double>& value) {
      out.key(name);
      if (value) {
        out.number(*value);
      } else {
        out.null();
      }
    };
    number("planned", line.planned);
    number("actual", line.actual);
    out.field("note", line.note).end_object();
    if (line.planned && line.actual && *line.planned > 0) {
      off = fmt::format("{:+.1f} %", 100 * (*line.actual / *line.planned - 1));
    }
    table.push_back({line.what, shown(line.planned), shown(line.actual), off, line.note});
  }
  out.end_array().end_object();
  fmt::print("{}", o.common.json ? out.str() + "\n" : format_table(table));
  return kExitOk;
}

}  // namespace

void add_plan_vs_actual(CLI::App* plan, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = subcommand(plan, "vs-actual", "a plan beside what the ledger holds",
                              "  interposer plan --model llama-3.1-70b ... --json > plan.json\n"
                              "  interposer plan vs-actual plan.json --hours 24",
                              &options->common);
  verb->add_option("PLAN", options->file, "a plan written with --json")->required();
  verb->add_option("--as", options->model, "the model's name in the ledger");
  verb->add_option("--hours", options->hours, "hours that the ledger covers, for the rate");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
