// The evaluation of the step model on the measured rows, as the protocol pins it (reference
// infrastructure.md, 5.1): grouped folds by hash, 10 seeds, holding out a GPU, a cell, an
// architecture, and conformal intervals for each distance. What it prints is what it computed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "planner/calibrate/step_model.h"

namespace interposer::planner {

// Errors in per cent of the measured value.
struct Score {
  std::size_t n = 0;
  double mean = 0;  // MAPE
  double median = 0;
  double p90 = 0;
};
Score score(std::span<const double> log_measured, std::span<const double> log_predicted);

// Predictions for rows held out; position k is about row `row[k]`.
struct HeldOut {
  std::vector<std::size_t> row;
  std::vector<std::size_t> fold;  // the hold-out it was in
  std::vector<StepEstimate> estimate;
  std::vector<double> plain;  // log ms of the plain global model

  Score step_score(const Design& design) const;
  Score plain_score(const Design& design) const;
};

struct StudyOptions {
  int threads = 2;  // more do not change a bit of the result
  std::size_t folds = 5;
  // Called when a part is done; from the calling thread only.
  std::function<void(std::string_view)> progress;
};

// Fits without each fold in turn and predicts it. `fold[k]` is about row `row[k]`.
HeldOut hold_out(const Design& design, std::vector<std::size_t> row, std::vector<std::size_t> fold,
                 const StudyOptions& options);

// Folds: of groups by hash for a seed; one for each level of a factor.
std::vector<std::size_t> group_folds(const SiliconSample& sample, std::span<const std::size_t> row,
                                     std::uint64_t seed, std::size_t folds);
std::vector<std::size_t> level_folds(const Design& design, std::span<const std::size_t> row,
                                     Factor factor);

// 90 % intervals from held-out errors of other folds.
struct Interval {
  double low = 0;  // log ms
  double high = 0;
};
struct Coverage {
  std::string slice;
  std::size_t n = 0;
  double covered = 0;  // share
  double winkler = 0;  // mean interval score at alpha = 0.1, in per cent of the measured value
  double width = 0;    // median of high / low
};
inline constexpr double kIntervalLevel = 0.90;

// For each held-out row, from the scores |error| / scale of the rows of other folds; rows of its
// own architecture count more (`kOwnShare` of the weight). `calibration` gives the scores.
std::vector<Interval> conformal_intervals(const Design& design, const HeldOut& held,
                                          const HeldOut& calibration);
Coverage coverage(const Design& design, const HeldOut& held, std::span<const Interval> interval,
                  std::string slice, const std::function<bool(std::size_t row)>& in);

}  // namespace interposer::planner
