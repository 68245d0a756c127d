// "My own traffic of yesterday on these routes": a capture asked again, old and new side by side.
//
// A capture is JSON Lines (docs/guide/eval.md, "Captures"): a head
//   {"interposer_capture":1,"opt_in":true,"redacted":["email",...],"made":"..."}
// then a line a request: {"id","route","request":{chat body},"answer":{"text"},"ms","cost_usd",
// "label","candidates":[{"model","propensity"}]}. It is refused unless its owner opted in and it
// says what was redacted. Requests hold the tool results that were logged; nothing is executed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evals/compare/compare.h"
#include "evals/record/response.h"
#include "evals/run/plan.h"
#include "evals/suite/suite.h"

namespace interposer::evals {

inline constexpr std::int64_t kCaptureVersion = 1;

struct Captured {
  std::string id, route;
  std::string request;               // JSON object, as it was captured
  std::string question;              // last user message, for people
  std::string stored_text;           // shown, never tested
  std::optional<double> stored_ms;   // shown, never tested
  std::optional<std::string> label;  // the right answer, where somebody gave one
  bool propensities = false;         // what off-policy estimates would need
};
struct Capture {
  std::string file;
  std::vector<Captured> requests;
  std::vector<std::string> redacted;
};
Result<Capture> parse_capture(std::string_view text, const std::string& file);

// "new", or "fast=new,smart=other": the route that takes the place of each.
struct RouteMap {
  std::string all;
  std::vector<std::pair<std::string, std::string>> by_route;
  std::string of(const std::string& route) const;
};
Result<RouteMap> parse_routes(std::string_view text);

// Three targets of one run: "old", "new" and "old again", interleaved by request.
struct ReplayPlan {
  Suite suite;
  std::vector<Item> items;
  std::vector<Unit> units;
};
Result<ReplayPlan> plan_replay(const Capture& capture, const RouteMap& routes);

// What the answers say. Agreement is the F1 of words with the old route's first answer; the old
// route's second answer is the noise floor.
struct ReplayReport {
  Comparison agreement;               // A: old again, B: new, metric "agreement"
  std::optional<Comparison> quality;  // A: old, B: new, metric "em@squad"; only with labels
  ResultSet floor, changed, old_labelled, new_labelled;  // what the comparisons point into
  std::int64_t requests = 0, labelled = 0;
  bool propensities = false;
  double identical_floor = 0, identical_new = 0;  // shares of equal answers
};
Result<ReplayReport> judge_replay(const Capture& capture, const std::vector<Response>& responses);
Result<std::string> replay_markdown(const Capture& capture, const ReplayReport& report);

}  // namespace interposer::evals
