#include "evals/gate/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "evals/compare/pairs.h"
#include "stats/distributions.h"
#include "stats/moments.h"
#include "stats/multiplicity.h"

namespace interposer::evals {
namespace {

constexpr double kPassScore = 0.5;     // an item passed from here on
constexpr double kCutShareMin = 1e-4;  // of answers, for the fit
constexpr std::int64_t kCapStep = 256;

// One-sided: how surprising is a difference this low when nothing got worse.
double worse_p(const stats::Estimate& difference) {
  if (std::isnan(difference.standard_error)) return 1;
  if (difference.standard_error == 0) return difference.value < 0 ? 0 : 1;
  return stats::t_cdf(difference.value / difference.standard_error, difference.df);
}

struct NonInferiority {
  std::size_t rule = 0;
  MetricComparison metric;
  double p = 1;
};

class GateWork {
 public:
  GateWork(const ResultSet* baseline, const ResultSet& run, const std::vector<GateRule>& rules,
           bool force)
      : baseline_(baseline), run_(run), rules_(rules), force_(force) {}

  Result<GateReport> work() {
    IP_OK(count_unscored());
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      out_.rules.push_back({rules_[i], Outcome::kPass, "", {}});
      IP_OK(apply(i));
    }
    decide_noninferiority();
    for (const RuleResult& rule : out_.rules) out_.outcome = worst(out_.outcome, rule.outcome);
    return std::move(out_);
  }

 private:
  static Outcome worst(Outcome a, Outcome b) {
    static constexpr Outcome kOrder[] = {Outcome::kUnscored, Outcome::kFail,
                                         Outcome::kInconclusive};
    for (const Outcome outcome : kOrder) {
      if (a == outcome || b == outcome) return outcome;
    }
    return Outcome::kPass;
  }

  Result<std::size_t> metric_of(const std::string& name) const {
    if (run_.metrics.empty())
      return make_error(Code::kFailedPrecondition, run_.source + " has no scores",
                        "run `interposer eval score` on it first");
    if (name.empty()) return std::size_t{0};
    if (const auto found = run_.find_metric(name)) return *found;
    return make_error(Code::kInvalidArgument, "the run has no metric '" + name + "'",
                      "it has '" + run_.metrics.front().name + "'");
  }

  Status count_unscored() {
    IP_TRY(const std::size_t metric, metric_of(rules_.front().metric));
    out_.units = static_cast<std::int64_t>(run_.rows.size());
    for (std::size_t i = 0; i < run_.rows.size(); ++i) {
      if (std::isnan(run_.score(i, metric))) out_.unscored += 1;
      if (run_.status(run_.rows[i]) == UnitStatus::kTruncated) out_.truncated += 1;
    }
    out_.cap_to_set = cap_to_set(run_);
    return {};
  }

  Status need_baseline(const GateRule& rule) const {
    if (baseline_ != nullptr) return {};
    return make_error(
        Code::kInvalidArgument, "the rule '" + describe(rule) + "' needs a baseline",
        "name one with --baseline FILE; `interposer eval baseline accept RUN` makes it");
  }

  Status apply(std::size_t i) {
    const GateRule& rule = rules_[i];
    RuleResult& result = out_.rules[i];
    switch (rule.kind) {
      case GateRule::Kind::kNonInferior:
        return compare_with_baseline(i);
      case GateRule::Kind::kMinLowerBound:
        return lower_bound(rule, result);
      case GateRule::Kind::kMaxUnscored:
        unscored(rule, result);
        return {};
      case GateRule::Kind::kNoNewHardFail:
        return hard_fails(rule, result);
    }
    return {};
  }

