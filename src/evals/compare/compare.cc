#include "evals/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/strings.h"
#include "evals/compare/pairs.h"
#include "stats/moments.h"
#include "stats/multiplicity.h"
#include "stats/paired.h"

namespace interposer::evals {
namespace {

constexpr std::int64_t kFewPairs = 10;

struct Common {  // a metric that both runs have
  std::size_t a = 0, b = 0;
};

std::vector<std::string> names_of(const ResultSet& set) {
  std::vector<std::string> out;
  for (const Metric& metric : set.metrics) out.push_back(metric.name);
  return out;
}

Result<std::vector<Common>> common_metrics(const ResultSet& a, const ResultSet& b,
                                           const std::string& first) {
  std::vector<Common> out;
  for (std::size_t i = 0; i < a.metrics.size(); ++i) {
    if (const auto twin = b.find_metric(a.metrics[i].name)) out.push_back({i, *twin});
  }
  if (out.empty())
    return make_error(Code::kInvalidArgument,
                      fmt::format("{} and {} have no metric in common ({}; {})", a.source, b.source,
                                  join(names_of(a), ", "), join(names_of(b), ", ")),
                      "score both with the same suite: interposer eval score");
  if (first.empty()) return out;
  const auto wanted =
      std::find_if(out.begin(), out.end(), [&](Common c) { return a.metrics[c.a].name == first; });
  if (wanted == out.end()) {
    std::vector<std::string> names;
    for (const Common& c : out) names.push_back(a.metrics[c.a].name);
    return make_error(Code::kInvalidArgument, "no metric '" + first + "' in both runs",
                      did_you_mean(first, names));
  }
  std::rotate(out.begin(), wanted, wanted + 1);
  return out;
}

Change change_of(const ItemScore& a, const ItemScore& b, double delta) {
  if (delta == 0) return Change::kSame;
  if (!a.steady || !b.steady) return Change::kNoise;
  return delta > 0 ? Change::kFixed : Change::kBroken;
}

class MetricWork {
 public:
  MetricWork(const ResultSet& a, const ResultSet& b, const PairedItems& paired, Common columns,
             const CompareOptions& options)
      : a_(a), b_(b), paired_(paired), columns_(columns), options_(options) {
    out_.name = a.metrics[columns.a].name;
    out_.higher_is_better = a.metrics[columns.a].higher_is_better;
    out_.binary = true;
  }

  MetricComparison run(std::vector<ItemPair>* items, bool* clustered) {
    for (const auto& [left, right] : paired_.pairs) add(left, right, items);
    for (std::size_t i = 0; i < clusters_.size(); ++i) {
      if (clusters_[i] != 0) *clustered = true;
    }
    own_clusters(clusters_);
    own_clusters(clusters_all_);
    finish();
    return std::move(out_);
  }

 private:
  void add(ItemRows left, ItemRows right, std::vector<ItemPair>* items) {
    const ItemScore x = item_score(a_, paired_.order_a, left, columns_.a);
    const ItemScore y = item_score(b_, paired_.order_b, right, columns_.b);
    ItemPair item;
    item.row_a = paired_.order_a[left.first];
    item.row_b = paired_.order_b[right.first];
    item.id = b_.id(b_.rows[item.row_b]);
    item.cluster = b_.rows[item.row_b].cluster;
    item.tags = b_.rows[item.row_b].tags;
    item.a = x.mean;
    item.b = y.mean;
    out_.unscored_a += std::isnan(x.mean) ? 1 : 0;
    out_.unscored_b += std::isnan(y.mean) ? 1 : 0;
    const double sign = out_.higher_is_better ? 1 : -1;
    if (item.scored()) {
      item.delta = sign * (y.mean - x.mean);
      item.change = change_of(x, y, item.delta);
      out_.fixed += item.change == Change::kFixed ? 1 : 0;
      out_.broken += item.change == Change::kBroken ? 1 : 0;
      out_.noise += item.change == Change::kNoise ? 1 : 0;
      const auto right_or_wrong = [](double v) { return v == 0 || v == 1; };
      if (!right_or_wrong(x.mean) || !right_or_wrong(y.mean)) out_.binary = false;
      out_.epochs |= x.several || y.several;
      differences_.push_back(item.delta);
      clusters_.push_back(item.cluster);
      scores_a_.push_back(x.mean);
      scores_b_.push_back(y.mean);
    }
    const double all_a = std::isnan(x.mean) ? 0 : x.mean, all_b = std::isnan(y.mean) ? 0 : y.mean;
    all_.push_back(sign * (all_b - all_a));
    clusters_all_.push_back(item.cluster);
    sum_all_a_.add(all_a);
    sum_all_b_.add(all_b);
    if (items != nullptr) items->push_back(item);
  }

