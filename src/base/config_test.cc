#include "base/config.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace interposer::config {
namespace {

std::string failure(std::string_view text) {
  const Result<Document> document = parse(text, "f.yaml");
  return document ? "parsed" : document.error().to_string();
}

TEST(Config, ReadsWhatTheShapeOfAFileNeeds) {
  const auto document = parse(
      "# comment\n"
      "listen: 127.0.0.1:8080\n"
      "providers:\n"
      "  groq: {dialect: openai, base_url: \"https://x/v1\"}\n"
      "  lab: {base_url: 'http://y'}\n"
      "routes:\n"
      "  fast: [groq/a, local]\n"
      "  one: local\n"
      "big: 123456789012\n"
      "ratio: 0.25\n"
      "on: true\n"
      "empty:\n",
      "f.yaml");
  ASSERT_TRUE(document.ok()) << document.error().to_string();
  const Node root = document->root();
  EXPECT_EQ(root.keys(), (std::vector<std::string>{"listen", "providers", "routes", "big", "ratio",
                                                   "on", "empty"}));
  EXPECT_EQ(*root["listen"].text(), "127.0.0.1:8080");
  EXPECT_EQ(root["providers"]["lab"].where(), "f.yaml:5");
  EXPECT_EQ(*root["providers"]["groq"]["base_url"].text(), "https://x/v1");
  EXPECT_EQ(root["routes"]["fast"].items().size(), 2u);
  EXPECT_EQ(*root["big"].integer(), 123456789012);
  EXPECT_EQ(*root["ratio"].number(), 0.25);
  EXPECT_TRUE(*root["on"].boolean());
  EXPECT_EQ(root["empty"].kind(), Kind::kNull);
  EXPECT_EQ(root["absent"].kind(), Kind::kNull);
  EXPECT_EQ(root["absent"]["deeper"].kind(), Kind::kNull);
}

TEST(Config, AnEmptyFileIsAnEmptyMap) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n"}) {
    const auto document = parse(text, "f.yaml");
    ASSERT_TRUE(document.ok()) << document.error().to_string();
    Section top(document->root());
    std::string listen = "default";
    EXPECT_TRUE(top.read("listen", &listen).finish().ok());
    EXPECT_EQ(listen, "default");
  }
}

TEST(Config, ErrorsNameFileLineAndRemedy) {
  EXPECT_EQ(failure("a: 1\nb: 2\na: 3\n"),
            "f.yaml:3: the key 'a' stands twice (first in line 1) (remove one of them)");
  EXPECT_NE(failure("a: [1\nb: 2").find("f.yaml:"), std::string::npos);
  EXPECT_NE(failure("a: &x 1\nb: *x").find("f.yaml:2: aliases"), std::string::npos);
  EXPECT_NE(failure("b:\n  <<: {a: 1}").find("merge keys"), std::string::npos);
  EXPECT_NE(failure("a: !!python/object x").find("tag"), std::string::npos);
  EXPECT_NE(failure("a: 1\n---\nb: 2").find("second document"), std::string::npos);
  EXPECT_NE(failure("[a, b]: 1").find("a key must be a text"), std::string::npos);
  EXPECT_NE(failure("a: \xff").find("f.yaml:1: not valid UTF-8"), std::string::npos);
  EXPECT_NE(failure("a: 1\nb: \x01").find("f.yaml:2: a control character"), std::string::npos);
  EXPECT_NE(failure("\ta: 1").find("f.yaml:1"), std::string::npos);
}

