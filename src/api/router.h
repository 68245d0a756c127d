// Method + path -> handler. Every request passes the guard first (guard.h); errors are written in
// the shape of the path's dialect (reply.h).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/guard.h"
#include "base/result.h"
#include "http/server.h"

namespace interposer::api {

// What the braces of a pattern matched, percent-decoded.
class Parameters {
 public:
  void add(std::string name, std::string value) {
    items_.emplace_back(std::move(name), std::move(value));
  }
  std::string_view get(std::string_view name) const;  // empty when the pattern has no such name

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

// `exchange` lives until the task ends.
using RouteHandler =
    std::function<net::Task<void>(http::Exchange* exchange, Parameters parameters)>;

// Filled at start, then immutable and shared by all loops.
class Router {
 public:
  explicit Router(GuardOptions guard = {}) : guard_(std::move(guard)) {}

  // Patterns: "/v1/models", "/api/v1/bases/{base}" (one segment, whose %2F is no border),
  // "/v1/models/{id*}" (the rest, slashes and all; last only). Fixed segments win over braces.
  // `method` "GET" also answers HEAD.
  void add(std::string_view method, std::string_view pattern, RouteHandler handler);
  // What no pattern matches, for GET (the page); without one: 404 with the nearest path.
  void set_fallback(RouteHandler handler) { fallback_ = std::move(handler); }

  net::Task<void> handle(http::Exchange* exchange) const;

  struct Found {
    const RouteHandler* handler = nullptr;
    Parameters parameters;
    std::vector<std::string> methods;  // of the path, when only the method is wrong
  };
  Found find(std::string_view method, std::string_view path) const;

 private:
  struct Entry {
    std::string method, pattern;
    std::vector<std::string> segments;
    RouteHandler handler;
  };
  Error not_found(std::string_view method, std::string_view path, const Found& found) const;

  GuardOptions guard_;
  std::vector<std::shared_ptr<const Entry>> entries_;
  // Those without braces, by "METHOD /path": they win over all others.
  std::map<std::string, std::shared_ptr<const Entry>, std::less<>> fixed_;
  RouteHandler fallback_;
};

}  // namespace interposer::api
