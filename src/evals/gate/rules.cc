#include "evals/gate/rules.h"

#include <fmt/format.h>

#include <charconv>

#include "base/strings.h"

namespace interposer::evals {
namespace {

Result<GateRule> parse_rule(config::Node node) {
  GateRule rule;
  std::string vs = "baseline", test = "noninferior", unscored, hard_fail;
  config::Section section(node);
  section.read("metric", &rule.metric).read("vs", &vs).read("test", &test);
  section.read("margin", &rule.margin, 0, 1e9).read("alpha", &rule.alpha, 1e-6, 0.5);
  section.read("min_lower_ci", &rule.value, -1e9, 1e9);
  section.read("max_unscored", &unscored).read("no_new_hard_fail", &hard_fail);
  IP_OK(section.finish());
  if (vs != "baseline") return node.error("'vs' is '" + vs + "'", "it compares with 'baseline'");
  if (test != "noninferior")
    return node.error("'test' is '" + test + "'", "the test is 'noninferior'");
  if (!unscored.empty()) {
    rule.kind = GateRule::Kind::kMaxUnscored;
    auto share = parse_share(unscored);
    if (!share) return std::move(share).error().within(node.where());
    rule.value = *share;
  } else if (!hard_fail.empty()) {
    rule.kind = GateRule::Kind::kNoNewHardFail;
    rule.tag = hard_fail.starts_with("tag:") ? hard_fail.substr(4) : hard_fail;
  } else if (node.has("min_lower_ci")) {
    rule.kind = GateRule::Kind::kMinLowerBound;
  } else if (!node.has("metric")) {
    return node.error("a rule without a metric",
                      "name one of metric, max_unscored, no_new_hard_fail");
  }
  return rule;
}

}  // namespace

Result<double> parse_share(std::string_view text) {
  std::string_view digits = trim(text);
  const bool percent = digits.ends_with('%');
  if (percent) digits.remove_suffix(1);
  double value = 0;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (percent) value /= 100;
  if (bad != std::errc() || end != digits.data() + digits.size() || !(value >= 0 && value <= 1))
    return make_error(Code::kInvalidArgument, "'" + std::string(text) + "' is no share",
                      "write 0.5% or 0.005");
  return value;
}

Result<std::vector<GateRule>> parse_gate(config::Node list) {
  std::vector<GateRule> out;
  if (list.kind() != config::Kind::kList)
    return list.error("the gate is no list", "write '- {metric: NAME, margin: 0.01}'");
  for (const config::Node& node : list.items()) {
    IP_TRY(GateRule rule, parse_rule(node));
    out.push_back(std::move(rule));
  }
  return out;
}

std::string describe(const GateRule& rule) {
  const std::string metric = rule.metric.empty() ? "first metric" : rule.metric;
  switch (rule.kind) {
    case GateRule::Kind::kNonInferior:
      return fmt::format("{} not worse than the baseline (margin {:g}, alpha {:g})", metric,
                         rule.margin, rule.alpha);
    case GateRule::Kind::kMinLowerBound:
      return fmt::format("{} at least {:g} by its lower bound", metric, rule.value);
    case GateRule::Kind::kMaxUnscored:
      return fmt::format("at most {:g} % unscored", rule.value * 100);
    case GateRule::Kind::kNoNewHardFail:
      return "no new failure of items tagged " + rule.tag;
  }
  return "";
}

}  // namespace interposer::evals
