// From a plan to what runs it: the gateway's routes and profiles, and how to start the engines.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "planner/place/plan.h"

namespace interposer::planner {

struct RouteTarget {
  std::string provider;  // "h200-sxm-tp8"
  std::string base_url;
  const Entry* entry = nullptr;
};

// The best entry and, behind it, the cheapest feasible ones on other boards: at most kTargetsMax.
// `urls` by provider name; others get a loopback address to be replaced. kFailedPrecondition when
// nothing meets the limits.
inline constexpr std::size_t kTargetsMax = 3;
Result<std::vector<RouteTarget>> route_targets(const Plan& plan,
                                               const std::map<std::string, std::string>& urls);

// An interposer.yaml with providers and one route named `route`, cheapest first; a comment says
// what each target is expected to do.
std::string route_config(const Plan& plan, const std::vector<RouteTarget>& targets,
                         const std::string& route);
// The targets' BoardProfiles and step profiles as JSON, for routing.
std::string profiles_json(const Plan& plan, const std::vector<RouteTarget>& targets);

// Launch flags of vLLM for one replica (two commands for a split placement), and a Kubernetes
// manifest for all. kUnsupported for other engines.
Result<std::vector<std::string>> launch_commands(const Plan& plan, const Entry& entry);
Result<std::string> deploy_manifest(const Plan& plan, const Entry& entry);

}  // namespace interposer::planner
