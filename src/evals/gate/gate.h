// A run against its rules and its baseline.
//
// A non-inferiority rule fails when the run is *shown* to be worse: its interval lies below 0 and
// reaches below the margin, with Holm's correction over the rules of the gate. So two runs of the
// same system fail in at most alpha / 2 of the cases, however many rules there are, and a true loss
// of the size that the set was planned for is found with the planned power. What nobody can tell is
// "inconclusive": it passes, is said, and exits 5 with --require-conclusive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evals/compare/compare.h"
#include "evals/gate/rules.h"

namespace interposer::evals {

enum class Outcome : std::uint8_t { kPass, kFail, kInconclusive, kUnscored };
std::string_view outcome_name(Outcome outcome);

struct RuleResult {
  GateRule rule;
  Outcome outcome = Outcome::kPass;
  std::string why;                 // one sentence with the numbers
  std::vector<std::string> items;  // that broke it
};

struct GateReport {
  std::vector<RuleResult> rules;
  std::optional<Comparison> comparison;  // with the baseline, of the first metric named
  Outcome outcome = Outcome::kPass;      // the worst: unscored, then fail, then inconclusive
  std::int64_t units = 0, unscored = 0, truncated = 0;
  std::optional<std::int64_t> cap_to_set;  // tokens, when answers were cut
};

// `baseline` may be null where no rule needs it. Rules must not be empty.
Result<GateReport> run_gate(const ResultSet* baseline, const ResultSet& run,
                            const std::vector<GateRule>& rules, bool force = false);

// The cap under which one answer in a thousand would be cut, were lengths log-normal through the
// median and the share that was cut; at least double the one that cut them. Multiple of 256.
std::optional<std::int64_t> cap_to_set(const ResultSet& run);

std::string gate_text(const GateReport& report);
std::string gate_junit(const GateReport& report, std::string_view name);
Result<std::string> gate_markdown(const GateReport& report, const ResultSet* baseline,
                                  const ResultSet& run);
std::string gate_json(const GateReport& report);

}  // namespace interposer::evals
