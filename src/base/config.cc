#include "base/config.h"

#include <fmt/format.h>
#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

#include "base/strings.h"
#include "base/utf8.h"

namespace interposer::config {

struct Node::Impl {
  Kind kind = Kind::kNull;
  int line = 1;
  bool quoted = false;
  std::shared_ptr<const std::string> file;
  std::string text;
  std::vector<Node> items;
  std::vector<std::pair<std::string, Node>> entries;
};

namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxDepth = 64;       // levels
constexpr std::size_t kMaxNodes = 100'000;  // scalars, lists and maps

// Thrown inside the parser's callbacks, caught in parse(): the only way to stop yaml-cpp early.
struct Refused {
  int line;
  std::string message;
  std::string remedy;
};

}  // namespace

// Builds our tree from yaml-cpp's events, so that limits hold before anything is kept.
struct NodeBuilder final : YAML::EventHandler {
  explicit NodeBuilder(std::shared_ptr<const std::string> name) : file(std::move(name)) {}

  using Impl = Node::Impl;
  struct Open {
    std::shared_ptr<Impl> node;
    bool expects_value = false;  // of a map: the key is there
    std::string key;
    int key_line = 0;
  };

  static int line_of(const YAML::Mark& mark) { return mark.line + 1; }

  static void check_plain(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw Refused{line_of(mark), fmt::format("the tag '{}' is not supported", tag), "remove it"};
  }

  std::shared_ptr<Impl> make(Kind kind, const YAML::Mark& mark) {
    if (++nodes > kMaxNodes) {
      throw Refused{line_of(mark), fmt::format("more than {} values", kMaxNodes), "split the file"};
    }
    auto impl = std::make_shared<Impl>();
    impl->kind = kind;
    impl->line = line_of(mark);
    impl->file = file;
    return impl;
  }

  static Node wrap(std::shared_ptr<const Impl> impl) {
    Node node;
    node.impl_ = std::move(impl);
    return node;
  }

  void add_key(Open& map, const Impl& key) {
    if (key.kind != Kind::kScalar) {
      throw Refused{key.line, "a key must be a text", "write 'key: value'"};
    }
    if (key.text == "<<" && !key.quoted) {
      throw Refused{key.line, "merge keys ('<<') are not supported", "write the values out"};
    }
    for (const auto& [name, node] : map.node->entries) {
      if (name != key.text) continue;
      throw Refused{key.line,
                    fmt::format("the key '{}' stands twice (first in line {})", name, node.line()),
                    "remove one of them"};
    }
    map.key = key.text;
    map.key_line = key.line;
    map.expects_value = true;
  }

  void place(const std::shared_ptr<Impl>& impl) {
    if (open.empty()) {
      root = impl;
      return;
    }
    Open& top = open.back();
    if (top.node->kind == Kind::kList) {
      top.node->items.push_back(wrap(impl));
    } else if (!top.expects_value) {
      add_key(top, *impl);
    } else {
      // What is wrong with a whole section is said at its key, not at its first entry.
      if (impl->kind != Kind::kScalar) impl->line = top.key_line;
      top.node->entries.emplace_back(std::move(top.key), wrap(impl));
      top.expects_value = false;
    }
  }

  void begin(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check_plain(mark, tag, anchor);
    if (open.size() >= kMaxDepth) {
      throw Refused{line_of(mark), fmt::format("nested deeper than {} levels", kMaxDepth),
                    "flatten it"};
    }
    if (!open.empty() && open.back().node->kind == Kind::kMap && !open.back().expects_value) {
      throw Refused{line_of(mark), "a key must be a text", "write 'key: value'"};
    }
    open.push_back(Open{make(kind, mark), false, {}, 0});
  }

