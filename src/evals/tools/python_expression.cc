#include "evals/tools/python_expression.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "evals/scorers/unicode.h"
#include "evals/tools/python_calls.h"

namespace interposer::evals::tools {
namespace {

using Kind = Expression::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Expression> whole() {
    IP_TRY(Expression out, list_until_end());
    skip();
    if (at_ != text_.size()) return broken("unexpected text");
    return out;
  }

 private:
  Error broken(std::string_view what) const {
    return make_error(Code::kInvalidArgument,
                      "the call, byte " + std::to_string(at_) + ": " + std::string(what),
                      "write [name(parameter=value)]");
  }

  void skip() {
    while (at_ < text_.size() && std::string_view(" \t\r\n\f").find(text_[at_]) != text_.npos)
      ++at_;
  }
  bool take(std::string_view sign) {
    skip();
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  bool sees(std::string_view sign) {
    skip();
    return text_.substr(at_).starts_with(sign);
  }

  // "a, b" without brackets is a tuple.
  Result<Expression> list_until_end() {
    IP_TRY(Expression first, sum());
    if (!sees(",")) return first;
    Expression tuple;
    tuple.kind = Kind::kTuple;
    tuple.children.push_back(std::move(first));
    while (take(",")) {
      skip();
      if (at_ == text_.size()) break;
      IP_TRY(Expression next, sum());
      tuple.children.push_back(std::move(next));
    }
    return tuple;
  }

  static Expression binary(std::string_view sign, Expression left, Expression right) {
    Expression out;
    out.kind = Kind::kBinary;
    out.text = sign;
    out.children.push_back(std::move(left));
    out.children.push_back(std::move(right));
    return out;
  }

  Result<Expression> sum() {
    const Depth depth(depth_);
    if (depth_ > kExpressionDepthMax) return broken("nested too deeply");
    IP_TRY(Expression left, product());
    for (std::size_t n = 0;; ++n) {
      const bool plus = take("+");
      if (!plus && !take("-")) return left;
      if (n > kExpressionDepthMax) return broken("too long a sum");
      IP_TRY(Expression right, product());
      left = binary(plus ? "+" : "-", std::move(left), std::move(right));
    }
  }

  Result<Expression> comparison() {
    IP_TRY(Expression left, sum());
    for (std::size_t n = 0;; ++n) {
      std::string_view sign;
      for (std::string_view s : {"==", "!=", "<=", ">=", "<", ">"}) {
        if (sign.empty() && take(s)) sign = s;
      }
      if (sign.empty()) return left;
      if (n > kExpressionDepthMax) return broken("too long a comparison");
      IP_TRY(Expression right, sum());
      left = binary(sign, std::move(left), std::move(right));
      left.kind = Kind::kCompare;
    }
  }

  Result<Expression> product() {
    IP_TRY(Expression left, unary());
    for (std::size_t n = 0;; ++n) {
      std::string_view sign;
      for (std::string_view s : {"//", "*", "/", "%"}) {
        if (sign.empty() && take(s)) sign = s;
      }
      if (sign.empty()) return left;
      if (n > kExpressionDepthMax) return broken("too long a product");
      IP_TRY(Expression right, unary());
      left = binary(sign, std::move(left), std::move(right));
    }
  }

  bool take_word(std::string_view word) {
    skip();
    const std::string_view rest = text_.substr(at_);
    if (!rest.starts_with(word)) return false;
    if (rest.size() > word.size() &&
        (starts_name(rest[word.size()]) || is_digit(rest[word.size()])))
      return false;
    at_ += word.size();
    return true;
  }

  Result<Expression> unary() {
    const Depth depth(depth_);
    if (depth_ > kExpressionDepthMax) return broken("nested too deeply");
    std::string_view sign;
    for (std::string_view s : {"-", "+", "~"}) {
      if (sign.empty() && take(s)) sign = s;
    }
    if (sign.empty() && take_word("not")) sign = "not";
    if (sign.empty()) return power();
    IP_TRY(Expression operand, unary());
    Expression out;
    out.kind = Kind::kUnary;
    out.text = sign;
    out.children.push_back(std::move(operand));
    return out;
  }

  Result<Expression> power() {
    IP_TRY(Expression base, postfix());
    if (!take("**")) return base;
    IP_TRY(Expression exponent, unary());
    return binary("**", std::move(base), std::move(exponent));
  }

  Result<Expression> postfix() {
    IP_TRY(Expression out, atom());
    for (std::size_t n = 0;; ++n) {
      if (n > kExpressionDepthMax) return broken("too long a chain");
      Expression outer;
      if (take("(")) {
        outer.kind = Kind::kCall;
        outer.children.push_back(std::move(out));
        IP_OK(arguments(outer));
      } else if (take("[")) {
        outer.kind = Kind::kSubscript;
        outer.children.push_back(std::move(out));
        IP_TRY(Expression index, sum());
        outer.children.push_back(std::move(index));
        if (!take("]")) return broken("']' is missing");
      } else if (sees(".") && !sees("...")) {
        take(".");
        outer.kind = Kind::kAttribute;
        IP_TRY(outer.text, name());
        outer.children.push_back(std::move(out));
      } else {
        return out;
      }
      out = std::move(outer);
    }
  }

  Status arguments(Expression& call) {
    while (!take(")")) {
      const std::size_t start = at_;
      bool keyword = false;
      skip();
      if (at_ < text_.size() && starts_name(text_[at_])) {
        IP_TRY(const std::string word, name());
        keyword = sees("=") && !sees("==");
        if (keyword) {
          take("=");
          call.keywords.push_back(word);
        } else {
          at_ = start;
        }
      }
      if (!keyword && !call.keywords.empty()) return broken("a keyword is missing");
      IP_TRY(Expression value, comparison());
      call.children.push_back(std::move(value));
      if (!take(",") && !sees(")")) return broken("')' is missing");
    }
    return {};
  }

  Result<std::string> name() {
    skip();
    const std::size_t start = at_;
    while (at_ < text_.size() && (starts_name(text_[at_]) || (at_ > start && is_digit(text_[at_]))))
      ++at_;
    if (at_ == start) return broken("a name is missing");
    return std::string(text_.substr(start, at_ - start));
  }

  Result<Expression> atom() {
    skip();
    if (at_ == text_.size()) return broken("it ends early");
    const char c = text_[at_];
    if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])))
      return number();
    if (take("...")) return simple(Kind::kEllipsis, {});
    if (take("[")) return sequence(Kind::kList, ']');
    if (take("(")) return sequence(Kind::kTuple, ')');
    if (take("{")) return braces();
    if (c == '"' || c == '\'') return text();
    if (!starts_name(c)) return broken("no value begins so");
    IP_TRY(std::string word, name());
    const bool quote = at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'');
    if (quote) {
      at_ -= word.size();
      return text();
    }
    if (word == "True" || word == "False") return constant(Value::of(word == "True"));
    if (word == "None") return constant(Value::none());
    for (std::string_view reserved :
         {"lambda", "if",    "else",  "for",    "in",   "is",  "and",   "or",
          "not",    "await", "yield", "import", "from", "def", "class", "return",
          "while",  "with",  "as",    "try",    "pass", "del", "global"}) {
      if (word == reserved) return broken("'" + word + "' has no place in a call");
    }
    return simple(Kind::kName, std::move(word));
  }

  static Expression simple(Kind kind, std::string text) {
    Expression out;
    out.kind = kind;
    out.text = std::move(text);
    return out;
  }
  static Expression constant(Value value) {
    Expression out;
    out.value = std::move(value);
    return out;
  }

  Result<Expression> sequence(Kind kind, char end) {
    Expression out = simple(kind, {});
    bool comma = false;
    const std::string_view closing(&end, 1);
    while (!take(closing)) {
      IP_TRY(Expression item, sum());
      out.children.push_back(std::move(item));
      const bool more = take(",");
      comma = comma || more;
      if (!more && !sees(closing)) return broken("a bracket or a comma is missing");
    }
    if (kind == Kind::kTuple && out.children.size() == 1 && !comma) {
      return std::move(out.children.front());  // (x) is x
    }
    return out;
  }

  Result<Expression> braces() {
    Expression out = simple(Kind::kDict, {});
    bool first = true;
    while (!take("}")) {
      IP_TRY(Expression key, sum());
      out.children.push_back(std::move(key));
      if (first && !sees(":")) out.kind = Kind::kSet;
      first = false;
      if (out.kind == Kind::kDict) {
        if (!take(":")) return broken("':' is missing");
        IP_TRY(Expression value, sum());
        out.children.push_back(std::move(value));
      }
      if (!take(",") && !sees("}")) return broken("'}' is missing");
    }
    return out;
  }

  Result<Expression> number();
  Result<Expression> text();
  Status one_text(std::string& out);
  Status escape(std::string& out);

  struct Depth {
    explicit Depth(std::size_t& depth) : depth_(depth) { ++depth_; }
    ~Depth() { --depth_; }
    std::size_t& depth_;
  };

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

