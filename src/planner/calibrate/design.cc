#include "planner/calibrate/design.h"

#include <fmt/format.h>

#include <cmath>

#include "planner/perf/first_token.h"

namespace interposer::planner {
namespace {

struct ConfigFile {
  std::string_view architecture;
  std::string_view file;
};
constexpr ConfigFile kConfigs[] = {
    {"deepseek", "deepseek-ai--DeepSeek-R1"},
    {"MiniMax-M2.5", "MiniMaxAI--MiniMax-M2.5"},
    {"Llama-3.1-70B", "meta-llama--Meta-Llama-3.1-70B"},
    {"Llama-3.1-8B", "meta-llama--Meta-Llama-3.1-8B"},
    {"gpt-oss-120b", "openai--gpt-oss-120b"},
    {"Qwen3-32B", "Qwen--Qwen3-32B"},
    {"Qwen3.5-397B-A17B", "Qwen--Qwen3.5-397B-A17B"},
    {"Qwen3-235B-A22B", "Qwen--Qwen3-235B-A22B"},
    {"Kimi-K2.5", "moonshotai--Kimi-K2.5"},
    {"GLM-5", "zai-org--GLM-5"},
};

}  // namespace

std::string_view factor_name(Factor factor) {
  constexpr std::string_view kNames[kFactors] = {"engine",
                                                 "generation",
                                                 "precision",
                                                 "mixture",
                                                 "architecture",
                                                 "engine x generation",
                                                 "engine version",
                                                 "engine x architecture",
                                                 "generation x architecture",
                                                 "GPU x engine x architecture",
                                                 "GPU"};
  return kNames[factor];
}

int LevelTable::find(Factor factor, const std::string& word, bool add) {
  auto& known = of[factor];
  if (const auto at = known.find(word); at != known.end()) return at->second;
  if (!add) return -1;
  const int level = static_cast<int>(known.size());
  known.emplace(word, level);
  return level;
}

std::string level_word(Factor factor, const RowKey& k) {
  switch (factor) {
    case kEngine:
      return k.engine;
    case kGeneration:
      return k.generation;
    case kPrecisionLevel:
      return std::string(precision_name(k.precision));
    case kMixture:
      return k.mixture ? "mixture" : "dense";
    case kArchitecture:
      return k.architecture;
    case kEngineGeneration:
      return k.engine + "|" + k.generation;
    case kVersion:
      return k.engine + "|" + k.version;
    case kEngineArchitecture:
      return k.engine + "|" + k.architecture;
    case kGenerationArchitecture:
      return k.generation + "|" + k.architecture;
    case kGpuEngineArchitecture:
      return k.gpu + "|" + k.engine + "|" + k.architecture;
    case kGpu:
      return k.gpu;
    case kFactors:
      break;
  }
  return {};
}

Result<Shapes> load_measured_shapes(const std::string& dir) {
  Shapes out;
  for (const ConfigFile& config : kConfigs) {
    auto shape = load_model_config(fmt::format("{}/{}_config.json", dir, config.file));
    if (!shape.ok()) return std::move(shape.error()).within(config.architecture);
    out.emplace(config.architecture, *std::move(shape));
  }
  return out;
}

Design empty_design(std::span<const double> prior) {
  Design out;
  out.prior.assign(prior.begin(), prior.end());
  out.rows.terms = prior.size();
  out.rows.levels.resize(kFactors);
  out.near.dims = 4;
  out.near.levels.resize(kFactors);
  return out;
}

void add_row(Design& design, std::span<const double> terms, double log_y, const RowKey& key,
             const ServingState& state, double tensor_parallel) {
  design.rows.x.insert(design.rows.x.end(), terms.begin(), terms.end());
  design.rows.log_y.push_back(log_y);
  for (int f = 0; f < kFactors; ++f) {
    const auto factor = static_cast<Factor>(f);
    const int level = design.table.find(factor, level_word(factor, key), true);
    design.rows.levels[static_cast<std::size_t>(f)].push_back(level);
    design.near.levels[static_cast<std::size_t>(f)].push_back(level);
  }
  for (const double number :
       {state.batch, state.prompt_tokens, state.output_tokens, tensor_parallel}) {
    design.near.numbers.push_back(std::log(number));
  }
}

Result<Design> make_design(const SiliconSample& sample, const Shapes& shapes, Target target) {
  const bool first = target == Target::kTtft;
  Design out = first ? empty_design(first_token_priors()) : empty_design(term_priors());
  if (first) out.wide = 0.25;  // repeats of one configuration alone differ by 12.5 %
  for (const SiliconRow& row : sample.rows) {
    const auto shape = shapes.find(row.architecture);
    const GpuNumbers* gpu = measured_gpu(row.gpu);
    if (shape == shapes.end() || gpu == nullptr) {
      return make_error(Code::kInvalidArgument,
                        fmt::format("line {}: no {} '{}'", row.line,
                                    gpu == nullptr ? "datasheet for" : "model config for",
                                    gpu == nullptr ? row.gpu : row.architecture),
                        "add it before calibrating on this row");
    }
    const GpuPlacement placement{row.tensor_parallel, row.expert_parallel};
    const ServingState state{row.batch, row.prompt_tokens, row.output_tokens};
    const RowKey key{row.architecture,
                     row.gpu,
                     std::string(gpu_generation(row.gpu)),
                     row.engine,
                     row.version,
                     row.precision,
                     shape->second.experts > 0};
    if (first) {
      const auto terms = first_token_terms(shape->second, *gpu, row.precision, placement, state);
      add_row(out, terms, std::log(row.ttft_ms), key, state, row.tensor_parallel);
    } else {
      const Terms terms = step_terms(shape->second, *gpu, row.precision, placement, state);
      add_row(out, terms, std::log(row.tpot_ms), key, state, row.tensor_parallel);
    }
  }
  return out;
}

}  // namespace interposer::planner
