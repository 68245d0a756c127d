#include "evals/run/sequential.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/strings.h"
#include "evals/compare/pairs.h"
#include "evals/gate/baseline.h"
#include "net/file.h"
#include "stats/distributions.h"
#include "stats/intervals.h"
#include "stats/random.h"
#include "stats/sequential.h"

namespace interposer::evals {
namespace {

constexpr double kZMax = 37;  // beyond it a normal tail is no number any more

std::vector<double> even_fractions(std::int64_t looks) {
  std::vector<double> out;
  for (std::int64_t k = 1; k <= looks; ++k)
    out.push_back(static_cast<double>(k) / static_cast<double>(looks));
  return out;
}

// The z whose tail is the t test's: bounds are made for normal statistics.
double z_of(std::span<const double> differences, std::span<const std::uint64_t> clusters) {
  const stats::Estimate e = stats::cluster_mean(differences, clusters);
  if (std::isnan(e.standard_error)) return 0;
  const double sign = e.value < 0 ? -1 : 1;
  const double p = e.two_sided_p();
  return sign * (p <= 0 ? kZMax : -stats::normal_quantile(p / 2));
}

Result<ResultSet> read_baseline(const std::string& path) {
  auto text = net::FileSystem::real().read(path, kBaselineBytesMax);
  if (text && is_baseline(*text)) return parse_baseline(*text, path);
  return read_results(path);
}

}  // namespace

SequentialTest::SequentialTest(std::int64_t planned, std::int64_t looks, double alpha)
    : planned_(planned), bounds_(stats::group_sequential_bounds(even_fractions(looks), alpha)) {}

SequentialTest::Look SequentialTest::look(std::span<const double> differences,
                                          std::span<const std::uint64_t> clusters) {
  Look out;
  if (made_ == looks()) return out;
  const double due =
      static_cast<double>(planned_) * static_cast<double>(made_ + 1) / static_cast<double>(looks());
  if (static_cast<double>(differences.size()) + 1e-9 < due) return out;
  out.bound = bounds_[static_cast<std::size_t>(made_)];
  out.number = ++made_;
  out.z = z_of(differences, clusters);
  out.decided = std::abs(out.z) >= out.bound;
  return out;
}

Result<std::unique_ptr<SequentialWatch>> SequentialWatch::open(const Suite& suite,
                                                               const std::vector<Item>& items) {
  std::unique_ptr<SequentialWatch> out(new SequentialWatch(suite, items));
  if (suite.targets.size() != 1)
    return make_error(Code::kInvalidArgument, suite.file + ": sequential runs have one target",
                      "give each target a suite of its own");
  IP_TRY(out->scorers_, make_scorers(suite));
  IP_TRY(const ResultSet set, read_baseline(suite.sequential->baseline));
  const std::string wanted = suite.sequential->metric.empty() ? out->scorers_.front().metric.name
                                                              : suite.sequential->metric;
  const auto column = set.find_metric(wanted);
  const auto scorer = std::find_if(out->scorers_.begin(), out->scorers_.end(),
                                   [&wanted](const Scorer& s) { return s.metric.name == wanted; });
  if (!column || scorer == out->scorers_.end())
    return make_error(
        Code::kInvalidArgument,
        "the metric '" + wanted + "' is not in both the suite and " + suite.sequential->baseline,
        "name one that is: sequential: {metric: NAME}");
  out->scorer_ = static_cast<std::size_t>(scorer - out->scorers_.begin());
  out->sign_ = scorer->metric.higher_is_better ? 1 : -1;
  const PairedItems pairs = pair_items(set, set);
  for (const auto& [item, same] : pairs.pairs) {
    const double mean = item_score(set, pairs.order_a, item, *column).mean;
    if (!std::isnan(mean))
      out->baseline_[std::string(set.id(set.rows[pairs.order_a[item.first]]))] = mean;
  }
  std::int64_t planned = 0;
  for (const Item& item : items) {
    out->by_id_.emplace(item.id, &item);
    planned += out->baseline_.contains(item.id) ? 1 : 0;
  }
  if (planned < suite.sequential->looks)
    return make_error(Code::kInvalidArgument,
                      fmt::format("only {} items of the suite have a score in {}", planned,
                                  suite.sequential->baseline),
                      "make the baseline from a run of this suite");
  out->test_.emplace(planned, suite.sequential->looks, suite.sequential->alpha);
  return out;
}

void SequentialWatch::shuffle(std::vector<Unit>& units) const {
  const std::uint64_t seed = hash_text(suite_.name);
  const auto place = [&](const Unit& unit) {
    const Item& item = items_[unit.item];
    // Items of a cluster share their place; ties keep the plan's order.
    return hash_text(
        fmt::format("{} {}", seed, item.cluster.empty() ? "i" + item.id : "c" + item.cluster));
  };
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t i = 0; i < units.size(); ++i) order.emplace_back(place(units[i]), i);
  std::sort(order.begin(), order.end());
  std::vector<Unit> out;
  for (const auto& [hash, i] : order) out.push_back(std::move(units[i]));
  units = std::move(out);
}

bool SequentialWatch::decided(const Response& response) {
  const auto item = by_id_.find(response.unit);
  if (item == by_id_.end() || last_.decided) return last_.decided;
  Open& open = open_[response.unit];
  open.epochs += 1;
  if (is_scorable(response.status)) {
    const auto answer = extract_answer(response.text, suite_.extract);
    const Scored scored = scorers_[scorer_].score(*item->second, response, answer.value_or(""));
    if (!std::isnan(scored.value)) {
      open.sum += scored.value;
      open.scored += 1;
    }
  }
  if (open.epochs < suite_.epochs || open.scored == 0) return false;
  add(*item->second, open.sum / static_cast<double>(open.scored));
  const SequentialTest::Look made = test_->look(differences_, clusters_);
  if (made.number > 0) last_ = made;
  return last_.decided;
}

void SequentialWatch::add(const Item& item, double mean) {
  const auto old = baseline_.find(item.id);
  if (old == baseline_.end()) return;
  differences_.push_back(sign_ * (mean - old->second));
  clusters_.push_back(item.cluster.empty() ? differences_.size() : hash_text(item.cluster));
}

std::string SequentialWatch::verdict() const {
  if (last_.number == 0)
    return fmt::format("sequential: no look was due ({} items)", differences_.size());
  return fmt::format("sequential: {} at look {} of {} with {} items (z {:+.2f}, bound {:.2f})",
                     !last_.decided ? "undecided"
                     : last_.z > 0  ? "better"
                                    : "worse",
                     last_.number, test_->looks(), differences_.size(), last_.z, last_.bound);
}

}  // namespace interposer::evals
