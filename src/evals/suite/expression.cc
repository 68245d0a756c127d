#include <cctype>

#include "evals/suite/template_program.h"

namespace interposer::evals {
namespace {

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name(char c) {
  return is_name_start(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

Expression binary(std::string op, Expression left, Expression right) {
  Expression out;
  out.kind = Expression::Kind::kBinary;
  out.line = left.line;
  out.text = std::move(op);
  out.parts.push_back(std::move(left));
  out.parts.push_back(std::move(right));
  return out;
}

class Parser {
 public:
  Parser(std::string_view text, int line) : text_(text), line_(line) {}

  Result<Expression> whole() {
    IP_TRY(Expression out, either());
    skip();
    if (at_ != text_.size())
      return error("'" + std::string(text_.substr(at_)) + "' is not understood");
    return out;
  }

 private:
  Error error(std::string what) const {
    return make_error(Code::kInvalidArgument,
                      "line " + std::to_string(line_) + ": " + std::move(what),
                      "the subset of Jinja that is taken: docs/guide/eval.md");
  }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool take(std::string_view sign) {
    skip();
    if (!text_.substr(at_).starts_with(sign)) return false;
    if (is_name(sign.back()) && at_ + sign.size() < text_.size() &&
        is_name(text_[at_ + sign.size()]))
      return false;
    at_ += sign.size();
    return true;
  }
  std::string name() {
    skip();
    const std::size_t start = at_;
    if (at_ < text_.size() && is_name_start(text_[at_])) {
      while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

  struct Depth {
    explicit Depth(int& d) : depth(d) { ++depth; }
    ~Depth() { --depth; }
    int& depth;
  };

  Result<Expression> either() {
    const Depth deeper(depth_);
    if (depth_ > kTemplateDepthMax) return error("nested too deeply");
    IP_TRY(Expression left, both());
    while (take("or")) {
      IP_TRY(Expression right, both());
      left = binary("or", std::move(left), std::move(right));
    }
    return left;
  }
  Result<Expression> both() {
    IP_TRY(Expression left, negated());
    while (take("and")) {
      IP_TRY(Expression right, negated());
      left = binary("and", std::move(left), std::move(right));
    }
    return left;
  }
  Result<Expression> negated() {
    const Depth deeper(depth_);
    if (depth_ > kTemplateDepthMax) return error("nested too deeply");
    if (!take("not")) return compared();
    IP_TRY(Expression inner, negated());
    Expression out;
    out.kind = Expression::Kind::kNot;
    out.line = line_;
    out.parts.push_back(std::move(inner));
    return out;
  }
  Result<Expression> compared() {
    IP_TRY(Expression left, joined());
    for (const char* op : {"==", "!=", "<=", ">=", "<", ">", "in"}) {
      if (!take(op)) continue;
      IP_TRY(Expression right, joined());
      return binary(op, std::move(left), std::move(right));
    }
    return left;
  }
  Result<Expression> joined() {
    IP_TRY(Expression left, filtered());
    for (;;) {
      const char* op = take("~") ? "~" : take("+") ? "+" : nullptr;
      if (op == nullptr) return left;
      IP_TRY(Expression right, filtered());
      left = binary(op, std::move(left), std::move(right));
    }
  }
  Result<Expression> filtered() {
    IP_TRY(Expression out, postfix());
    while (take("|")) {
      Expression filter;
      filter.kind = Expression::Kind::kFilter;
      filter.line = line_;
      filter.text = name();
      if (filter.text.empty()) return error("a filter has a name");
      filter.parts.push_back(std::move(out));
      if (take("(")) {
        while (!take(")")) {
          IP_TRY(Expression argument, either());
          filter.parts.push_back(std::move(argument));
          if (!take(",") && !peek(')')) return error("')' is missing");
        }
      }
      out = std::move(filter);
    }
    return out;
  }
  bool peek(char c) {
    skip();
    return at_ < text_.size() && text_[at_] == c;
  }
  Result<Expression> postfix() {
    IP_TRY(Expression out, atom());
    for (;;) {
      Expression outer;
      outer.line = line_;
      if (take(".")) {
        outer.kind = Expression::Kind::kMember;
        outer.text = name();
        if (outer.text.empty()) return error("a name follows '.'");
        outer.parts.push_back(std::move(out));
      } else if (take("[")) {
        outer.kind = Expression::Kind::kIndex;
        IP_TRY(Expression index, either());
        if (!take("]")) return error("']' is missing");
        outer.parts.push_back(std::move(out));
        outer.parts.push_back(std::move(index));
      } else {
        return out;
      }
      out = std::move(outer);
    }
  }
  Result<Expression> atom() {
    skip();
    Expression out;
    out.line = line_;
    if (at_ == text_.size()) return error("an expression ends early");
    if (take("(")) {
      IP_TRY(out, either());
      if (!take(")")) return error("')' is missing");
      return out;
    }
    const char c = text_[at_];
    if (c == '\'' || c == '"') return quoted(c);
    if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-') {
      const std::size_t start = at_++;
      while (at_ < text_.size() &&
             (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.'))
        ++at_;
      out.kind = Expression::Kind::kNumber;
      out.text = text_.substr(start, at_ - start);
      return out;
    }
    out.kind = Expression::Kind::kName;
    out.text = name();
    if (out.text.empty()) return error("'" + std::string(1, c) + "' is not understood");
    return out;
  }
  Result<Expression> quoted(char quote) {
    Expression out;
    out.line = line_;
    for (++at_; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == quote) {
        ++at_;
        return out;
      }
      if (c == '\\' && at_ + 1 < text_.size()) {
        c = text_[++at_];
        c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
      }
      out.text += c;
    }
    return error("a text has no end");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_;
  int depth_ = 0;
};

}  // namespace

Result<Expression> parse_expression(std::string_view text, int line) {
  return Parser(text, line).whole();
}

}  // namespace interposer::evals
