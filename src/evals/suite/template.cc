#include "evals/suite/template.h"

#include <algorithm>

#include "base/strings.h"
#include "evals/suite/template_program.h"

namespace interposer::evals {
namespace {

enum class Token : char { kText, kOutput, kBlock };
struct Piece {
  Token token = Token::kText;
  std::string text;
  int line = 1;
};

Error error_at(std::string_view file, int line, std::string what) {
  return make_error(Code::kInvalidArgument,
                    std::string(file) + ": line " + std::to_string(line) + ": " + std::move(what),
                    "the subset of Jinja that is taken: docs/guide/eval.md");
}

void trim_end(std::string& text) {
  while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
    text.pop_back();
}

// Texts, {{ }} and {% %} in order; comments are gone, and white space beside {%- -%} too.
Result<std::vector<Piece>> pieces_of(std::string_view text, std::string_view file) {
  std::vector<Piece> out;
  int line = 1;
  bool trim_next = false;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t open = at;
    while (open < text.size() &&
           !(text[open] == '{' && open + 1 < text.size() &&
             std::string_view("{%#").find(text[open + 1]) != std::string_view::npos))
      ++open;
    Piece plain{Token::kText, std::string(text.substr(at, open - at)), line};
    line += static_cast<int>(std::count(plain.text.begin(), plain.text.end(), '\n'));
    if (trim_next) {
      const std::size_t first = plain.text.find_first_not_of(" \t\r\n");
      plain.text.erase(0, std::min(first, plain.text.size()));
    }
    trim_next = false;
    out.push_back(std::move(plain));
    if (open == text.size()) break;
    const char kind = text[open + 1];
    const std::string close = kind == '{' ? "}}" : kind == '%' ? "%}" : "#}";
    const std::size_t end = text.find(close, open + 2);
    if (end == std::string_view::npos) return error_at(file, line, "'" + close + "' is missing");
    std::string_view inner = text.substr(open + 2, end - open - 2);
    const int started = line;
    line += static_cast<int>(std::count(inner.begin(), inner.end(), '\n'));
    if (inner.starts_with('-')) {
      trim_end(out.back().text);
      inner.remove_prefix(1);
    }
    if (inner.ends_with('-')) {
      trim_next = true;
      inner.remove_suffix(1);
    }
    if (kind != '#')
      out.push_back(
          {kind == '{' ? Token::kOutput : Token::kBlock, std::string(trim(inner)), started});
    at = end + 2;
  }
  return out;
}

class Builder {
 public:
  Builder(std::vector<Piece> pieces, std::string_view file)
      : pieces_(std::move(pieces)), file_(file) {}

  Result<std::vector<TemplateNode>> whole() {
    IP_TRY(std::vector<TemplateNode> out, body(0));
    if (at_ < pieces_.size())
      return error_at(file_, pieces_[at_].line, "'" + pieces_[at_].text + "' closes nothing");
    return out;
  }

 private:
  static std::string_view word(std::string_view block) {
    return block.substr(0, block.find_first_of(" \t\n("));
  }

  Result<Expression> expression(std::string_view text, int line) {
    auto parsed = parse_expression(text, line);
    if (!parsed) return std::move(parsed).error().within(file_);
    return parsed;
  }

  // Until a block that belongs to the outer one.
  Result<std::vector<TemplateNode>> body(int depth) {
    std::vector<TemplateNode> out;
    if (depth > kTemplateDepthMax)
      return error_at(file_, pieces_[at_ - 1].line, "blocks are nested too deeply");
    while (at_ < pieces_.size()) {
      const Piece& piece = pieces_[at_];
      TemplateNode node;
      if (piece.token == Token::kText) {
        node.text = piece.text;
        ++at_;
      } else if (piece.token == Token::kOutput) {
        node.kind = TemplateNode::Kind::kOutput;
        IP_TRY(node.expression, expression(piece.text, piece.line));
        ++at_;
      } else {
        const std::string_view first = word(piece.text);
        if (first != "if" && first != "for") return out;
        IP_TRY(node, first == "if" ? condition(depth) : loop(depth));
      }
      out.push_back(std::move(node));
    }
    return out;
  }

  Result<TemplateNode> condition(int depth) {
    TemplateNode node;
    node.kind = TemplateNode::Kind::kIf;
    for (;;) {
      const Piece piece = pieces_[at_++];
      const std::string_view first = word(piece.text);
      TemplateNode::Branch branch;
      if (first == "if" || first == "elif") {
        IP_TRY(Expression test,
               expression(std::string_view(piece.text).substr(first.size()), piece.line));
        branch.condition = std::make_unique<Expression>(std::move(test));
      }
      IP_TRY(branch.body, body(depth + 1));
      node.branches.push_back(std::move(branch));
      if (at_ == pieces_.size()) return error_at(file_, piece.line, "'endif' is missing");
      const std::string_view next = word(pieces_[at_].text);
      if (next == "endif") {
        ++at_;
        return node;
      }
      if ((next != "elif" && next != "else") || first == "else")
        return error_at(file_, pieces_[at_].line,
                        "'" + pieces_[at_].text + "' is not understood here");
    }
  }

  Result<TemplateNode> loop(int depth) {
    const Piece piece = pieces_[at_++];
    TemplateNode node;
    node.kind = TemplateNode::Kind::kFor;
    const std::string_view rest = trim(std::string_view(piece.text).substr(3));
    const std::size_t in = rest.find(" in ");
    if (in == std::string_view::npos)
      return error_at(file_, piece.line, "write {% for x in list %}");
    node.text = trim(rest.substr(0, in));
    TemplateNode::Branch branch;
    IP_TRY(Expression list, expression(rest.substr(in + 4), piece.line));
    branch.condition = std::make_unique<Expression>(std::move(list));
    IP_TRY(branch.body, body(depth + 1));
    node.branches.push_back(std::move(branch));
    if (at_ == pieces_.size() || word(pieces_[at_].text) != "endfor")
      return error_at(file_, piece.line, "'endfor' is missing");
    ++at_;
    return node;
  }

  std::vector<Piece> pieces_;
  std::string file_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Template> Template::parse(std::string_view text, std::string_view file) {
  if (text.size() > kTemplateBytesMax)
    return make_error(Code::kTooLarge, std::string(file) + " is longer than 256 KiB",
                      "keep what changes in the items");
  IP_TRY(std::vector<Piece> pieces, pieces_of(text, file));
  auto program = std::make_shared<Program>();
  program->file = file;
  Builder builder(std::move(pieces), file);
  IP_TRY(program->nodes, builder.whole());
  Template out;
  out.program_ = std::move(program);
  return out;
}

}  // namespace interposer::evals
