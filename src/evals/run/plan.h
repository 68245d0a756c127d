// A suite's units as requests, ready to be sent; and what each may cost at most.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evals/record/response.h"
#include "evals/suite/suite.h"

namespace interposer::evals {

struct Unit {
  std::size_t item = 0;    // index of the items
  std::size_t target = 0;  // index of the suite's targets
  int epoch = 1;
  std::string method;  // "POST" or "GET"
  std::string path;    // below the target's base
  std::string body;    // canonical JSON: the same request has the same bytes
  std::string key;     // request_key()
};

// Where a target is asked. `own`: the running interposer (socket or URL without /v1).
struct Endpoint {
  std::string url;     // base URL; empty with a socket
  std::string socket;  // of the running interposer
  bool own = false;
};

// All units in the order of items, then epochs, then targets. Rendering errors name the item.
Result<std::vector<Unit>> plan_units(const Suite& suite, const std::vector<Item>& items);

// Nothing is charged for it: a loopback address, or the running interposer's own models.
bool is_free(const Target& target, const Endpoint& endpoint);

// Upper bound of one unit: every token is at least one byte of the body, and the cap's tokens.
// nullopt: the price is unknown.
std::optional<double> reserve_usd(const Unit& unit, const Suite& suite, const Endpoint& endpoint);
std::int64_t reserve_tokens(const Unit& unit, const Suite& suite);
// What it cost, from the tokens that the answer reports.
std::optional<double> settle_usd(const Response& response, const Target& target,
                                 const Endpoint& endpoint);

// Refuses what would be spent blindly: a cap in USD with a target whose price is unknown. The
// remedy is the line to add.
Status check_prices(const Suite& suite, const std::vector<Endpoint>& endpoints);

}  // namespace interposer::evals
