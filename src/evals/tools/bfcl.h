// BFCL's verdict on tool calls (Berkeley Function Calling Leaderboard, AST checker of 23 Mar 2026,
// Python category), quirks included: types are exact (True is no int), an int passes for a float
// only at top level, texts are compared without " ,./-_*^" and case, 1 == 1.0 == True by value, ""
// among the possible values marks an optional parameter, and parallel calls are matched greedily.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evals/tools/value.h"

namespace interposer::evals::tools {

enum class BfclCategory : std::uint8_t { kSimple, kMultiple, kParallel };

struct CallVerdict {
  bool valid = false;
  std::string kind;    // the reference's error_type ("value_error:string"); empty when valid
  std::string detail;  // for people: the parameter and what was given
  // The reference's code throws on these inputs, so that it has no verdict; here they fail.
  bool reference_throws = false;
};

struct BfclItem {
  Value functions;  // list of {"name", "parameters": {"properties", "required"}}
  Value answers;    // list of {name: {parameter: [possible values]}}
  BfclCategory category = BfclCategory::kSimple;
};

struct BfclOptions {
  // For models whose API has no "." in names: "a.b" is then called "a_b".
  bool dots_become_underscores = false;
};

// `calls`: a list of {name: {parameter: value}}.
CallVerdict bfcl_check(const BfclItem& item, const Value& calls, const BfclOptions& options = {});

// Whether decoded calls have the form that the checker takes: [{name: {parameter: value}}].
bool is_call_list(const Value& calls);

// Calls given as JSON: [{"name": {...}}].
Result<Value> decode_json_calls(std::string_view json);

}  // namespace interposer::evals::tools
