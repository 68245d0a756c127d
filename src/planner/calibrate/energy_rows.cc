#include "planner/calibrate/energy_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <iterator>

namespace interposer::planner {
namespace {

namespace bj = boost::json;

constexpr std::string_view kTasks[] = {"gpqa", "image-chat", "lm-arena-chat", "sourcegraph-fim",
                                       "video-chat"};

Error wrong(std::string_view file, std::size_t row, std::string_view field, std::string_view what) {
  return make_error(Code::kInvalidArgument,
                    fmt::format("{}: row {}: field '{}' {}", file, row + 1, field, what));
}

// Variants trained from one architecture run alike.
std::string architecture_of(std::string model) {
  if (const auto slash = model.rfind('/'); slash != std::string::npos) model.erase(0, slash + 1);
  for (const std::string_view end : {"-FP8", "-BF16", "-Instruct", "-Thinking", "-2507", "-0528",
                                     "-it", "-Instruct-2507", "-Coder", "-VL", "-Omni"}) {
    if (const auto at = model.find(end); at != std::string::npos) model.erase(at, end.size());
  }
  if (model.starts_with("DeepSeek")) return "deepseek";
  if (model.starts_with("Llama-3.3-70B")) return "Llama-3.1-70B";
  return model;
}

Result<EnergyRow> read_row(const bj::object& o, std::string_view file, std::size_t index,
                           std::string_view task) {
  EnergyRow row;
  row.task = task;
  const std::pair<const char*, double*> numbers[] = {
      {"max_num_seqs", &row.batch_limit},
      {"avg_batch_size", &row.batch},
      {"avg_output_len", &row.output_tokens},
      {"output_throughput_tokens_per_sec", &row.tokens_per_s},
      {"avg_power_watts", &row.watts}};
  for (const auto& [name, at] : numbers) {
    const bj::value* value = o.if_contains(name);
    if (value == nullptr || !value->is_number()) return wrong(file, index, name, "is no number");
    *at = value->to_number<double>();
    if (!std::isfinite(*at) || *at <= 0) return wrong(file, index, name, "must be more than 0");
  }
  const auto text = [&](const char* name) {
    const bj::value* value = o.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
  };
  const auto count = [&](const char* name) {
    const bj::value* value = o.if_contains(name);
    return value != nullptr && value->is_int64() ? static_cast<int>(value->get_int64()) : 0;
  };
  row.model = text("model_id");
  if (row.model.empty()) return wrong(file, index, "model_id", "is missing");
  row.architecture = architecture_of(row.model);
  const std::string gpu = text("gpu_model");
  if (gpu != "H100" && gpu != "B200") return wrong(file, index, "gpu_model", "is not known");
  row.gpu = gpu == "H100" ? "h100_sxm" : "b200_sxm";
  const std::string precision = text("weight_precision");
  row.precision = precision == "fp8"     ? Precision::kFp8
                  : precision == "mxfp4" ? Precision::kFp4
                                         : Precision::kBf16;
  row.gpus = count("num_gpus");
  if (row.gpus < 1) return wrong(file, index, "num_gpus", "must be at least 1");
  row.expert_parallel = count("expert_parallel") > 1;
  return row;
}

// Prompts are not in the data: rough lengths of the tasks, which the task's own effect corrects.
double prompt_tokens_of(std::string_view task) {
  if (task == "lm-arena-chat") return 100;
  if (task == "gpqa") return 300;
  if (task == "sourcegraph-fim") return 600;
  return task == "image-chat" ? 1500 : 4000;
}

enum EnergyTerm { kIdle, kFlopsRate, kDenseRate, kExpertRate, kCacheRate, kStepRate, kPromptRate };
constexpr std::size_t kEnergyTerms = 7;

// Watts of one GPU: what each activity would draw at reference 2.7's fitted figures.
std::array<double, kEnergyTerms> watt_terms(const EnergyRow& row, const ModelShape& shape,
                                            const GpuNumbers& gpu) {
  constexpr double kIdleWatts = 300;
  constexpr double kWattsPerFlop = 61e-14;  // 61 W at 100 TFLOP/s
  constexpr double kWattsPerByte = 60e-12;  // 60 W at 1 TB/s
  constexpr double kWattsPerLayer = 2e-3;   // a launch
  const double n = row.gpus;
  const double steps = row.tokens_per_s / row.batch;
  const double context = prompt_tokens_of(row.task) + row.output_tokens / 2;
  const WeightBytes bytes = weight_bytes(shape, row.precision);
  const double wider = gpu.flops_bf16 / gpu.flops(row.precision);  // narrow FLOPs cost less
  std::array<double, kEnergyTerms> t{};
  t[kIdle] = kIdleWatts;
  t[kFlopsRate] = kWattsPerFlop * 2 * shape.active_params() * row.tokens_per_s / n * wider;
  t[kDenseRate] = kWattsPerByte * steps * shape.dense_params() * bytes.dense / n;
  t[kExpertRate] = kWattsPerByte * steps * shape.expert_params * shape.moe_layers *
                   shape.experts_touched(row.batch) * bytes.expert / n;
  t[kCacheRate] = kWattsPerByte * row.tokens_per_s * cache_bytes_per_element(row.precision) *
                  shape.read_elements_per_device(context, row.gpus);
  t[kStepRate] = kWattsPerLayer * steps * shape.layers;
  t[kPromptRate] = kWattsPerFlop * 2 * shape.active_params() * prompt_tokens_of(row.task) *
                   row.tokens_per_s / row.output_tokens / n * wider;
  return t;
}

}  // namespace

std::string EnergyRow::group() const {
  return fmt::format("{}|{}|{}|{}", architecture, gpu, precision_name(precision), gpus);
}

Result<std::vector<EnergyRow>> read_energy_rows(std::string_view json, std::string_view file) {
  boost::system::error_code failed;
  const bj::value value = bj::parse(bj::string_view(json.data(), json.size()), failed);
  const bj::value* list =
      !failed && value.is_object() ? value.get_object().if_contains("configurations") : nullptr;
  if (list == nullptr || !list->is_array()) {
    return make_error(Code::kInvalidArgument, fmt::format("{}: no list 'configurations'", file),
                      "give a task file of ML.ENERGY's leaderboard");
  }
  const bj::value* name = value.get_object().if_contains("task");
  const std::string task =
      name != nullptr && name->is_string() ? std::string(name->get_string()) : std::string(file);
  std::vector<EnergyRow> out;
  for (const bj::value& item : list->get_array()) {
    if (!item.is_object()) return wrong(file, out.size(), "configurations", "holds a non-object");
    auto row = read_row(item.get_object(), file, out.size(), task);
    if (!row.ok()) return row.error();
    out.push_back(*std::move(row));
  }
  return out;
}

Result<std::vector<EnergyRow>> load_energy_rows(const std::string& dir) {
  std::vector<EnergyRow> out;
  for (const std::string_view task : kTasks) {
    const std::string path = fmt::format("{}/{}.json", dir, task);
    std::ifstream in(path, std::ios::binary);
    if (!in) return make_error(Code::kNotFound, fmt::format("{}: cannot be read", path));
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto rows = read_energy_rows(text, path);
    if (!rows.ok()) return rows.error();
    out.insert(out.end(), rows->begin(), rows->end());
  }
  return out;
}

Result<Design> make_energy_design(std::span<const EnergyRow> rows, const Shapes& shapes,
                                  EnergyTarget target) {
  const bool watts = target == EnergyTarget::kWattsPerGpu;
  const std::vector<double> ones(kEnergyTerms, 1.0);
  Design out = watts ? empty_design(ones) : empty_design(term_priors());
  out.wide = watts ? 0.1 : 0.2;
  for (const EnergyRow& row : rows) {
    const auto shape = shapes.find(row.architecture);
    if (shape == shapes.end()) {
      return make_error(Code::kInvalidArgument,
                        fmt::format("no shape for the architecture '{}'", row.architecture));
    }
    const GpuNumbers& gpu = *measured_gpu(row.gpu);
    // One engine: the task takes its place, the model that of the version.
    const RowKey key{row.architecture,
                     row.gpu,
                     std::string(gpu_generation(row.gpu)),
                     row.task,
                     row.model,
                     row.precision,
                     shape->second.experts > 0};
    if (watts) {
      const auto terms = watt_terms(row, shape->second, gpu);
      const ServingState near{row.batch, row.tokens_per_s / row.gpus, row.output_tokens};
      add_row(out, terms, std::log(row.watts / row.gpus), key, near, row.gpus);
      continue;
    }
    const ServingState state{row.batch_limit, prompt_tokens_of(row.task), row.output_tokens};
    Terms terms =
        step_terms(shape->second, gpu, row.precision, {row.gpus, row.expert_parallel}, state);
    for (double& t : terms) t *= row.gpus / row.batch_limit;  // GPU-ms a token; 1 J each is 1 kW
    add_row(out, terms, std::log(row.joules_per_token()), key, state, row.gpus);
  }
  return out;
}

}  // namespace interposer::planner