Result<Expression> Parser::number() {
  int base = 10;
  const std::string_view rest = text_.substr(at_);
  if (rest.size() > 2 && rest[0] == '0') {
    const char kind = static_cast<char>(rest[1] | 0x20);
    base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
  }
  std::string digits;
  if (base != 10) at_ += 2;
  bool real = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    const char low = static_cast<char>(c | 0x20);
    if (c == '_') continue;
    const bool exponent = base == 10 && low == 'e';
    const bool sign = (c == '+' || c == '-') && real && !digits.empty() &&
                      (digits.back() == 'e' || digits.back() == 'E');
    const bool hex = base == 16 && low >= 'a' && low <= 'f';
    if (!is_digit(c) && !(base == 10 && c == '.') && !exponent && !sign && !hex) break;
    real = real || exponent || (base == 10 && c == '.');
    digits += c;
  }
  const char* const end = digits.data() + digits.size();
  if (!real) {
    std::int64_t whole = 0;
    const auto [stop, error] = std::from_chars(digits.data(), end, whole, base);
    if (stop != end) return broken("not a number");
    if (error == std::errc()) {
      if (base == 10 && digits.size() > 1 && digits[0] == '0' && whole != 0)
        return broken("a number begins with 0");
      return constant(Value::of(whole));
    }
    if (base != 10) return broken("a number over 64 bits");
  }
  double value = 0;
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (stop != end) return broken("not a number");
  if (error != std::errc()) value = std::numeric_limits<double>::infinity();
  return constant(Value::of(value));
}

