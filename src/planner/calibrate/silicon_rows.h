// The measured serving rows (aiconfigurator's silicon_sample.csv), and the protocol that pins which
// of them count (reference infrastructure.md, 5.1): what is one measurement, what is left out and
// why, which rows belong together in a fold.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::planner {

enum class Precision { kBf16, kFp8, kFp4, kInt4 };  // of the weights
std::string_view precision_name(Precision precision);

struct SiliconRow {
  std::size_t line = 0;      // in the file, from 1
  std::string architecture;  // DeepSeek R1 and V3 are one: "deepseek"
  std::string gpu;           // "h200_sxm"
  std::string engine;        // "vllm"
  std::string version;       // "0.19.0"; empty: not stated
  std::string source;        // the dump or file the row came from
  Precision precision = Precision::kBf16;
  int tensor_parallel = 1;
  bool expert_parallel = false;
  double batch = 1;  // running requests: batch_size (the batch rule)
  double prompt_tokens = 0;
  double output_tokens = 0;
  double ttft_ms = 0;
  double tpot_ms = 0;

  std::string group() const;  // architecture|gpu|engine|precision|tensor parallel
  // Time of a request as the two figures give it.
  double request_ms() const { return ttft_ms + (output_tokens - 1) * tpot_ms; }
};

// Why a row is not among the clean ones; the order is the order of the tests.
enum class Excluded {
  kNo,
  kGb200,        // mislabelled: not used at all
  kDoesNotFit,   // needs more memory than one GPU has
  kImplausible,  // the rest of the file with those rows: 34-58 ms at low load
  kQueued,       // over 40 % of the request's time before the first token: batch unknown
};
std::string_view excluded_name(Excluded why);
inline constexpr std::size_t kExclusions = 5;

struct SiliconSample {
  std::vector<SiliconRow> rows;    // one a measurement, in file order of its first appearance
  std::vector<Excluded> excluded;  // a row each
  std::size_t lines = 0;           // data lines of the file
  std::size_t usable_lines = 0;    // aggregated, tensor parallel <= 8, no attention DP
  std::array<std::size_t, kExclusions> count{};  // by Excluded

  std::vector<std::size_t> clean() const;        // indices
  std::vector<std::size_t> config_rule() const;  // only gb200 and no-fit left out
};

// Reads the CSV's text. Errors say file, line and column. At most kMaxSiliconLines lines.
Result<SiliconSample> read_silicon_sample(std::string_view csv, std::string_view file);
Result<SiliconSample> load_silicon_sample(const std::string& path);
inline constexpr std::size_t kMaxSiliconLines = 1'000'000;

// Fold of a group: SHA-free and stated, so that anyone gets the same folds: FNV-1a 64 of
// "SEED:GROUP", mixed by SplitMix64's finaliser, modulo `folds`.
std::size_t fold_of(std::uint64_t seed, std::string_view group, std::size_t folds);

}  // namespace interposer::planner