  // Items without a cluster are clusters of their own, with names that no hash has by chance.
  static void own_clusters(std::vector<std::uint64_t>& clusters) {
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      if (clusters[i] == 0) clusters[i] = i + 1;
    }
  }

  void finish() {
    out_.pairs = static_cast<std::int64_t>(differences_.size());
    if (differences_.empty()) out_.binary = false;
    out_.difference = stats::cluster_mean(differences_, clusters_);
    out_.judgement = stats::judge(out_.difference, options_.margin, options_.level);
    if (differences_.empty()) out_.judgement = {};
    if (!differences_.empty()) {
      out_.mean_a = stats::mean(scores_a_);
      out_.mean_b = stats::mean(scores_b_);
      out_.correlation = stats::correlation(scores_a_, scores_b_);
    }
    out_.coverage_doubtful =
        !differences_.empty() && stats::coverage_is_doubtful(differences_, clusters_);
    test();
    if (out_.unscored_a + out_.unscored_b > 0 && !all_.empty()) {
      out_.over_all =
          stats::judge(stats::cluster_mean(all_, clusters_all_), options_.margin, options_.level);
      const auto n = static_cast<double>(all_.size());
      out_.mean_all_a = sum_all_a_.value() / n;
      out_.mean_all_b = sum_all_b_.value() / n;
    }
  }

  void test() {
    const bool by_cluster = out_.difference.clusters < out_.difference.n;
    if (differences_.empty()) {
      out_.test = "none";
    } else if (out_.binary && !by_cluster) {
      out_.p = stats::mcnemar_mid_p(out_.broken, out_.fixed).p;
      out_.test = "McNemar mid-p";
    } else if (!options_.randomise || differences_.size() > kRandomisationPairsMax) {
      out_.p = out_.difference.two_sided_p();
      out_.test = by_cluster ? "cluster t" : "paired t";
    } else if (by_cluster) {
      out_.p = stats::cluster_randomisation(differences_, clusters_).p;
      out_.test = "cluster randomisation";
    } else {
      out_.p = stats::randomisation(differences_).p;
      out_.test = "paired randomisation";
    }
  }

  const ResultSet& a_;
  const ResultSet& b_;
  const PairedItems& paired_;
  Common columns_;
  const CompareOptions& options_;
  MetricComparison out_;
  std::vector<double> differences_, scores_a_, scores_b_, all_;
  std::vector<std::uint64_t> clusters_, clusters_all_;
  stats::Sum sum_all_a_, sum_all_b_;
};

Status check_scorers(const ResultSet& a, const ResultSet& b, const std::vector<Common>& metrics,
                     const PairedItems& paired, bool force, Comparison* out) {
  std::vector<std::string> unlike;
  for (const Common& c : metrics) {
    const Metric &x = a.metrics[c.a], &y = b.metrics[c.b];
    const bool named = !x.scorer.empty() && !y.scorer.empty();
    if ((named && x.scorer != y.scorer) || x.higher_is_better != y.higher_is_better)
      unlike.push_back(x.name);
  }
  if (paired.scoring_differs) unlike.emplace_back("checks of single items");
  if (unlike.empty()) return {};
  const std::string what = "the two runs were scored differently: " + join(unlike, ", ");
  if (!force)
    return make_error(Code::kFailedPrecondition, what,
                      "score both again with one suite (interposer eval score), or look anyway "
                      "with --force, which marks the report",
                      "unlike_scorers");
  out->forced = true;
  out->warnings.push_back("FORCED: " + what);
  return {};
}

double median_of(std::vector<double> values) {
  return values.empty() ? kUnscored : stats::median(values);
}

Totals totals_of(const ResultSet& a, const ResultSet& b, const PairedItems& paired) {
  Totals out;
  const auto add = [](const ResultSet& set, const std::vector<std::uint32_t>& order, ItemRows item,
                      double& cost, bool& known, std::vector<double>& ms, std::int64_t& tokens) {
    for (std::uint32_t i = 0; i < item.count; ++i) {
      const Row& row = set.rows[order[item.first + i]];
      known = known && !std::isnan(row.cost_usd);
      cost += std::isnan(row.cost_usd) ? 0 : row.cost_usd;
      if (!std::isnan(row.latency_ms)) ms.push_back(row.latency_ms);
      tokens += row.output_tokens;
    }
  };
  double cost_a = 0, cost_b = 0;
  bool known_a = true, known_b = true;
  std::vector<double> ms_a, ms_b;
  for (const auto& [left, right] : paired.pairs) {
    add(a, paired.order_a, left, cost_a, known_a, ms_a, out.output_tokens_a);
    add(b, paired.order_b, right, cost_b, known_b, ms_b, out.output_tokens_b);
  }
  if (known_a) out.cost_a = cost_a;
  if (known_b) out.cost_b = cost_b;
  if (!ms_a.empty()) out.median_ms_a = median_of(std::move(ms_a));
  if (!ms_b.empty()) out.median_ms_b = median_of(std::move(ms_b));
  return out;
}

void warn(Comparison* out) {
  const MetricComparison& first = out->metrics.front();
  if (first.pairs < kFewPairs)
    out->warnings.push_back(fmt::format("only {} pairs are scored in both runs", first.pairs));
  if (first.coverage_doubtful)
    out->warnings.push_back(
        "the rarer kind of difference occurs in few clusters: this interval may cover less than "
        "92 %");
  if (first.over_all && first.over_all->verdict != first.judgement.verdict)
    out->warnings.push_back(fmt::format(
        "with missing scores as 0 the verdict is '{}' (means {:.4f} and {:.4f}): look at what was "
        "not scored first",
        stats::verdict_name(first.over_all->verdict), first.mean_all_a, first.mean_all_b));
  const auto cut = static_cast<std::size_t>(UnitStatus::kTruncated);
  if (out->status_a[cut] + out->status_b[cut] > 0)
    out->warnings.push_back(fmt::format("{} answers of A and {} of B were cut at their cap",
                                        out->status_a[cut], out->status_b[cut]));
}

void sort_items(std::vector<ItemPair>& items) {
  std::sort(items.begin(), items.end(), [](const ItemPair& x, const ItemPair& y) {
    const double dx = std::abs(x.delta), dy = std::abs(y.delta);
    if (dx != dy) return dx > dy;
    if (x.delta != y.delta) return x.delta < y.delta;  // what broke before what was fixed
    return x.id < y.id;
  });
}

}  // namespace