  Status compare_with_baseline(std::size_t i) {
    const GateRule& rule = rules_[i];
    IP_OK(need_baseline(rule));
    CompareOptions options;
    options.metric = rule.metric;
    options.margin = rule.margin;
    options.level = 1 - rule.alpha;
    options.force = force_;
    options.randomise = false;  // the rule itself is a t test
    IP_TRY(Comparison comparison, compare(*baseline_, run_, options));
    const MetricComparison& metric = comparison.metrics.front();
    tests_.push_back({i, metric, worse_p(metric.difference)});
    if (!out_.comparison) out_.comparison = std::move(comparison);
    return {};
  }

  void decide_noninferiority() {
    std::vector<double> p;
    for (const NonInferiority& test : tests_) p.push_back(test.p);
    const std::vector<double> adjusted = stats::holm(p);
    for (std::size_t k = 0; k < tests_.size(); ++k) {
      const MetricComparison& metric = tests_[k].metric;
      RuleResult& result = out_.rules[tests_[k].rule];
      const bool reaches = metric.judgement.interval.low < -result.rule.margin;
      const bool worse = adjusted[k] <= result.rule.alpha / 2 && reaches;
      if (worse) {
        result.outcome = Outcome::kFail;
      } else if (reaches || metric.pairs == 0) {
        // Below the margin, and not shown to be: also where Holm's correction took it back.
        if (metric.judgement.verdict != stats::Verdict::kBetter)
          result.outcome = Outcome::kInconclusive;
      }
      result.why = verdict_sentence(metric);
      if (tests_.size() > 1) result.why += fmt::format("; one-sided p {:.4g} (Holm)", adjusted[k]);
    }
  }

  Status lower_bound(const GateRule& rule, RuleResult& result) const {
    IP_TRY(const std::size_t metric, metric_of(rule.metric));
    const PairedItems items = pair_items(run_, run_);
    std::vector<double> means;
    std::vector<std::uint64_t> clusters;
    for (const auto& [item, same] : items.pairs) {
      const double mean = item_score(run_, items.order_a, item, metric).mean;
      if (std::isnan(mean)) continue;
      const std::uint64_t cluster = run_.rows[items.order_a[item.first]].cluster;
      means.push_back(mean);
      clusters.push_back(cluster == 0 ? means.size() : cluster);
    }
    if (means.size() < 2) {
      result.outcome = Outcome::kInconclusive;
      result.why = fmt::format("only {} items are scored", means.size());
      return {};
    }
    stats::Interval interval = stats::cluster_mean(means, clusters).interval(1 - rule.alpha);
    const bool binary =
        std::all_of(means.begin(), means.end(), [](double x) { return x == 0 || x == 1; });
    const stats::Estimate estimate = stats::cluster_mean(means, clusters);
    const auto n = static_cast<std::int64_t>(estimate.clusters);
    if (binary && (estimate.clusters == estimate.n || estimate.standard_error == 0)) {
      // Without spread a t interval is a point, whatever n: what was never seen may still happen.
      const double rate = estimate.clusters == estimate.n ? estimate.value : means.front();
      interval = stats::wilson(std::llround(rate * static_cast<double>(n)), n, 1 - rule.alpha);
    }
    result.outcome = interval.low >= rule.value ? Outcome::kPass : Outcome::kFail;
    result.why = fmt::format("mean {:.4f} [{:.4f}, {:.4f}] over {} items", estimate.value,
                             interval.low, interval.high, means.size());
    return {};
  }

  void unscored(const GateRule& rule, RuleResult& result) const {
    const double share =
        out_.units == 0 ? 1 : static_cast<double>(out_.unscored) / static_cast<double>(out_.units);
    result.why = fmt::format("{} of {} units have no score ({:.2f} %)", out_.unscored, out_.units,
                             share * 100);
    if (share <= rule.value) return;
    result.outcome = Outcome::kUnscored;
    if (out_.cap_to_set)
      result.why += fmt::format("; {} answers were cut at their cap: set max_tokens to {}",
                                out_.truncated, *out_.cap_to_set);
  }

