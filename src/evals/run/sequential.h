// Stopping a run as soon as its comparison with a baseline is decided, without paying for the looks
// in false alarms: group sequential bounds (stats/sequential.h) at equally spaced looks.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "evals/record/result_set.h"
#include "evals/run/plan.h"
#include "evals/score/scorers.h"
#include "evals/suite/suite.h"

namespace interposer::evals {

// Pure: differences in the order they came, looked at when `planned` * k / looks are there.
// Clusters must come whole and in random order.
class SequentialTest {
 public:
  SequentialTest(std::int64_t planned, std::int64_t looks, double alpha);

  struct Look {
    std::int64_t number = 0;  // from 1; 0: none is due
    double z = 0, bound = 0;
    bool decided = false;
  };
  // The look that is due with these differences (new minus old), if any; each is made once.
  Look look(std::span<const double> differences, std::span<const std::uint64_t> clusters);
  std::int64_t looks() const { return static_cast<std::int64_t>(bounds_.size()); }

 private:
  std::int64_t planned_, made_ = 0;
  std::vector<double> bounds_;
};

// The same over the answers of a run: scores each as it comes and pairs it with the baseline.
class SequentialWatch {
 public:
  // `targets` of the suite must be one. Errors: the baseline cannot be read or lacks the metric.
  static Result<std::unique_ptr<SequentialWatch>> open(const Suite& suite,
                                                       const std::vector<Item>& items);
  // Whole clusters in a random order that the suite's name decides, so that a resumed run has the
  // same one.
  void shuffle(std::vector<Unit>& units) const;
  bool decided(const Response& response);
  std::string verdict() const;  // a sentence

 private:
  explicit SequentialWatch(const Suite& suite, const std::vector<Item>& items)
      : suite_(suite), items_(items) {}
  void add(const Item& item, double mean);

  const Suite& suite_;
  const std::vector<Item>& items_;
  std::vector<Scorer> scorers_;
  std::size_t scorer_ = 0;
  double sign_ = 1;
  std::map<std::string, double, std::less<>> baseline_;  // by id
  std::map<std::string, const Item*, std::less<>> by_id_;
  struct Open {
    double sum = 0;
    std::int64_t scored = 0, epochs = 0;
  };
  std::map<std::string, Open, std::less<>> open_;
  std::vector<double> differences_;
  std::vector<std::uint64_t> clusters_;
  std::optional<SequentialTest> test_;
  SequentialTest::Look last_;
};

}  // namespace interposer::evals