std::string_view change_name(Change change) {
  switch (change) {
    case Change::kSame:
      return "same";
    case Change::kFixed:
      return "fixed";
    case Change::kBroken:
      return "broken";
    case Change::kNoise:
      return "flipped-noise";
  }
  return "";
}

Result<Comparison> compare(const ResultSet& a, const ResultSet& b, const CompareOptions& options) {
  Comparison out;
  IP_TRY(const std::vector<Common> metrics, common_metrics(a, b, options.metric));
  PairedItems paired = pair_items(a, b);
  if (paired.pairs.empty())
    return make_error(
        Code::kInvalidArgument,
        fmt::format("{} and {} have no item in common ({} changed)", a.source, b.source,
                    paired.changed.size()),
        paired.changed.empty() ? "items are matched by their id" : "run both on the same data");
  IP_OK(check_scorers(a, b, metrics, paired, options.force, &out));
  out.paired = static_cast<std::int64_t>(paired.pairs.size());
  out.totals = totals_of(a, b, paired);
  for (const Row& row : a.rows) out.status_a[row.status] += 1;
  for (const Row& row : b.rows) out.status_b[row.status] += 1;
  out.items.reserve(paired.pairs.size());
  std::vector<double> p;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    MetricWork work(a, b, paired, metrics[i], options);
    out.metrics.push_back(work.run(i == 0 ? &out.items : nullptr, &out.clustered));
    p.push_back(out.metrics.back().p);
  }
  const std::vector<double> adjusted = stats::holm(p);
  for (std::size_t i = 0; i < adjusted.size(); ++i) out.metrics[i].p_holm = adjusted[i];
  sort_items(out.items);
  out.changed = std::move(paired.changed);
  out.only_a = std::move(paired.only_a);
  out.only_b = std::move(paired.only_b);
  for (const ResultSet* set : {&a, &b}) {
    for (const std::string& note : set->notes) out.warnings.push_back(set->source + ": " + note);
  }
  warn(&out);
  return out;
}

std::string verdict_sentence(const MetricComparison& m) {
  if (m.pairs == 0) return "inconclusive: no item was scored in both runs";
  const stats::Judgement& j = m.judgement;
  std::string out = fmt::format("{}: {:+.4f} [{:+.4f}, {:+.4f}]", stats::verdict_name(j.verdict),
                                m.difference.value, j.interval.low, j.interval.high);
  if (j.margin > 0) out += fmt::format(", margin {:g}", j.margin);
  if (j.verdict == stats::Verdict::kInconclusive && j.n_needed)
    out += fmt::format("; {} items would narrow it to the margin (this set has {})", *j.n_needed,
                       m.pairs);
  if (j.visible_effect > 0)
    out += fmt::format("; differences from {:.4f} on are visible in this set", j.visible_effect);
  return out;
}

}  // namespace interposer::evals
