// The table of "Must reach", computed from the measured rows: what bench/run planner and
// `interposer plan calibrate` print.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "planner/calibrate/study.h"

namespace interposer::planner {

struct ReportLine {
  std::string what;
  std::string reached;
  std::string target;  // empty: shown, no target
  bool met = true;
};
struct ReportTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
struct CalibrationReport {
  std::vector<ReportLine> lines;
  std::vector<ReportTable> tables;  // every slice, every excluded row by name and count

  std::string markdown() const;
  std::string json() const;
};

struct ReportOptions {
  std::vector<std::uint64_t> seeds = {10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
  StudyOptions study;
  bool far = true;  // hold out GPUs, cells, architectures
  bool first_token = true;
  bool energy = true;
  bool clean = true;
  bool config_rule = true;
  bool intervals = true;
};

// `dir` holds silicon_sample.csv, model_configs/ and ml_energy/tasks/. Minutes of work.
Result<CalibrationReport> calibration_report(const std::string& dir, const ReportOptions& options);

}  // namespace interposer::planner
