#include "api/router.h"

#include <algorithm>
#include <array>

#include "api/reply.h"
#include "base/strings.h"

namespace interposer::api {
namespace {

enum class Kind : char { kFixed, kOne, kRest };

Kind kind_of(std::string_view segment) {
  if (!segment.starts_with('{')) return Kind::kFixed;
  return segment.ends_with("*}") ? Kind::kRest : Kind::kOne;
}

std::string name_of(std::string_view segment) {
  segment.remove_prefix(1);
  segment.remove_suffix(kind_of("{" + std::string(segment)) == Kind::kRest ? 2 : 1);
  return std::string(segment);
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path,
             std::string_view whole, Parameters* out) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i >= path.size()) return false;
    const Kind kind = kind_of(pattern[i]);
    if (kind == Kind::kRest) {
      const auto at = static_cast<std::size_t>(path[i].data() - whole.data());
      const std::string_view rest = whole.substr(at);
      if (rest.empty()) return false;
      out->add(name_of(pattern[i]), percent_decode(rest));
      return true;
    }
    if (kind == Kind::kFixed && pattern[i] != path[i]) return false;
    if (kind == Kind::kOne) {
      if (path[i].empty()) return false;
      out->add(name_of(pattern[i]), percent_decode(path[i]));
    }
  }
  return pattern.size() == path.size();
}

// Fixed segments before braces, braces before the rest.
bool more_special(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (kind_of(a[i]) != kind_of(b[i])) return kind_of(a[i]) < kind_of(b[i]);
  }
  return a.size() > b.size();
}

}  // namespace

std::string_view Parameters::get(std::string_view name) const {
  for (const auto& [key, value] : items_) {
    if (key == name) return value;
  }
  return {};
}

void Router::add(std::string_view method, std::string_view pattern, RouteHandler handler) {
  auto entry = std::make_shared<Entry>(
      Entry{std::string(method), std::string(pattern), {}, std::move(handler)});
  for (const std::string_view part : split(pattern, '/')) entry->segments.emplace_back(part);
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const auto& other) {
    return more_special(entry->segments, other->segments);
  });
  entries_.insert(at, entry);
  if (pattern.find('{') == std::string_view::npos) {
    fixed_.try_emplace(entry->method + " " + entry->pattern, entry);
  }
}

Router::Found Router::find(std::string_view method, std::string_view path) const {
  Found found;
  std::array<char, 256> whole;
  if (method.size() + 1 + path.size() <= whole.size()) {
    char* end = std::copy(method.begin(), method.end(), whole.data());
    *end++ = ' ';
    end = std::copy(path.begin(), path.end(), end);
    const auto at = fixed_.find(std::string_view(whole.data(), end));
    if (at != fixed_.end()) {
      found.handler = &at->second->handler;
      return found;
    }
  }
  const std::vector<std::string_view> parts = split(path, '/');
  for (const auto& one : entries_) {
    const Entry& entry = *one;
    Parameters parameters;
    if (!matches(entry.segments, parts, path, &parameters)) continue;
    if (entry.method == method || (method == "HEAD" && entry.method == "GET")) {
      found.handler = &entry.handler;
      found.parameters = std::move(parameters);
      found.methods.clear();
      return found;
    }
    found.methods.push_back(entry.method);
  }
  return found;
}

Error Router::not_found(std::string_view method, std::string_view path, const Found& found) const {
  if (!found.methods.empty()) {
    return make_error(Code::kInvalidArgument,
                      std::string(method) + " is not a method of " + std::string(path),
                      "use " + join(found.methods, " or "), "method_not_allowed");
  }
  std::vector<std::string> patterns;
  for (const auto& entry : entries_) patterns.push_back(entry->pattern);
  std::string remedy = "see /api/openapi.json";
  const std::vector<std::string> near = nearest(path, patterns, 1);
  if (!near.empty()) remedy = "did you mean " + near.front() + "? " + remedy;
  return make_error(Code::kNotFound, "there is nothing at " + std::string(path), remedy);
}

net::Task<void> Router::handle(http::Exchange* exchange) const {
  const http::RequestHead& head = exchange->head();
  const Status allowed = guard(head, guard_, exchange->peer_uid() >= 0);
  if (!allowed) {
    co_await reply_error(exchange, allowed.error());
    co_return;
  }
  Found found = find(head.method, head.path());
  if (found.handler != nullptr) {
    co_await (*found.handler)(exchange, std::move(found.parameters));
    co_return;
  }
  const bool reading = head.method == "GET" || head.method == "HEAD";
  const bool page = !head.path().starts_with("/api/") && !head.path().starts_with("/v1/");
  if (fallback_ && reading && page && found.methods.empty()) {
    co_await fallback_(exchange, Parameters{});
    co_return;
  }
  co_await reply_error(exchange, not_found(head.method, head.path(), found));
}

}  // namespace interposer::api
