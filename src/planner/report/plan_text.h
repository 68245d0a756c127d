// A plan for people and for machines.
#pragma once

#include <string>
#include <vector>

#include "planner/place/plan.h"

namespace interposer::planner {

inline constexpr std::size_t kShownMax = 12;  // entries of the table for people

// The answer first, then the frontier, what would change it, what was left out and why.
std::string plan_text(const Plan& plan);

// {"model", "demand", "considered", "possible", "pruned": [...], "best": name|null,
//  "entries": [...], "frontier": [names], "changes": [...], "notes": [...]}
std::string plan_json(const Plan& plan);

// One self-contained page: frontier chart (SVG) beside its table, sensitivity, what was left out.
std::string plan_html(const Plan& plan);

// Two entries by name ("h200_sxm tp8 fp8 vllm", or a board's id: its cheapest) side by side.
// kNotFound with the nearest names.
Result<const Entry*> find_entry(const Plan& plan, const std::string& name);
std::string compare_text(const Plan& plan, const Entry& a, const Entry& b);
std::string compare_json(const Plan& plan, const Entry& a, const Entry& b);

// "4.1 [3.2, 5.9]"; "none does" where it is infinite.
std::string interval_text(const Interval3& interval, double unit = 1);

}  // namespace interposer::planner
