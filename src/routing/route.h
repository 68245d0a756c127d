// Model names -> ordered targets. Pure: no clock, no I/O; the same code decides in the gateway, in
// simulations and in evaluations.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::routing {

// A name and the targets it stands for, in order of preference. A target is "provider/model" (split
// at the first slash), a model's name, or another route's.
struct Route {
  std::string name;
  std::vector<std::string> targets;
  std::optional<bool> capable;  // overrides the judgement by size
};

// The immutable set of routes; resolving expands nested routes in place, each leaf once.
class RouteTable {
 public:
  // kInvalidArgument: a route without targets, a name that stands twice, or a cycle; the message
  // names it ("a -> b -> a").
  static Result<RouteTable> build(std::vector<Route> routes);

  const Route* find(std::string_view name) const;  // nullptr: no route has this name
  // The leaves behind a name, in order; a name that is no route is its own leaf.
  std::vector<std::string> expand(std::string_view name) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

// The parts of "provider/model"; nullopt without a slash or with an empty part.
struct TargetName {
  std::string provider, model;
};
std::optional<TargetName> split_target(std::string_view target);

}  // namespace interposer::routing