  Status hard_fails(const GateRule& rule, RuleResult& result) const {
    IP_OK(need_baseline(rule));
    CompareOptions options;
    options.metric = rule.metric;
    options.force = force_;
    options.randomise = false;
    IP_TRY(const Comparison comparison, compare(*baseline_, run_, options));
    const auto tag = std::find(run_.tags.begin(), run_.tags.end(), rule.tag);
    if (tag == run_.tags.end()) {
      result.outcome = Outcome::kFail;
      result.why = "no item of the run is tagged " + rule.tag;
      return {};
    }
    const std::uint64_t bit = std::uint64_t{1} << (tag - run_.tags.begin());
    std::int64_t tagged = 0;
    for (const ItemPair& item : comparison.items) {
      if ((item.tags & bit) == 0) continue;
      tagged += 1;
      // What passed and is now without a score has not been shown to pass either.
      if (item.a >= kPassScore && !(item.b >= kPassScore)) result.items.emplace_back(item.id);
    }
    tagged += not_run(rule.tag, comparison.only_a, result.items);
    result.outcome = result.items.empty() ? Outcome::kPass : Outcome::kFail;
    result.why = fmt::format("{} of {} tagged items passed before and fail now",
                             result.items.size(), tagged);
    return {};
  }

  // A critical item that was left out of the run has not been shown to pass.
  std::int64_t not_run(const std::string& tag, const std::vector<std::string>& only_baseline,
                       std::vector<std::string>& items) const {
    const auto at = std::find(baseline_->tags.begin(), baseline_->tags.end(), tag);
    if (at == baseline_->tags.end()) return 0;
    const std::uint64_t bit = std::uint64_t{1} << (at - baseline_->tags.begin());
    const std::set<std::string_view> missing(only_baseline.begin(), only_baseline.end());
    std::int64_t count = 0;
    for (const Row& row : baseline_->rows) {
      if ((row.tags & bit) == 0 || !missing.contains(baseline_->id(row))) continue;
      items.push_back(std::string(baseline_->id(row)) + " (not run)");
      count += 1;
    }
    return count;
  }

  const ResultSet* baseline_;
  const ResultSet& run_;
  const std::vector<GateRule>& rules_;
  bool force_;
  GateReport out_;
  std::vector<NonInferiority> tests_;
};

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "pass";
    case Outcome::kFail:
      return "fail";
    case Outcome::kInconclusive:
      return "inconclusive";
    case Outcome::kUnscored:
      return "unscored";
  }
  return "";
}

Result<GateReport> run_gate(const ResultSet* baseline, const ResultSet& run,
                            const std::vector<GateRule>& rules, bool force) {
  if (rules.empty())
    return make_error(Code::kInvalidArgument, "the gate has no rules",
                      "give --baseline with --margin, or a suite with a gate");
  return GateWork(baseline, run, rules, force).work();
}

std::optional<std::int64_t> cap_to_set(const ResultSet& run) {
  std::vector<double> lengths;
  std::int64_t cut = 0, cap = 0;
  for (const Row& row : run.rows) {
    if (row.output_tokens <= 0) continue;
    lengths.push_back(static_cast<double>(row.output_tokens));
    if (run.status(row) != UnitStatus::kTruncated) continue;
    cut += 1;
    cap = std::max(cap, row.output_tokens);
  }
  if (cut == 0) return std::nullopt;
  const double share =
      std::max(kCutShareMin, static_cast<double>(cut) / static_cast<double>(lengths.size()));
  double wanted = 2 * static_cast<double>(cap);
  const double median = stats::median(lengths);
  if (share < 0.45 && median > 0 && median < static_cast<double>(cap)) {
    const double sigma =
        std::log(static_cast<double>(cap) / median) / stats::normal_quantile(1 - share);
    wanted = std::max(wanted, median * std::exp(sigma * stats::normal_quantile(0.999)));
  }
  wanted = std::min(wanted, 64 * static_cast<double>(cap));  // a fit must not run away
  return (static_cast<std::int64_t>(wanted) + kCapStep - 1) / kCapStep * kCapStep;
}

}  // namespace interposer::evals
