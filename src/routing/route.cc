#include "routing/route.h"

#include <algorithm>

#include "base/strings.h"

namespace interposer::routing {
namespace {

enum class Mark : char { kNew, kOpen, kDone };

// Depth-first search for a way back to a route that is still open.
class CycleSearch {
 public:
  CycleSearch(const std::vector<Route>& routes,
              const std::map<std::string, std::size_t, std::less<>>& by_name)
      : routes_(routes), by_name_(by_name), marks_(routes.size(), Mark::kNew) {}

  std::optional<std::string> find() {
    for (std::size_t i = 0; i < routes_.size(); ++i) {
      if (visit(i)) return cycle_;
    }
    return std::nullopt;
  }

 private:
  bool visit(std::size_t at) {
    if (marks_[at] == Mark::kDone) return false;
    path_.push_back(routes_[at].name);
    if (marks_[at] == Mark::kOpen) {
      const auto first = std::find(path_.begin(), path_.end(), routes_[at].name);
      cycle_ = join(std::vector<std::string>(first, path_.end()), " -> ");
      return true;
    }
    marks_[at] = Mark::kOpen;
    for (const std::string& target : routes_[at].targets) {
      const auto next = by_name_.find(target);
      if (next != by_name_.end() && visit(next->second)) return true;
    }
    marks_[at] = Mark::kDone;
    path_.pop_back();
    return false;
  }

  const std::vector<Route>& routes_;
  const std::map<std::string, std::size_t, std::less<>>& by_name_;
  std::vector<Mark> marks_;
  std::vector<std::string> path_;
  std::string cycle_;
};

}  // namespace

Result<RouteTable> RouteTable::build(std::vector<Route> routes) {
  RouteTable table;
  table.routes_ = std::move(routes);
  for (std::size_t i = 0; i < table.routes_.size(); ++i) {
    const Route& route = table.routes_[i];
    if (route.targets.empty()) {
      return make_error(Code::kInvalidArgument, "the route '" + route.name + "' has no targets",
                        "list at least one target");
    }
    if (!table.by_name_.emplace(route.name, i).second) {
      return make_error(Code::kInvalidArgument, "the route '" + route.name + "' stands twice",
                        "remove one of them");
    }
  }
  if (auto cycle = CycleSearch(table.routes_, table.by_name_).find()) {
    return make_error(Code::kInvalidArgument, "the routes form a cycle: " + *cycle,
                      "remove one of these targets", "route_cycle");
  }
  return table;
}

const Route* RouteTable::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &routes_[found->second];
}

std::vector<std::string> RouteTable::expand(std::string_view name) const {
  std::vector<std::string> leaves;
  std::vector<std::string> open = {std::string(name)};  // a stack; the next on top
  while (!open.empty()) {
    const std::string at = std::move(open.back());
    open.pop_back();
    const Route* route = find(at);
    if (route == nullptr) {
      if (std::find(leaves.begin(), leaves.end(), at) == leaves.end()) leaves.push_back(at);
      continue;
    }
    open.insert(open.end(), route->targets.rbegin(), route->targets.rend());
  }
  return leaves;
}

std::optional<TargetName> split_target(std::string_view target) {
  const std::size_t slash = target.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == target.size()) {
    return std::nullopt;
  }
  return TargetName{std::string(target.substr(0, slash)), std::string(target.substr(slash + 1))};
}

}  // namespace interposer::routing
