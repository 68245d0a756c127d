// What the simulation's tests and benchmark share.
#pragma once

#include <filesystem>
#include <string>

#include "planner/calibrate/testing.h"
#include "planner/simulate/fleet.h"

namespace interposer::planner {

// A file of the shared test data; empty when it is absent.
inline std::string planner_data(const std::string& below) {
  const std::string folder = measured_data_dir();
  if (folder.empty()) return {};
  const std::string path = folder + "/" + below;
  return std::filesystem::exists(path) ? path : std::string();
}

// A server whose step takes `step` seconds whatever runs; prompts cost nothing.
inline SimPool constant_pool(int batch, double step) {
  SimPool pool;
  pool.name = "constant";
  pool.curve.base_s.assign(static_cast<std::size_t>(batch) + 1, step);
  pool.curve.base_s[0] = 0;
  pool.curve.context_s.assign(pool.curve.base_s.size(), 0);
  make_profile(&pool);
  return pool;
}

// About a 70B model in FP8 on four boards of 4.8 TB/s: 5 ms and more a step.
inline SimPool typical_pool(int batch = 256) {
  SimPool pool;
  pool.name = "typical";
  for (int b = 0; b <= batch; ++b) {
    pool.curve.base_s.push_back(0.005 + 2e-5 * b);
    pool.curve.context_s.push_back(b == 0 ? 0 : 1.0e-8);
  }
  pool.curve.prefill_token_s = 2.5e-5;
  pool.curve.prefill_pair_s = 2.0e-10;
  pool.step_tokens = 8192;
  pool.kv_tokens = 1'500'000;
  make_profile(&pool);
  return pool;
}

}  // namespace interposer::planner
