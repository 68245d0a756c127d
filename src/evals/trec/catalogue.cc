// The table of measures, their nicknames, names and parameters.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/strings.h"
#include "evals/trec/measures.h"

namespace interposer::evals::trec {
namespace {

const std::vector<double> kDocCuts{5, 10, 15, 20, 30, 100, 200, 500, 1000};
const std::vector<double> kRecallCuts{0, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1};
const std::vector<double> kMultiples{.2, .4, .6, .8, 1, 1.2, 1.4, 1.6, 1.8, 2};

// The table's columns, short.
constexpr auto kJudgments = Needs::kJudgments;
constexpr auto kGroups = Needs::kGroups;
constexpr auto kPreferences = Needs::kPreferences;
constexpr auto kPlain = Takes::kNothing;
constexpr auto kWholeCuts = Takes::kWholeCuts;
constexpr auto kRealCuts = Takes::kRealCuts;
constexpr auto kNumbers = Takes::kNumbers;
constexpr auto kGains = Takes::kGains;
constexpr auto kReal = Shows::kReal;
constexpr auto kWhole = Shows::kWhole;
constexpr auto kOnlyMean = Shows::kOnlyMean;
constexpr auto kMean = Averages::kMean;
constexpr auto kSum = Averages::kSum;
constexpr auto kGeometric = Averages::kGeometric;
constexpr auto kApart = Averages::kNothing;

std::vector<Measure> build() {
  return {
      {"runid", Needs::kNothing, kPlain, Shows::kRunId, kApart},
      {"num_q", Needs::kNothing, kPlain, Shows::kTopics, kApart},
      {"num_ret", kJudgments, kPlain, kWhole, kSum, {}, basic::retrieved},
      {"num_rel", kJudgments, kPlain, kWhole, kSum, {}, basic::relevant},
      {"num_rel_ret", kJudgments, kPlain, kWhole, kSum, {}, basic::relevant_retrieved},
      {"map", kJudgments, kPlain, kReal, kMean, {}, basic::average_precision},
      {"gm_map", kJudgments, kPlain, kOnlyMean, kGeometric, {}, basic::log_average_precision},
      {"Rprec", kJudgments, kPlain, kReal, kMean, {}, basic::r_precision},
      {"bpref", kJudgments, kPlain, kReal, kMean, {}, basic::bpref},
      {"recip_rank", kJudgments, kPlain, kReal, kMean, {}, basic::reciprocal_rank},
      {"iprec_at_recall", kJudgments, kRealCuts, kReal, kMean, kRecallCuts,
       cuts::interpolated_precision},
      {"P", kJudgments, kWholeCuts, kReal, kMean, kDocCuts, cuts::precision},
      {"relstring", kJudgments, kNumbers, Shows::kRelevanceString, kApart, {10}},
      {"recall", kJudgments, kWholeCuts, kReal, kMean, kDocCuts, cuts::recall},
      {"infAP", kJudgments, kPlain, kReal, kMean, {}, basic::inferred_ap},
      {"gm_bpref", kJudgments, kPlain, kOnlyMean, kGeometric, {}, basic::log_bpref},
      {"Rprec_mult", kJudgments, kRealCuts, kReal, kMean, kMultiples, cuts::r_precision_multiples},
      {"utility", kJudgments, kNumbers, kReal, kMean, {1, -1, 0, 0}, basic::utility},
      {"11pt_avg", kJudgments, kNumbers, kReal, kMean, kRecallCuts, cuts::eleven_point},
      {"binG", kJudgments, kPlain, kReal, kMean, {}, gains::binary_g},
      {"G", kJudgments, kGains, kReal, kMean, {}, gains::g},
      {"dcg", kJudgments, kGains, kReal, kMean, {}, gains::dcg},
      {"ideal_dcg", kJudgments, kGains, kReal, kMean, {}, gains::ideal_dcg},
      {"ndcg", kJudgments, kGains, kReal, kMean, {}, gains::ndcg},
      {"ndcg_rel", kJudgments, kGains, kReal, kMean, {}, gains::ndcg_relevant},
      {"Rndcg", kJudgments, kGains, kReal, kMean, {}, gains::ndcg_levels},
      {"ndcg_cut", kJudgments, kWholeCuts, kReal, kMean, kDocCuts, gains::ndcg_cut},
      {"map_cut", kJudgments, kWholeCuts, kReal, kMean, kDocCuts, cuts::average_precision},
      {"relative_P", kJudgments, kWholeCuts, kReal, kMean, kDocCuts, cuts::relative_precision},
      {"success", kJudgments, kWholeCuts, kReal, kMean, {1, 5, 10}, cuts::success},
      {"set_P", kJudgments, kPlain, kReal, kMean, {}, basic::set_precision},
      {"set_relative_P", kJudgments, kPlain, kReal, kMean, {}, basic::set_relative_precision},
      {"set_recall", kJudgments, kPlain, kReal, kMean, {}, basic::set_recall},
      {"set_map", kJudgments, kPlain, kReal, kMean, {}, basic::set_map},
      {"set_F", kJudgments, kNumbers, kReal, kMean, {1}, basic::set_f},
      {"num_nonrel_judged_ret", kJudgments, kPlain, kWhole, kSum, {}, basic::nonrelevant_judged},
      {"prefs_num_prefs_poss", kPreferences, kPlain, kWhole, kSum, {}, preference::possible},
      {"prefs_num_prefs_ful", kPreferences, kPlain, kWhole, kSum, {}, preference::fulfilled},
      {"prefs_num_prefs_ful_ret",
       kPreferences,
       kPlain,
       kWhole,
       kSum,
       {},
       preference::fulfilled_retrieved},
      {"prefs_simp", kPreferences, kPlain, kReal, kMean, {}, preference::simple},
      {"prefs_pair", kPreferences, kPlain, kReal, kMean, {}, preference::pair},
      {"prefs_avgjg", kPreferences, kPlain, kReal, kMean, {}, preference::groups},
      {"prefs_avgjg_Rnonrel", kPreferences, kPlain, kReal, kMean, {}, preference::groups_balanced},
      {"prefs_simp_ret", kPreferences, kPlain, kReal, kMean, {}, preference::simple_retrieved},
      {"prefs_pair_ret", kPreferences, kPlain, kReal, kMean, {}, preference::pair_retrieved},
      {"prefs_avgjg_ret", kPreferences, kPlain, kReal, kMean, {}, preference::groups_retrieved},
      {"prefs_avgjg_Rnonrel_ret",
       kPreferences,
       kPlain,
       kReal,
       kMean,
       {},
       preference::groups_balanced_retrieved},
      {"prefs_simp_imp", kPreferences, kPlain, kReal, kMean, {}, preference::simple_implied},
      {"prefs_pair_imp", kPreferences, kPlain, kReal, kMean, {}, preference::pair_implied},
      {"prefs_avgjg_imp", kPreferences, kPlain, kReal, kMean, {}, preference::groups_implied},
      {"map_avgjg", kGroups, kPlain, kReal, kMean, {}, cuts::group_average_precision},
      {"P_avgjg", kGroups, kWholeCuts, kReal, kMean, kDocCuts, cuts::group_precision},
      {"Rprec_mult_avgjg", kGroups, kRealCuts, kReal, kMean, kMultiples, cuts::group_r_precision},
      {"yaap", kJudgments, kPlain, kReal, kMean, {}, basic::yaap},
      {"rbp", kJudgments, kGains, kReal, kMean, {}, gains::rank_biased},
      {"rbp_resid", kJudgments, kPlain, kReal, kMean, {}, gains::rank_biased_residual},
      {"unj", kJudgments, kWholeCuts, kReal, kMean, {5, 10, 20}, cuts::unjudged},
  };
}

const std::vector<std::string_view> kOfficial{
    "runid",  "num_q", "num_ret", "num_rel",    "num_rel_ret",     "map",
    "gm_map", "Rprec", "bpref",   "recip_rank", "iprec_at_recall", "P"};

bool parse_number(std::string_view text, double& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

Error parameter_error(const Measure& measure, std::string_view text, std::string_view wanted) {
  return make_error(Code::kInvalidArgument,
                    "measure '" + std::string(measure.name) + "': '" + std::string(text) +
                        "' is not " + std::string(wanted),
                    "write for example P.5,10 or ndcg.1=3,2=9");
}

Status add_gain(const Measure& measure, std::string_view part, Parameters& out) {
  const std::size_t equals = part.find('=');
  double value = 0;
  if (equals == part.npos || !parse_number(part.substr(equals + 1), value)) {
    return parameter_error(measure, part, "of the form grade=gain");
  }
  if (part.substr(0, equals) == "p") {
    out.persistence = value;
    return {};
  }
  double grade = 0;
  if (!parse_number(part.substr(0, equals), grade) || grade != std::floor(grade) ||
      std::abs(grade) > kGradeMax) {
    return parameter_error(measure, part, "of the form grade=gain");
  }
  out.gains.emplace_back(static_cast<std::int64_t>(grade), value);
  return {};
}

std::string with_decimals(double value) {
  char buffer[64];
  const auto [end, error] =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, 2);
  return error == std::errc() ? std::string(buffer, end) : std::string();
}

}  // namespace

std::span<const Measure> all_measures() {
  static const std::vector<Measure> measures = build();
  return measures;
}

std::vector<std::string_view> members_of(std::string_view nickname, Personality personality) {
  if (nickname == "official") return kOfficial;
  if (nickname == "set") {
    return {"runid", "num_q",      "num_ret",        "num_rel", "num_rel_ret", "utility",
            "set_P", "set_recall", "set_relative_P", "set_map", "set_F"};
  }
  if (nickname == "prefs") {
    return {"runid",
            "num_q",
            "prefs_num_prefs_poss",
            "prefs_num_prefs_ful",
            "prefs_num_prefs_ful_ret",
            "prefs_simp",
            "prefs_pair",
            "prefs_avgjg"};
  }
  if (nickname == "qrels_jg") return {"runid", "num_q", "map_avgjg", "P_avgjg", "Rprec_mult_avgjg"};
  std::vector<std::string_view> out;
  for (const Measure& measure : all_measures()) {
    const bool trec = measure.needs == Needs::kJudgments;
    const bool always = measure.needs == Needs::kNothing;
    const bool young = measure.name.starts_with("rbp") || measure.name == "unj";
    const bool apart =
        measure.name == "dcg" || measure.name == "ideal_dcg" || measure.name == "yaap";
    if (nickname == "all_trec" && (always || (trec && !apart)) &&
        (!young || personality == Personality::kTrec10)) {
      out.push_back(measure.name);
    }
    if (nickname == "all_prefs" && (always || measure.needs == Needs::kPreferences)) {
      out.push_back(measure.name);
    }
  }
  return out;
}

Parameters default_parameters(const Measure& measure) {
  Parameters out;
  out.numbers = measure.defaults;
  return out;
}

Result<Parameters> parse_parameters(const Measure& measure, std::string_view text) {
  Parameters out;
  out.text = text;
  if (measure.takes == Takes::kNothing) return default_parameters(measure);
  for (std::string_view part : split(text, ',')) {
    double value = 0;
    if (measure.takes == Takes::kGains) {
      IP_OK(add_gain(measure, part, out));
      continue;
    }
    if (!parse_number(part, value)) return parameter_error(measure, part, "a number");
    // trec_eval reads whole cuts as far as they are whole: 23.4 is 23.
    out.numbers.push_back(measure.takes == Takes::kWholeCuts ? std::floor(value) : value);
  }
  if (measure.takes == Takes::kNumbers && measure.name == "utility" && out.numbers.size() != 4) {
    return parameter_error(measure, text, "a list of four coefficients");
  }
  if (measure.takes == Takes::kWholeCuts || measure.takes == Takes::kRealCuts) {
    std::sort(out.numbers.begin(), out.numbers.end());
    const bool repeats =
        std::adjacent_find(out.numbers.begin(), out.numbers.end()) != out.numbers.end();
    const double least = measure.takes == Takes::kWholeCuts ? 1 : 0;
    if (repeats || out.numbers.front() < least || out.numbers.back() > 1e9) {
      return parameter_error(measure, text, "a list of different positive cuts");
    }
  }
  return out;
}

std::size_t value_count(const Measure& measure, const Parameters& parameters) {
  const bool cuts = measure.takes == Takes::kWholeCuts || measure.takes == Takes::kRealCuts;
  return cuts ? parameters.numbers.size() : 1;
}

std::string value_name(const Measure& measure, const Parameters& parameters, std::size_t index) {
  std::string name(measure.name);
  if (measure.takes == Takes::kWholeCuts) {
    return name + '_' + std::to_string(static_cast<std::int64_t>(parameters.numbers[index]));
  }
  if (measure.takes == Takes::kRealCuts)
    return name + '_' + with_decimals(parameters.numbers[index]);
  return parameters.text.empty() ? name : name + '_' + parameters.text;
}

std::string relevance_string(const Ranking& ranking, const Parameters& parameters) {
  const double wanted =
      std::clamp(parameters.numbers[0], 0.0, static_cast<double>(ranking.retrieved()));
  std::string out = "'";
  for (std::size_t i = 0; i < static_cast<std::size_t>(wanted); ++i) {
    const std::int32_t grade = ranking.grades[i];
    out += grade > 9             ? '>'
           : grade >= 0          ? static_cast<char>('0' + grade)
           : grade == kNotInPool ? '-'
                                 : '.';
  }
  return out + "'";
}

}  // namespace interposer::evals::trec
