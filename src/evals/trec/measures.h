// trec_eval's measures by name: what each needs, takes, computes, and how it is averaged.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "evals/trec/judgments.h"
#include "evals/trec/personality.h"
#include "evals/trec/prefs.h"
#include "evals/trec/ranking.h"

namespace interposer::evals::trec {

// What the measures of one topic see; only what its format has is filled.
struct TopicView {
  Personality personality = Personality::kTrec10;
  std::int64_t docs_in_collection = 0;
  std::span<const Ranking> rankings;  // one a judge; plain qrels: one
  const TopicPreferences* preferences = nullptr;
};

// Parameters of a measure, defaults or from "-m name.parameters".
struct Parameters {
  std::string text;                                    // as given; empty for the defaults
  std::vector<double> numbers;                         // cuts (ascending) or coefficients
  std::vector<std::pair<std::int64_t, double>> gains;  // grade=gain
  double persistence = 0.9;                            // rbp's p
};

enum class Takes : std::uint8_t { kNothing, kWholeCuts, kRealCuts, kNumbers, kGains };
enum class Shows : std::uint8_t { kReal, kWhole, kRelevanceString, kRunId, kTopics, kOnlyMean };
enum class Averages : std::uint8_t { kMean, kSum, kGeometric, kNothing };
enum class Needs : std::uint8_t { kJudgments, kGroups, kPreferences, kNothing };

struct Measure {
  std::string_view name;
  Needs needs = Needs::kJudgments;
  Takes takes = Takes::kNothing;
  Shows shows = Shows::kReal;
  Averages averages = Averages::kMean;
  std::vector<double> defaults;
  // Fills `out`: one value, or one for each cut. Of kOnlyMean measures the logarithm.
  void (*compute)(const TopicView&, const Parameters&, std::span<double> out) = nullptr;
};

// In the order in which trec_eval prints them.
std::span<const Measure> all_measures();

// The members of "official", "all_trec", ...; empty for another name.
std::vector<std::string_view> members_of(std::string_view nickname, Personality personality);

// Reads "5,10,20" as the measure wants it. Errors: not numbers, cuts that repeat or aren't
// positive.
Result<Parameters> parse_parameters(const Measure& measure, std::string_view text);
Parameters default_parameters(const Measure& measure);

// The printed name of value `index`: "P_5", "ndcg_1=3,2=9", "map".
std::string value_name(const Measure& measure, const Parameters& parameters, std::size_t index);
std::size_t value_count(const Measure& measure, const Parameters& parameters);

inline constexpr double kGeometricFloor = 0.00001;  // a topic's least value in geometric means

// "'0011-'": one character a document, at most the first parameter's number.
std::string relevance_string(const Ranking& ranking, const Parameters& parameters);

// Groups of compute functions, one file each.
namespace basic {
using Values = std::span<double>;
void retrieved(const TopicView&, const Parameters&, Values);
void relevant(const TopicView&, const Parameters&, Values);
void relevant_retrieved(const TopicView&, const Parameters&, Values);
void average_precision(const TopicView&, const Parameters&, Values);
void log_average_precision(const TopicView&, const Parameters&, Values);
void r_precision(const TopicView&, const Parameters&, Values);
void bpref(const TopicView&, const Parameters&, Values);
void log_bpref(const TopicView&, const Parameters&, Values);
void reciprocal_rank(const TopicView&, const Parameters&, Values);
void inferred_ap(const TopicView&, const Parameters&, Values);
void utility(const TopicView&, const Parameters&, Values);
void set_precision(const TopicView&, const Parameters&, Values);
void set_relative_precision(const TopicView&, const Parameters&, Values);
void set_recall(const TopicView&, const Parameters&, Values);
void set_map(const TopicView&, const Parameters&, Values);
void set_f(const TopicView&, const Parameters&, Values);
void nonrelevant_judged(const TopicView&, const Parameters&, Values);
void yaap(const TopicView&, const Parameters&, Values);
}  // namespace basic

namespace cuts {
using Values = std::span<double>;
void interpolated_precision(const TopicView&, const Parameters&, Values);
void eleven_point(const TopicView&, const Parameters&, Values);
void precision(const TopicView&, const Parameters&, Values);
void recall(const TopicView&, const Parameters&, Values);
void relative_precision(const TopicView&, const Parameters&, Values);
void success(const TopicView&, const Parameters&, Values);
void average_precision(const TopicView&, const Parameters&, Values);
void unjudged(const TopicView&, const Parameters&, Values);
void r_precision_multiples(const TopicView&, const Parameters&, Values);
void group_average_precision(const TopicView&, const Parameters&, Values);
void group_precision(const TopicView&, const Parameters&, Values);
void group_r_precision(const TopicView&, const Parameters&, Values);
}  // namespace cuts

namespace gains {
using Values = std::span<double>;
void binary_g(const TopicView&, const Parameters&, Values);
void g(const TopicView&, const Parameters&, Values);
void dcg(const TopicView&, const Parameters&, Values);
void ideal_dcg(const TopicView&, const Parameters&, Values);
void ndcg(const TopicView&, const Parameters&, Values);
void ndcg_relevant(const TopicView&, const Parameters&, Values);
void ndcg_levels(const TopicView&, const Parameters&, Values);
void ndcg_cut(const TopicView&, const Parameters&, Values);
void rank_biased(const TopicView&, const Parameters&, Values);
void rank_biased_residual(const TopicView&, const Parameters&, Values);
}  // namespace gains

namespace preference {
using Values = std::span<double>;
void possible(const TopicView&, const Parameters&, Values);
void fulfilled(const TopicView&, const Parameters&, Values);
void fulfilled_retrieved(const TopicView&, const Parameters&, Values);
void simple(const TopicView&, const Parameters&, Values);
void pair(const TopicView&, const Parameters&, Values);
void groups(const TopicView&, const Parameters&, Values);
void groups_balanced(const TopicView&, const Parameters&, Values);
void simple_retrieved(const TopicView&, const Parameters&, Values);
void pair_retrieved(const TopicView&, const Parameters&, Values);
void groups_retrieved(const TopicView&, const Parameters&, Values);
void groups_balanced_retrieved(const TopicView&, const Parameters&, Values);
void simple_implied(const TopicView&, const Parameters&, Values);
void pair_implied(const TopicView&, const Parameters&, Values);
void groups_implied(const TopicView&, const Parameters&, Values);
}  // namespace preference

}  // namespace interposer::evals::trec