TEST(Config, BombsAreRefused) {
  EXPECT_NE(failure(std::string(2 << 20, ' ')).find("larger than"), std::string::npos);
  EXPECT_NE(failure(std::string(100, '[') + std::string(100, ']')).find("nested deeper than 64"),
            std::string::npos);
  EXPECT_NE(failure(std::string(100'000, '[')).find("f.yaml:"), std::string::npos);
  std::string wide = "a: [";
  for (int i = 0; i < 100'001; ++i) wide += "1,";
  EXPECT_NE(failure(wide + "1]").find("more than 100000 values"), std::string::npos);
  std::string laughs = "a: &a [x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    const std::string last(1, static_cast<char>(c - 1));
    laughs += std::string(1, c) + ": &" + c + " [*" + last + ",*" + last + "]\n";
  }
  EXPECT_NE(failure(laughs).find("f.yaml:2: aliases"), std::string::npos);
}

struct Sample {
  std::string listen = "here";
  std::int64_t port = 1;
  double ratio = 0.5;
  bool on = false;
  std::vector<std::string> names;
  int mode = 0;
};

Status bind(std::string_view text, Sample* out) {
  IP_TRY(const Document document, parse(text, "f.yaml"));
  Section top(document.root());
  top.read("listen", &out->listen).read("port", &out->port, 1, 65535);
  top.read("ratio", &out->ratio, 0, 1).read("on", &out->on).read("names", &out->names);
  top.read_enum("mode", {"auto", "extract", "generate"}, &out->mode).allow("elsewhere");
  return top.finish();
}

std::string bind_failure(std::string_view text) {
  Sample sample;
  const Status status = bind(text, &sample);
  return status ? "bound" : status.error().to_string();
}

TEST(Section, BindsFieldsAndLeavesDefaults) {
  Sample sample;
  EXPECT_TRUE(
      bind("port: 80\nnames: [a, b]\nmode: generate\non: true\nelsewhere: {x: 1}", &sample).ok());
  EXPECT_EQ(sample.listen, "here");
  EXPECT_EQ(sample.port, 80);
  EXPECT_EQ(sample.names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(sample.mode, 2);
  EXPECT_TRUE(sample.on);
  EXPECT_TRUE(bind("names: one\nport:", &sample).ok());
  EXPECT_EQ(sample.names, std::vector<std::string>{"one"});
  EXPECT_EQ(sample.port, 80);
}

TEST(Section, SaysWhatIsWrongWhereAndWhatWouldBeRight) {
  EXPECT_EQ(bind_failure("listen: a\nprot: 80"),
            "f.yaml:2: unknown key 'prot' (did you mean 'port'?)");
  EXPECT_EQ(bind_failure("port: 70000"),
            "f.yaml:1: 'port' is 70000 (use a number from 1 to 65535)");
  EXPECT_EQ(bind_failure("\nport: eighty"),
            "f.yaml:2: 'port': expected a whole number, found 'eighty' "
            "(write it in digits, without quotes or units)");
  EXPECT_NE(bind_failure("port: \"80\"").find("without quotes"), std::string::npos);
  EXPECT_NE(bind_failure("ratio: .nan").find("expected a number"), std::string::npos);
  EXPECT_NE(bind_failure("ratio: 2").find("from 0 to 1"), std::string::npos);
  EXPECT_NE(bind_failure("on: yes").find("true or false"), std::string::npos);
  EXPECT_EQ(bind_failure("mode: extrakt"),
            "f.yaml:1: 'mode' cannot be 'extrakt' (did you mean 'extract'?)");
  EXPECT_NE(bind_failure("names: {a: 1}").find("expected a list"), std::string::npos);
  EXPECT_NE(bind_failure("names: [[a]]").find("'names'"), std::string::npos);
  EXPECT_NE(bind_failure("listen: [a]").find("'listen': expected a text"), std::string::npos);
  EXPECT_NE(bind_failure("- a\n- b").find("expected 'key: value'"), std::string::npos);
}

TEST(Section, EachNodeAndRequire) {
  const auto document = parse("list: [x, y]\nmap: {k: v, w: z}\nnone:\nscalar: s", "f.yaml");
  ASSERT_TRUE(document.ok());
  std::string seen;
  const auto note = [&](const std::string& name, Node node) -> Status {
    IP_TRY(const std::string text, node.text());
    seen += name + "=" + text + ";";
    return {};
  };
  {
    Section top(document->root());
    top.each("list", note).each("map", note).each("none", note).each("absent", note);
    top.allow("scalar");
    EXPECT_TRUE(top.finish().ok());
    EXPECT_EQ(seen, "0=x;1=y;k=v;w=z;");
  }
  {
    Section top(document->root());
    top.each("scalar", note).allow("list").allow("map").allow("none");
    EXPECT_FALSE(top.finish().ok());
  }
  {
    Section top(document->root());
    top.allow("list").allow("map").allow("scalar").require("none");
    EXPECT_EQ(top.finish().error().message, "f.yaml:1: 'none' is missing");
  }
  {
    Section top(document->root());
    int calls = 0;
    const auto fails = [&](Node node) -> Status {
      calls += 1;
      return node.error("no good");
    };
    top.node("absent", fails).node("map", fails).allow("list").allow("none").allow("scalar");
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(top.finish().error().message, "f.yaml:2: no good");
  }
}

TEST(Config, LoadingFiles) {
  EXPECT_EQ(load("/no/such/file.yaml").error().code, Code::kNotFound);
  EXPECT_FALSE(load("/").ok());
}

}  // namespace
}  // namespace interposer::config
