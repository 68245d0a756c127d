#include "planner/catalogue/sanity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace interposer::planner {
namespace {

double middle(const Field* field) {  // of what plans would draw from; 0: blank
  if (field == nullptr || field->used.empty()) return 0;
  double sum = 0;
  for (const std::size_t i : field->used) sum += field->claims[i].middle();
  return sum / static_cast<double>(field->used.size());
}

// The median of the claims that stand: one wild claim does not move it when three stand.
double centre(const Field* field) {
  if (field == nullptr || field->used.empty()) return 0;
  std::vector<double> values;
  for (const std::size_t i : field->used) values.push_back(field->claims[i].middle());
  std::sort(values.begin(), values.end());
  return values[(values.size() - 1) / 2];
}

Field* mutable_field(Card* card, std::string_view name) {
  return const_cast<Field*>(static_cast<const Card*>(card)->field(name));
}

template <class Rule>
void each_claim(Field* field, const Rule& rule) {
  if (field == nullptr) return;
  for (Claim& claim : field->claims) {
    std::string fault = rule(claim);
    if (!fault.empty()) claim.flags.push_back(std::move(fault));
  }
}

void check_rack(Card* card) {
  const double board = centre(card->field("power"));
  const double boards = centre(card->field("rack_boards"));
  if (board <= 0 || boards <= 0) return;
  each_claim(mutable_field(card, "rack_power"), [&](const Claim& claim) -> std::string {
    const double each = claim.middle() / boards;
    if (each <= kRackOverBoardMax * board) return "";
    return fmt::format("{:.0f} kW for a rack of {:.0f} is {:.1f} times the board's {:.0f} W",
                       claim.middle() / 1e3, boards, each / board, board);
  });
}

void check_bandwidth(Card* card) {
  const double capacity = centre(card->field("memory"));
  if (capacity <= 0 || card->tag("class") == "sram" || card->tag("class") == "hardwired") return;
  each_claim(mutable_field(card, "bandwidth"), [&](const Claim& claim) -> std::string {
    const double rate = claim.middle() / capacity;
    if (rate >= kBandwidthOverCapacityMin && rate <= kBandwidthOverCapacityMax) return "";
    return fmt::format(
        "{:.2f} TB/s reads its {:.0f} GB {:.1f} times a second; DRAM on a board "
        "does {:.0f} to {:.0f}",
        claim.middle() / 1e12, capacity / 1e9, rate, kBandwidthOverCapacityMin,
        kBandwidthOverCapacityMax);
  });
}

void check_stacks(Card* card, const std::map<std::string, double>& stack_bandwidth) {
  const double stacks = centre(card->field("hbm_stacks"));
  const auto kind = stack_bandwidth.find(card->tag("memory"));
  if (stacks <= 0 || kind == stack_bandwidth.end() || kind->second <= 0) return;
  each_claim(mutable_field(card, "bandwidth"), [&](const Claim& claim) -> std::string {
    const double ratio = claim.middle() / (stacks * kind->second);
    if (ratio >= kBandwidthOverStacksMin && ratio <= kBandwidthOverStacksMax) return "";
    return fmt::format("{:.2f} TB/s from {:.0f} stacks of {} at {:.2f} TB/s", claim.middle() / 1e12,
                       stacks, kind->first, kind->second / 1e12);
  });
}

void check_sparse(Card* card) {
  for (const char* name : {"bf16", "fp8", "fp4", "int8"}) {
    Field* field = mutable_field(card, name);
    if (field == nullptr) continue;
    each_claim(field, [&](const Claim& claim) -> std::string {
      if (claim.density != Density::kDense) return "";
      for (const Claim& other : field->claims) {
        if (other.density != Density::kDense || other.middle() <= 0) continue;
        if (std::abs(claim.middle() / other.middle() / 2 - 1) < kTwiceTolerance) {
          return "twice the dense peak that another source gives: a sparse peak quoted as dense";
        }
      }
      return "";
    });
  }
  const double bf16 = centre(card->field("bf16"));
  if (bf16 <= 0 || card->tag("class") != "gpu") return;
  each_claim(mutable_field(card, "fp8"), [&](const Claim& claim) -> std::string {
    if (claim.density != Density::kDense || claim.middle() < kGpuFp8OverBf16Max * bf16) return "";
    return fmt::format("{:.1f} times the BF16 peak of a GPU: a sparse peak quoted as dense",
                       claim.middle() / bf16);
  });
}

void check_efficiency(std::vector<Card>* cards) {
  const auto efficiency = [](const Card& card) {
    const double power = centre(card.field("power"));
    return power > 0 ? centre(card.field("fp8")) / power : 0;
  };
  std::map<std::string, std::vector<double>> eras;
  for (const Card& card : *cards) {
    if (card.folder == "boards" && efficiency(card) > 0) {
      eras[card.tag("era")].push_back(efficiency(card));
    }
  }
  for (auto& [era, values] : eras) std::sort(values.begin(), values.end());
  for (Card& card : *cards) {
    if (card.folder != "boards" || card.tag("era").empty()) continue;
    const double power = centre(card.field("power"));
    const auto& values = eras[card.tag("era")];
    if (power <= 0 || values.size() < 3) continue;
    const double usual = values[values.size() / 2];
    each_claim(mutable_field(&card, "fp8"), [&](const Claim& claim) -> std::string {
      if (claim.density != Density::kDense) return "";
      const double ratio = claim.middle() / power / usual;
      if (ratio <= kEfficiencyOverEraMax) return "";
      return fmt::format("{:.1f} times the operations per joule of the boards of {}", ratio,
                         card.tag("era"));
    });
  }
}

}  // namespace

void flag_implausible(std::vector<Card>* cards) {
  std::map<std::string, double> stack_bandwidth;
  for (const Card& card : *cards) {
    if (card.folder == "hbm") stack_bandwidth[card.id] = middle(card.field("bandwidth"));
  }
  for (Card& card : *cards) {
    if (card.folder != "boards") continue;
    check_rack(&card);
    check_bandwidth(&card);
    check_stacks(&card, stack_bandwidth);
    check_sparse(&card);
  }
  check_efficiency(cards);
  for (Card& card : *cards) {
    for (Field& field : card.fields) {
      std::erase_if(field.used, [&](std::size_t i) { return !field.claims[i].flags.empty(); });
    }
  }
}

std::vector<Flag> flags_of(const Catalogue& catalogue) {
  std::vector<Flag> flags;
  for (const Card* card : catalogue.cards("boards")) {
    for (const Field& field : card->fields) {
      for (const Claim& claim : field.claims) {
        for (const std::string& rule : claim.flags) flags.push_back({field.id, claim.where, rule});
      }
    }
  }
  return flags;
}

}  // namespace interposer::planner
