#include "evals/scorers/judge.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>

#include "base/strings.h"
#include "evals/scorers/extraction.h"
#include "stats/agreement.h"
#include "stats/bootstrap.h"

namespace interposer::evals {
namespace {

namespace json = boost::json;

constexpr std::size_t kJsonDepthMax = 8;
constexpr std::size_t kKappaReplicates = 2000;

// The last {...} of the output that is a JSON object.
std::optional<json::object> last_object(std::string_view output) {
  const std::size_t close = output.rfind('}');
  if (close == output.npos) return std::nullopt;
  std::size_t open = output.rfind('{', close);
  for (int tries = 0; open != output.npos && tries < 16; ++tries) {
    const std::string_view text = output.substr(open, close + 1 - open);
    boost::system::error_code failed;
    json::parse_options options;
    options.max_depth = kJsonDepthMax;
    json::value value =
        json::parse(json::string_view(text.data(), text.size()), failed, {}, options);
    if (!failed && value.is_object()) return std::move(value.get_object());
    if (open == 0) break;
    open = output.rfind('{', open - 1);
  }
  return std::nullopt;
}

std::optional<std::string_view> last_bracketed(std::string_view output) {
  const std::size_t close = output.rfind("]]");
  if (close == output.npos) return std::nullopt;
  const std::size_t open = output.rfind("[[", close);
  if (open == output.npos) return std::nullopt;
  return trim(output.substr(open + 2, close - open - 2));
}

std::optional<Preference> preference_of(std::string_view word) {
  const std::string low = to_lower(trim(word));
  if (low == "a") return Preference::kFirst;
  if (low == "b") return Preference::kSecond;
  if (low == "tie" || low == "c") return Preference::kTie;
  return std::nullopt;
}

// Of ours, when ours stands in the named place.
double win_of(Preference preference, bool ours_first) {
  if (preference == Preference::kTie) return 0.5;
  return (preference == Preference::kFirst) == ours_first ? 1 : 0;
}

}  // namespace

std::string pairwise_grammar() {
  return "root ::= \"{\\\"reason\\\": \\\"\" [^\"\\\\\\x00-\\x1F]{0,400} \"\\\", \\\"choice\\\": "
         "\\\"\" "
         "(\"A\" | \"B\" | \"tie\") \"\\\"}\"\n";
}

std::string rubric_grammar(int lowest, int highest) {
  std::string numbers;
  for (int n = lowest; n <= highest; ++n) {
    if (!numbers.empty()) numbers += " | ";
    numbers += "\"" + std::to_string(n) + "\"";
  }
  return "root ::= \"{\\\"reason\\\": \\\"\" [^\"\\\\\\x00-\\x1F]{0,400} \"\\\", \\\"score\\\": \" "
         "(" +
         numbers + ") \"}\"\n";
}

std::optional<Preference> parse_preference(std::string_view output) {
  if (const auto object = last_object(output)) {
    const json::value* const choice = object->if_contains("choice");
    if (choice != nullptr && choice->is_string())
      return preference_of(std::string_view(choice->get_string()));
  }
  const auto word = last_bracketed(output);
  return word ? preference_of(*word) : std::nullopt;
}

std::optional<double> parse_rubric_score(std::string_view output, double lowest, double highest) {
  std::optional<double> score;
  if (const auto object = last_object(output)) {
    const json::value* const found = object->if_contains("score");
    if (found != nullptr && found->is_number()) score = found->to_number<double>();
  }
  const auto word = last_bracketed(output);
  if (!score && word) {
    double value = 0;
    const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
    if (error == std::errc() && end == word->data() + word->size()) score = value;
  }
  if (!score || !(*score >= lowest && *score <= highest)) return std::nullopt;
  return score;
}

PairScore score_pair(const PairJudgement& judgement) {
  PairScore out;
  if (judgement.forward && judgement.backward) {
    out.flipped =
        *judgement.forward == *judgement.backward && *judgement.forward != Preference::kTie;
    out.win = (win_of(*judgement.forward, true) + win_of(*judgement.backward, false)) / 2;
  }
  return out;
}

PairwiseReport pairwise_report(std::span<const PairJudgement> judgements) {
  PairwiseReport out;
  std::vector<double> wins;
  std::int64_t flips = 0;
  double first_place = 0;
  for (const PairJudgement& judgement : judgements) {
    ++out.n;
    out.unparsed += (judgement.forward ? 0 : 1) + (judgement.backward ? 0 : 1);
    const PairScore score = score_pair(judgement);
    if (!score.win) continue;
    wins.push_back(*score.win);
    flips += score.flipped ? 1 : 0;
    first_place += (win_of(*judgement.forward, true) + win_of(*judgement.backward, true)) / 2;
  }
  out.scored = std::ssize(wins);
  const stats::Estimate estimate = stats::mean_estimate(wins);
  out.win_rate = estimate.value;
  if (wins.empty()) return out;
  out.interval = estimate.interval();
  out.flip_rate = static_cast<double>(flips) / static_cast<double>(out.scored);
  out.first_place_rate = first_place / static_cast<double>(out.scored);
  return out;
}

Calibration calibrate(std::span<const int> judged, std::span<const int> labels) {
  Calibration out;
  const std::size_t n = std::min(judged.size(), labels.size());
  out.n = static_cast<std::int64_t>(n);
  out.enough = out.n >= kCalibrationMin;
  if (n == 0) return out;
  judged = judged.first(n);
  labels = labels.first(n);
  std::map<int, std::int64_t> count;
  std::int64_t same = 0;
  for (std::size_t i = 0; i < n; ++i) {
    ++count[labels[i]];
    same += judged[i] == labels[i] ? 1 : 0;
  }
  std::int64_t most = 0;
  for (const auto& [label, times] : count) most = std::max(most, times);
  out.agreement = static_cast<double>(same) / static_cast<double>(n);
  out.base_rate = static_cast<double>(most) / static_cast<double>(n);
  out.kappa = stats::cohen_kappa(judged, labels);
  std::vector<int> a(n), b(n);
  std::vector<double> replicates = stats::bootstrap(n,
                                                    [&](std::span<const std::uint32_t> picked) {
                                                      for (std::size_t i = 0; i < n; ++i) {
                                                        a[i] = judged[picked[i]];
                                                        b[i] = labels[picked[i]];
                                                      }
                                                      return stats::cohen_kappa(a, b);
                                                    },
                                                    {.replicates = kKappaReplicates, .seed = 1});
  std::erase_if(replicates, [](double kappa) { return std::isnan(kappa); });
  if (!replicates.empty()) out.interval = stats::percentile_interval(std::move(replicates));
  return out;
}

std::string judged_gate_fault(const Calibration& calibration, double min_kappa,
                              std::span<const std::string> responses) {
  char text[200];
  if (is_constant_answer(responses)) {
    std::snprintf(text, sizeof text,
                  "%.0f %% of the responses are the same text: no judge can vouch "
                  "for a constant answer",
                  100 * duplicate_share(responses));
    return text;
  }
  if (!calibration.enough) {
    std::snprintf(text, sizeof text, "the judge is calibrated on %lld labels, %lld are wanted",
                  static_cast<long long>(calibration.n), static_cast<long long>(kCalibrationMin));
    return text;
  }
  if (!(calibration.kappa >= min_kappa)) {
    std::snprintf(text, sizeof text, "the judge's kappa is %.2f [%.2f, %.2f], wanted %.2f",
                  calibration.kappa, calibration.interval.low, calibration.interval.high,
                  min_kappa);
    return text;
  }
  return {};
}

}  // namespace interposer::evals