// Texts that stand side by side are one.
Result<Expression> Parser::text() {
  std::string out;
  do {
    IP_OK(one_text(out));
    skip();
  } while (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\''));
  return constant(Value::of(std::string_view(out)));
}

Status Parser::one_text(std::string& out) {
  bool raw = false;
  for (; text_[at_] != '"' && text_[at_] != '\''; ++at_) {
    const char kind = static_cast<char>(text_[at_] | 0x20);
    if (kind != 'r' && kind != 'u') return broken("no text begins so");
    raw = raw || kind == 'r';
  }
  const std::string_view one = text_.substr(at_, 1);
  const bool three = text_.substr(at_, 3) == std::string(3, one[0]);
  const std::string_view quote = three ? text_.substr(at_, 3) : one;
  at_ += quote.size();
  while (!text_.substr(at_).starts_with(quote)) {
    if (at_ == text_.size() || (!three && text_[at_] == '\n')) return broken("a text has no end");
    if (text_[at_] != '\\') {
      out += text_[at_++];
    } else if (raw) {
      out += text_.substr(at_, 2);
      at_ = std::min(at_ + 2, text_.size());
    } else {
      IP_OK(escape(out));
    }
  }
  at_ += quote.size();
  return {};
}

Status Parser::escape(std::string& out) {
  static constexpr std::string_view kFrom = "abfnrtv\\'\"";
  static constexpr std::string_view kTo = "\a\b\f\n\r\t\v\\'\"";
  if (at_ + 1 >= text_.size()) return broken("a text has no end");
  const char c = text_[at_ + 1];
  const std::size_t known = kFrom.find(c);
  std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  if (known != kFrom.npos) {
    out += kTo[known];
    at_ += 2;
  } else if (c == '\n') {
    at_ += 2;
  } else if (digits > 0 || (c >= '0' && c <= '7')) {
    at_ += digits > 0 ? 2 : 1;
    const int base = digits > 0 ? 16 : 8;
    if (digits == 0) {
      while (digits < 3 && at_ + digits < text_.size() && text_[at_ + digits] >= '0' &&
             text_[at_ + digits] <= '7')
        ++digits;
    }
    const std::string_view code = text_.substr(at_, digits);
    std::uint32_t point = 0;
    const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), point, base);
    if (error != std::errc() || end != code.data() + digits || point > 0x10FFFF)
      return broken("not an escape");
    const char32_t character = point;
    out += encode({&character, 1});
    at_ += digits;
  } else {
    out += '\\';
    ++at_;
  }
  return {};
}

std::string joined(const Expression& e, std::size_t from) {
  std::string out;
  const std::size_t keywords_from = e.children.size() - e.keywords.size();
  for (std::size_t i = from; i < e.children.size(); ++i) {
    if (i > from) out += ", ";
    if (i >= keywords_from) out += e.keywords[i - keywords_from] + "=";
    out += unparse(e.children[i]);
  }
  return out;
}

}  // namespace

Result<Expression> parse_expression(std::string_view text) {
  if (text.size() > kExpressionBytesMax) {
    return make_error(Code::kTooLarge, "the calls are over 64 KiB", "shorten the answer");
  }
  return Parser(text).whole();
}

std::string unparse(const Expression& e) {
  switch (e.kind) {
    case Kind::kConstant:
      return repr(e.value, kExpressionBytesMax);
    case Kind::kEllipsis:
      return "...";
    case Kind::kName:
      return e.text;
    case Kind::kAttribute:
      return unparse(e.children[0]) + "." + e.text;
    case Kind::kCall:
      return unparse(e.children[0]) + "(" + joined(e, 1) + ")";
    case Kind::kSubscript:
      return unparse(e.children[0]) + "[" + unparse(e.children[1]) + "]";
    case Kind::kList:
      return "[" + joined(e, 0) + "]";
    case Kind::kTuple:
      return "(" + joined(e, 0) + (e.children.size() == 1 ? ",)" : ")");
    case Kind::kSet:
      return "{" + joined(e, 0) + "}";
    case Kind::kDict: {
      std::string out = "{";
      for (std::size_t i = 0; i + 1 < e.children.size(); i += 2) {
        out += (i > 0 ? ", " : "") + unparse(e.children[i]) + ": " + unparse(e.children[i + 1]);
      }
      return out + "}";
    }
    case Kind::kUnary:
      return e.text + (e.text == "not" ? " " : "") + unparse(e.children[0]);
    case Kind::kBinary:
    case Kind::kCompare:
      return unparse(e.children[0]) + " " + e.text + " " + unparse(e.children[1]);
  }
  return {};
}

}  // namespace interposer::evals::tools
