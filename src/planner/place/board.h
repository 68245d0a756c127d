// A board as the placement search sees it: the middle of each claimed figure, and who can have it.
// Nothing defaults: what nobody claims is absent, and rules out what needs it, with that reason.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/catalogue/catalogue.h"
#include "planner/perf/machine.h"

namespace interposer::planner {

enum class MachineClass : std::uint8_t { kRoofline, kTorus, kSram, kHardwired };

struct PlanBoard {
  const Card* card = nullptr;
  MachineClass machine = MachineClass::kRoofline;
  bool buyable = false, rentable = false;
  std::string access;  // as the card says
  GpuNumbers numbers;  // memory_bytes 0: no claim
  double domain = 0;   // boards that the scale-up network joins; 0: no claim
  double sram_bytes = 0, sram_bytes_per_s = 0;
  bool measured = false;  // there are measured rows behind its speed
  std::string maker;
  const std::string& id() const { return card->id; }
};

PlanBoard plan_board(const Card& card);
// All boards, in order of id; or those named (ids, titles or aliases; kNotFound with the nearest).
Result<std::vector<PlanBoard>> plan_boards(const Catalogue& catalogue,
                                           const std::vector<std::string>& names);

// Serving engines that exist for a maker's boards: "vllm", "sglang", "trtllm", or the maker's own
// ("groq", "cerebras", ...). Facts of their documentation; empty: none is known.
std::vector<std::string> engines_of(const PlanBoard& board);
inline const std::vector<std::string>& known_engines() {
  static const std::vector<std::string> kEngines = {"vllm", "sglang", "trtllm", "own"};
  return kEngines;
}

}  // namespace interposer::planner
