#include "planner/place/performance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planner/perf/fitted.h"

namespace interposer::planner {
namespace {

constexpr int kMachineBatchMax = 256;

// The word of the measured rows: "deepseek" for R1 and V3, else the name without its owner.
std::string architecture_word(const std::string& model) {
  if (model.find("DeepSeek-R1") != std::string::npos ||
      model.find("DeepSeek-V3") != std::string::npos) {
    return "deepseek";
  }
  return model.substr(model.rfind('/') + 1);
}

Result<MachinePlan> sram_plan(const PlanBoard& board, const ModelShape& shape, Precision precision,
                              double length) {
  if (board.sram_bytes <= 0 || board.sram_bytes_per_s <= 0) {
    return make_error(Code::kFailedPrecondition, "nobody states its SRAM and the SRAM's bandwidth");
  }
  SramNumbers n;
  n.name = board.card->title;
  n.sram_bytes = board.sram_bytes;
  n.sram_bytes_per_s = board.sram_bytes_per_s;
  n.flops = board.numbers.flops(precision);
  // Room for some requests beside the weights: a quarter more chips than the weights alone need.
  const double weights = weights_bytes(shape, precision);
  const double one = cache_bytes(shape, precision, length);
  n.devices = static_cast<int>(std::ceil((weights * 1.25 + one) / n.sram_bytes));
  MachinePlan out;
  out.devices = n.devices;
  out.machine = std::make_unique<SramPipeline>(n);
  const auto answer = out.machine->step_time({&shape, "", precision, {1, length, 1}});
  if (!answer) return answer.error();
  out.batch_max = static_cast<int>(std::clamp(answer->max_batch, 1.0, double{kMachineBatchMax}));
  out.kv_tokens = answer->max_context;
  out.performance.log_sd = log_sd_of(answer->step_ms.p5, answer->step_ms.p95);
  return out;
}

}  // namespace

Performance performance_of(const PlanBoard& board, const ModelShape& shape,
                           const Placement& placement) {
  Performance out;
  out.prior_only = !board.measured;
  // What was fitted on one maker's boards says little of another's: NVIDIA's efficiencies are off
  // by about 200 % on AMD's (infrastructure.md 5).
  if (board.maker != "NVIDIA" || board.machine != MachineClass::kRoofline) {
    out.log_sd = kLogSdPrior;
    out.evidence = "no measurement of this board: datasheet and prior";
    return out;
  }
  const std::string system = board.card->tag("silicon_sample");
  const std::string architecture = architecture_word(shape.name);
  FittedQuestion question;
  question.gpu = system.empty() ? std::string_view(board.card->id) : std::string_view(system);
  question.generation = gpu_generation(system);
  question.engine = placement.engine;
  question.architecture = architecture;
  question.precision = placement.precision;
  question.mixture = shape.experts > 0;
  FittedGpu fitted = fitted_gpu(question);
  out.efficiency = fitted.efficiency;
  out.whole = fitted.whole;
  out.log_sd = board.measured ? fitted.log_sd : std::max(fitted.log_sd, kLogSdUnmeasuredSibling);
  out.evidence = std::move(fitted.evidence);
  return out;
}

Result<MachinePlan> machine_of(const PlanBoard& board, const ModelShape& shape, Precision precision,
                               const std::string& model, double length) {
  if (board.machine == MachineClass::kHardwired) {
    const std::string wired = board.card->tag("model");
    if (wired.empty() || wired != model) {
      return make_error(Code::kFailedPrecondition,
                        "its weights are in metal: it runs " + wired + ", not " + model);
    }
    return make_error(Code::kFailedPrecondition,
                      "nobody states the digest of the weights in its metal");
  }
  IP_TRY(MachinePlan out, sram_plan(board, shape, precision, length));
  out.performance.prior_only = true;
  out.performance.evidence = "no independent measurement of step times: SRAM pipeline prior";
  return out;
}

}  // namespace interposer::planner
