#include "planner/place/board.h"

#include <algorithm>

#include "base/strings.h"
#include "planner/perf/fitted.h"
#include "planner/sheet/draws.h"

namespace interposer::planner {
namespace {

double claimed(const Card& card, std::string_view name) {
  return central(card.field(name)).value_or(0);
}

MachineClass class_of(const Card& card) {
  const std::string name = card.tag("class");
  if (name == "sram") return MachineClass::kSram;
  if (name == "hardwired") return MachineClass::kHardwired;
  if (card.tag("topology").starts_with("torus")) return MachineClass::kTorus;
  return MachineClass::kRoofline;
}

}  // namespace

PlanBoard plan_board(const Card& card) {
  PlanBoard out;
  out.card = &card;
  out.machine = class_of(card);
  out.maker = card.tag("maker");
  if (const Fact* access = card.fact("access")) {
    out.access = access->text;
    const std::string text = to_lower(access->text);
    // "API-only" and "captive" boards cannot be had, whatever else the card says of their maker.
    out.buyable = text.find("buyable") != std::string::npos;
    out.rentable = text.find("rentable") != std::string::npos;
  }
  const double usable = claimed(card, "memory_usable");
  out.numbers.memory_bytes = usable > 0 ? usable : claimed(card, "memory");
  out.numbers.memory_bytes_per_s = claimed(card, "bandwidth");
  out.numbers.flops_bf16 = claimed(card, "bf16");
  out.numbers.flops_fp8 = claimed(card, "fp8");
  out.numbers.flops_fp4 = claimed(card, "fp4");
  out.numbers.link_bytes_per_s = claimed(card, "scale_up");
  out.domain = claimed(card, "scale_up_domain");
  out.sram_bytes = claimed(card, "sram");
  out.sram_bytes_per_s = claimed(card, "sram_bandwidth");
  const std::string system = card.tag("silicon_sample");
  const auto levels = fitted_levels();
  out.measured = std::any_of(levels.begin(), levels.end(), [&](const FittedLevel& level) {
    return level.factor == "GPU" && level.word == system;
  });
  return out;
}

Result<std::vector<PlanBoard>> plan_boards(const Catalogue& catalogue,
                                           const std::vector<std::string>& names) {
  std::vector<PlanBoard> out;
  if (names.empty()) {
    for (const Card* card : catalogue.cards("boards")) out.push_back(plan_board(*card));
    return out;
  }
  for (const std::string& name : names) {
    IP_TRY(const Card* card, catalogue.get("boards", name));
    const bool twice =
        std::any_of(out.begin(), out.end(), [&](const PlanBoard& b) { return b.card == card; });
    if (!twice) out.push_back(plan_board(*card));
  }
  return out;
}

std::vector<std::string> engines_of(const PlanBoard& board) {
  if (board.machine == MachineClass::kSram || board.machine == MachineClass::kHardwired ||
      board.maker == "Etched" || board.maker == "SambaNova" || board.maker == "Meta" ||
      board.maker == "Microsoft") {
    return {"own"};
  }
  if (board.maker == "NVIDIA") return {"vllm", "sglang", "trtllm"};
  if (board.maker == "AMD") return {"vllm", "sglang"};
  if (board.maker == "Intel" || board.maker == "Google" || board.maker == "AWS") return {"vllm"};
  return {};
}

}  // namespace interposer::planner
