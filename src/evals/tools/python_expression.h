// The expressions of Python that tool calls are made of, as a tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evals/tools/value.h"

namespace interposer::evals::tools {

struct Expression {
  enum class Kind : std::uint8_t {
    kConstant,   // value
    kEllipsis,   // ...
    kName,       // text
    kAttribute,  // children[0].text
    kCall,       // children[0](children[1..]), keywords beside them
    kSubscript,  // children[0][children[1]]
    kList,
    kTuple,
    kSet,
    kDict,     // children: key, value, key, value, ...
    kUnary,    // text: "-", "+", "~", "not"
    kBinary,   // text: "+", "-", "*", "/", "//", "%", "**"
    kCompare,  // text: "==", "<", ...; an argument may be one, a value never
  };
  Kind kind = Kind::kConstant;
  Value value;
  std::string text;
  std::vector<Expression> children;
  std::vector<std::string> keywords;  // of a call: names of the last keywords.size() children
};

// Parses one whole expression. Comprehensions, lambdas, slices and f-strings are
// errors.
Result<Expression> parse_expression(std::string_view text);

// The tree as Python's ast.unparse writes it.
std::string unparse(const Expression& expression);

}  // namespace interposer::evals::tools
