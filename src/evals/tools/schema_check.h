// Interposer's own verdict on tool calls, beside BFCL's: arguments are held to the function's JSON
// schema at any depth (a whole number is a number anywhere; True is not one), and the calls are
// matched to the answers as well as can be (maximum bipartite matching), not first come.
#pragma once

#include "evals/tools/bfcl.h"

namespace interposer::evals::tools {

// A value against a JSON schema: type, properties, required, items, enum, const, minimum, maximum,
// minItems, maxItems, minLength, maxLength, additionalProperties. BFCL's names of types are
// understood ("dict", "float", "tuple", "any"). Empty when it fits, else where and why.
std::string schema_fault(const Value& schema, const Value& value);

// `item` as BFCL's (its category plays no part: order never matters). The expected values count by
// value: texts without case and punctuation as in BFCL, numbers by value.
CallVerdict schema_check(const BfclItem& item, const Value& calls);

}  // namespace interposer::evals::tools
