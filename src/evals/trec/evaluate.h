// A run against judgments, topic by topic, and the means: what trec_eval prints.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "evals/trec/judgments.h"
#include "evals/trec/measures.h"
#include "evals/trec/personality.h"
#include "evals/trec/run.h"

namespace interposer::evals::trec {

struct WantedMeasure {
  const Measure* measure = nullptr;
  Parameters parameters;
};

// Mean and standard deviation of each measure over a set of reference runs, by topic (-Z).
struct ZScore {
  double mean = 0;
  double sd = 0;
};
using ZScores = std::unordered_map<std::string, ZScore>;  // "topic measure"
Result<ZScores> parse_z_scores(std::string_view text, std::string_view file);
inline constexpr double kMissingZScore = -1'000'000;

// One measure of one topic, unrounded.
struct TopicValue {
  std::string topic;
  std::string measure;  // as printed: "P_10"
  double value = 0;
};

struct EvaluateOptions {
  Personality personality = Personality::kTrec10;
  RankOptions rank;
  bool complete = false;   // -c: average over all judged topics
  bool per_topic = false;  // -q
  bool summary = true;     // not -n
  std::int64_t docs_in_collection = 0;
  const ZScores* z_scores = nullptr;
  std::vector<WantedMeasure> measures;  // in the order of all_measures()
  // Filled, when given, with the measures that are averaged over topics.
  std::vector<TopicValue>* topic_values = nullptr;
  bool skip_missing = false;  // a judged topic that the run lacks is left out, not an error
};

struct Evaluation {
  std::string text;  // what goes to standard output
  int exit_status = 0;
  Error error;  // set when exit_status isn't 0
};

// Takes the run, because ranking sorts it in place. Exit statuses are trec_eval's: 4 for a topic
// that can't be measured, 7 when no topic has both run and judgments.
Evaluation evaluate(Run run, const Judgments& judgments, const EvaluateOptions& options);

}  // namespace interposer::evals::trec
