// Requests to be simulated: arrival times, lengths and, where they are known, the hashes of the
// prompts' blocks. From traces (trace.h) or drawn here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace interposer::planner {

struct SimRequest {
  double arrival_s = 0;
  std::uint32_t prompt = 0;       // tokens, at least 1
  std::uint32_t answer = 0;       // tokens, at least 1
  std::uint32_t first_block = 0;  // into Workload::blocks
  std::uint32_t blocks = 0;       // full blocks whose hashes are known
};

struct Workload {
  std::string name;                   // "azure_llm_2023_conv.csv", "poisson 20/s"
  std::vector<SimRequest> requests;   // by arrival
  std::vector<std::uint64_t> blocks;  // hashes; equal hashes: equal prefixes up to there
  std::uint32_t block_tokens = 512;   // tokens of one block
  std::vector<std::string> notes;     // what a reader should know: gaps, skipped rows

  double duration_s() const;  // from the first arrival to the last
  double rate() const;        // requests a second over it; 0 with fewer than two
  double mean_prompt() const;
  double mean_answer() const;
};

// Interarrival times are gamma distributed with the coefficient of variation `cv` (1: Poisson).
// Lengths are log-normal with the given means and `length_cv` (0: fixed), at least 1 token.
struct Arrivals {
  double rate = 1;  // 1/s
  double cv = 1;
  double mean_prompt = 1000;
  double mean_answer = 300;
  double length_cv = 0;
  std::size_t count = 10'000;
  std::uint64_t seed = 1;
};
Result<Workload> draw_workload(const Arrivals& arrivals);

// The same requests with every interval multiplied so that the mean rate is `rate`.
Workload at_rate(Workload workload, double rate);

// The same lengths in the same order, arriving as a Poisson process of the same mean rate.
Workload as_poisson(Workload workload, std::uint64_t seed);

// The trace repeated end to end until there are `count` requests (for benchmarks); cut when longer.
Workload repeated(const Workload& workload, std::size_t count);

}  // namespace interposer::planner
