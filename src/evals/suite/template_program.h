// A parsed template (internal to suite): a tree of text, outputs and blocks.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evals/suite/template.h"

namespace interposer::evals {

struct Expression {
  enum class Kind : char {
    kText,    // text
    kNumber,  // text, as written
    kName,    // text
    kMember,  // of first, text
    kIndex,   // of first, by second
    kFilter,  // text, of first, with the rest as arguments
    kNot,     // first
    kBinary,  // text: and or == != < <= > >= in ~ +
  };
  Kind kind = Kind::kText;
  std::string text;
  std::vector<Expression> parts;
  int line = 1;
};

struct TemplateNode {
  enum class Kind : char { kText, kOutput, kIf, kFor };
  Kind kind = Kind::kText;
  std::string text;  // kText; kFor: the variable
  struct Branch {
    std::unique_ptr<Expression> condition;  // null: else
    std::vector<TemplateNode> body;
  };
  std::vector<Branch> branches;  // kIf; kFor: one, whose condition is the list
  Expression expression;         // kOutput
};

struct Template::Program {
  std::string file;
  std::vector<TemplateNode> nodes;
};

// One expression, all of the text. Errors say what was expected.
Result<Expression> parse_expression(std::string_view text, int line);

}  // namespace interposer::evals
