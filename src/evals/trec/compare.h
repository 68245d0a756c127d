// `interposer eval trec compare JUDGMENTS RUN_A RUN_B`: the same topics under two runs, by Fisher's
// paired randomisation.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "evals/trec/command.h"
#include "evals/trec/evaluate.h"

namespace interposer::evals::trec {

inline constexpr std::size_t kRoundsMax = 10'000'000;
inline constexpr std::size_t kTopicsShown = 5;  // with the largest differences, by measure

struct PerTopic {
  std::array<std::string, 2> run_files;
  std::array<std::vector<TopicValue>, 2> values;  // in the topics' order
  bool complete = false;                          // -c
};

// trec_eval's options and three files; fills `out`. An exit status that isn't 0 is a failure.
CommandResult per_topic_values(const std::vector<std::string>& arguments, PerTopic& out);

// The whole command: trec_eval's options, --rounds, --seed, --json, three files. Topics that only
// one of the runs has are left out and named; -c counts them as 0 instead.
CommandResult compare_runs(const std::vector<std::string>& arguments);

}  // namespace interposer::evals::trec
