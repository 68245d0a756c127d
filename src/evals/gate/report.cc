// A gate's result for people, for CI, and for a pull request.
#include <fmt/format.h>

#include "base/json.h"
#include "charts/xml.h"
#include "evals/gate/gate.h"
#include "evals/report/comparison.h"
#include "evals/report/parts.h"

namespace interposer::evals {
namespace {

constexpr std::size_t kItemsShown = 20;

std::string items_text(const RuleResult& rule) {
  std::string out;
  for (std::size_t i = 0; i < rule.items.size() && i < kItemsShown; ++i)
    out += (i == 0 ? "" : ", ") + rule.items[i];
  if (rule.items.size() > kItemsShown) out += ", ...";
  return out;
}

}  // namespace

std::string gate_text(const GateReport& report) {
  std::string out;
  for (const RuleResult& rule : report.rules) {
    out += fmt::format("{:<12} {}\n             {}\n", outcome_name(rule.outcome),
                       describe(rule.rule), rule.why);
    if (!rule.items.empty()) out += "             " + items_text(rule) + "\n";
  }
  if (report.comparison) {
    for (const std::string& warning : report.comparison->warnings) out += "!  " + warning + "\n";
    for (const std::string& line : left_out_lines(*report.comparison)) out += "-  " + line + "\n";
  }
  return out + fmt::format("gate: {}\n", outcome_name(report.outcome));
}

std::string gate_junit(const GateReport& report, std::string_view name) {
  std::int64_t failures = 0, skipped = 0;
  for (const RuleResult& rule : report.rules) {
    failures += rule.outcome == Outcome::kFail || rule.outcome == Outcome::kUnscored ? 1 : 0;
    skipped += rule.outcome == Outcome::kInconclusive ? 1 : 0;
  }
  charts::Xml xml;
  xml.open("testsuites");
  xml.open("testsuite", {{"name", std::string(name)},
                         {"tests", std::to_string(report.rules.size())},
                         {"failures", std::to_string(failures)},
                         {"skipped", std::to_string(skipped)}});
  for (const RuleResult& rule : report.rules) {
    xml.open("testcase", {{"classname", "gate"}, {"name", describe(rule.rule)}});
    if (rule.outcome == Outcome::kFail || rule.outcome == Outcome::kUnscored)
      xml.leaf("failure",
               {{"message", rule.why}, {"type", std::string(outcome_name(rule.outcome))}},
               items_text(rule));
    if (rule.outcome == Outcome::kInconclusive) xml.leaf("skipped", {{"message", rule.why}});
    xml.leaf("system-out", {}, rule.why);
    xml.close();
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xml.take() + "\n";
}

Result<std::string> gate_markdown(const GateReport& report, const ResultSet* baseline,
                                  const ResultSet& run) {
  std::string out =
      fmt::format("## Evaluation gate: **{}**\n\n| rule | outcome | why |\n|---|---|---|\n",
                  outcome_name(report.outcome));
  for (const RuleResult& rule : report.rules)
    out += fmt::format("| {} | {} | {} |\n", markdown_text(describe(rule.rule), 200),
                       outcome_name(rule.outcome), markdown_text(rule.why, 500));
  if (baseline == nullptr || !report.comparison) return out;
  const Compared compared{baseline, &run, &*report.comparison, 10};
  IP_TRY(const std::string block, comparison_markdown(compared));
  return out + "\n" + block;
}

std::string gate_json(const GateReport& report) {
  JsonWriter w;
  w.begin_object().field("outcome", outcome_name(report.outcome));
  w.field("units", report.units).field("unscored", report.unscored);
  w.field("truncated", report.truncated);
  if (report.cap_to_set) w.field("cap_to_set", *report.cap_to_set);
  w.key("rules").begin_array();
  for (const RuleResult& rule : report.rules) {
    w.begin_object().field("rule", describe(rule.rule));
    w.field("outcome", outcome_name(rule.outcome)).field("why", rule.why);
    w.key("items").begin_array();
    for (const std::string& item : rule.items) w.string(item);
    w.end_array().end_object();
  }
  return w.end_array().end_object().take() + "\n";
}

}  // namespace interposer::evals