  void end() {
    const std::shared_ptr<Impl> done = open.back().node;
    open.pop_back();
    place(done);
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { place(make(Kind::kNull, mark)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{line_of(mark), "aliases ('*name') are not supported", "write the value out"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_plain(mark, tag, anchor);
    const std::shared_ptr<Impl> impl = make(Kind::kScalar, mark);
    impl->text = value;
    impl->quoted = tag == "!";
    place(impl);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { end(); }

  std::shared_ptr<const std::string> file;
  std::vector<Open> open;
  std::shared_ptr<Impl> root;
  std::size_t nodes = 0;
};

namespace {

Error refuse(const std::string& file, int line, std::string message, std::string remedy) {
  return make_error(Code::kInvalidArgument, fmt::format("{}:{}: {}", file, line, message),
                    std::move(remedy), "config");
}

Status check_text(std::string_view text, const std::string& file) {
  if (text.size() > kMaxBytes) {
    return make_error(Code::kTooLarge, fmt::format("{}: larger than {} bytes", file, kMaxBytes),
                      "split the file", "config");
  }
  int line = 1;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto c = static_cast<unsigned char>(text[0]);
    if (length == 0) return refuse(file, line, "not valid UTF-8", "save the file as UTF-8");
    if (c < 0x20 && c != '\n' && c != '\r' && c != '\t') {
      return refuse(file, line, "a control character", "remove it");
    }
    if (c == '\n') ++line;
    text.remove_prefix(length);
  }
  return {};
}

}  // namespace

Result<Document> parse(std::string_view text, std::string file) {
  IP_OK(check_text(text, file));
  Document document;
  document.file_ = file;
  NodeBuilder builder(std::make_shared<const std::string>(file));
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    const auto first = builder.root;
    if (parser.HandleNextDocument(builder) && builder.root != first) {
      return refuse(file, builder.root->line, "a second document", "remove it and the '---' line");
    }
    builder.root = first;
  } catch (const Refused& refused) {
    return refuse(file, refused.line, refused.message, refused.remedy);
  } catch (const YAML::Exception& e) {
    const int line = e.mark.is_null() ? 1 : e.mark.line + 1;
    return refuse(file, line, e.msg, "check the indentation and quotes there");
  }
  if (!builder.root) builder.root = builder.make(Kind::kNull, YAML::Mark());
  document.root_ = NodeBuilder::wrap(builder.root);
  return document;
}

Result<Document> load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return make_error(Code::kNotFound, "cannot open " + path,
                      "check the path and that you may read the file", "config");
  }
  std::string text(kMaxBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return make_error(Code::kUnavailable, "cannot read " + path, "is it a file?");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse(text, path);
}

Kind Node::kind() const { return impl_ ? impl_->kind : Kind::kNull; }
int Node::line() const { return impl_ ? impl_->line : 1; }

std::string Node::where() const {
  const bool named = impl_ && impl_->file;
  return fmt::format("{}:{}", named ? *impl_->file : std::string("configuration"), line());
}

Error Node::error(std::string message, std::string remedy) const {
  return make_error(Code::kInvalidArgument, where() + ": " + message, std::move(remedy), "config");
}

Result<std::string> Node::text() const {
  if (kind() != Kind::kScalar) return error("expected a text", "write 'key: value'");
  return impl_->text;
}

Result<std::int64_t> Node::integer() const {
  if (kind() != Kind::kScalar) return error("expected a whole number");
  const std::string& s = impl_->text;
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (impl_->quoted || failure != std::errc() || end != s.data() + s.size()) {
    return error(fmt::format("expected a whole number, found '{}'", s),
                 "write it in digits, without quotes or units");
  }
  return value;
}

Result<double> Node::number() const {
  if (kind() != Kind::kScalar) return error("expected a number");
  const std::string& s = impl_->text;
  double value = 0;
  const auto [end, failure] = std::from_chars(s.data(), s.data() + s.size(), value);
  const bool whole = end == s.data() + s.size();
  if (impl_->quoted || failure != std::errc() || !whole || !std::isfinite(value)) {
    return error(fmt::format("expected a number, found '{}'", s),
                 "write it in digits, without quotes or units");
  }
  return value;
}

Result<bool> Node::boolean() const {
  const bool plain = kind() == Kind::kScalar && !impl_->quoted;
  if (plain && equals_ignore_case(impl_->text, "true")) return true;
  if (plain && equals_ignore_case(impl_->text, "false")) return false;
  return error("expected true or false", "write true or false, without quotes");
}

std::vector<Node> Node::items() const { return impl_ ? impl_->items : std::vector<Node>{}; }

std::vector<std::pair<std::string, Node>> Node::entries() const {
  return impl_ ? impl_->entries : std::vector<std::pair<std::string, Node>>{};
}

std::vector<std::string> Node::keys() const {
  std::vector<std::string> out;
  if (impl_) {
    for (const auto& [key, value] : impl_->entries) out.push_back(key);
  }
  return out;
}

bool Node::has(std::string_view key) const {
  if (!impl_) return false;
  for (const auto& [name, value] : impl_->entries) {
    if (name == key) return true;
  }
  return false;
}

Node Node::operator[](std::string_view key) const {
  if (!impl_) return {};
  for (const auto& [name, value] : impl_->entries) {
    if (name == key) return value;
  }
  auto absent = std::make_shared<Impl>();
  absent->line = impl_->line;
  absent->file = impl_->file;
  Node node;
  node.impl_ = std::move(absent);
  return node;
}

}  // namespace interposer::config
