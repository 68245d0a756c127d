// BFCL's quirks (evaluation.md 5.7, test 7), Interposer's own verdict beside it, and the decoder.
#include <gtest/gtest.h>

#include "evals/tools/bfcl.h"
#include "evals/tools/python_calls.h"
#include "evals/tools/schema_check.h"

namespace interposer::evals::tools {
namespace {

Value json(std::string_view text) {
  auto value = parse_json_value(text, "test");
  EXPECT_TRUE(value.ok()) << text;
  return value ? *std::move(value) : Value();
}

BfclItem item(std::string_view functions, std::string_view answers,
              BfclCategory category = BfclCategory::kSimple) {
  return {json(functions), json(answers), category};
}

// One function f with one parameter x of the given schema.
BfclItem one(const std::string& schema, const std::string& possible) {
  return item(
      R"([{"name":"f","parameters":{"properties":{"x":)" + schema + R"(},"required":["x"]}}])",
      R"([{"f":{"x":)" + possible + "}}]");
}

std::string verdict(const BfclItem& wanted, std::string_view calls, BfclOptions options = {}) {
  const CallVerdict got = bfcl_check(wanted, json(calls), options);
  return got.valid ? "valid" : got.kind;
}

TEST(Sharp07, NestedIntIsNoFloatTopLevelIntIs) {
  const BfclItem nested = one(R"({"type":"array","items":{"type":"float"}})", "[[1.0,3.0]]");
  EXPECT_EQ(verdict(nested, R"([{"f":{"x":[1,3]}}])"), "type_error:nested");
  EXPECT_EQ(verdict(nested, R"([{"f":{"x":[1.0,3.0]}}])"), "valid");
  const BfclItem top = one(R"({"type":"float"})", "[5.0]");
  EXPECT_EQ(verdict(top, R"([{"f":{"x":5}}])"), "valid");
  EXPECT_TRUE(schema_check(nested, json(R"([{"f":{"x":[1,3]}}])")).valid);  // our own coerces
}

TEST(Sharp07, TrueIsOneByValueNotByType) {
  const BfclItem number = one(R"({"type":"integer"})", "[1]");
  EXPECT_EQ(verdict(number, R"([{"f":{"x":true}}])"), "type_error:simple");
  const BfclItem mixed = one(R"({"type":"boolean"})", "[1, true]");  // the answers are ints first
  EXPECT_EQ(verdict(mixed, R"([{"f":{"x":true}}])"), "valid");
  EXPECT_EQ(verdict(mixed, R"([{"f":{"x":1}}])"), "valid");
  EXPECT_FALSE(schema_check(mixed, json(R"([{"f":{"x":1}}])")).valid);
}

TEST(Sharp07, DotsInNames) {
  const BfclItem dotted =
      item(R"([{"name":"a.b","parameters":{"properties":{},"required":[]}}])", R"([{"a.b":{}}])");
  EXPECT_EQ(verdict(dotted, R"([{"a.b":{}}])"), "valid");
  EXPECT_EQ(verdict(dotted, R"([{"a_b":{}}])"), "simple_function_checker:wrong_func_name");
  EXPECT_EQ(verdict(dotted, R"([{"a_b":{}}])", {true}), "valid");
  EXPECT_EQ(verdict(dotted, R"([{"a.b":{}}])", {true}), "simple_function_checker:wrong_func_name");
}

TEST(Sharp07, ParallelIsGreedyOursIsNot) {
  const BfclItem two = item(
      R"([{"name":"f","parameters":{"properties":{"x":{"type":"integer"}},"required":["x"]}}])",
      R"([{"f":{"x":[1,2]}},{"f":{"x":[1]}}])", BfclCategory::kParallel);
  EXPECT_EQ(verdict(two, R"([{"f":{"x":2}},{"f":{"x":1}}])"), "valid");
  // The first answer takes the 1 that only the second could have used.
  EXPECT_EQ(verdict(two, R"([{"f":{"x":1}},{"f":{"x":2}}])"),
            "parallel_function_checker_no_order:cannot_find_match");
  EXPECT_EQ(verdict(two, R"([{"f":{"x":1}}])"), "parallel_function_checker_no_order:wrong_count");
}

TEST(Sharp07, MaximumMatchingOfOurs) {
  const BfclItem two = item(
      R"([{"name":"f","parameters":{"properties":{"x":{"type":"integer"}},"required":["x"]}}])",
      R"([{"f":{"x":1}},{"f":{"x":2}}])", BfclCategory::kParallel);
  EXPECT_TRUE(schema_check(two, json(R"([{"f":{"x":2}},{"f":{"x":1}}])")).valid);
  EXPECT_FALSE(schema_check(two, json(R"([{"f":{"x":2}},{"f":{"x":2}}])")).valid);
}

TEST(Bfcl, TextsAreBareAndOptionalOnesMayBeLeftOut) {
  const BfclItem wanted = item(
      R"([{"name":"f","parameters":{"properties":{"d":{"type":"string"},"u":{"type":"string"}},
          "required":["d"]}}])",
      R"([{"f":{"d":["April 1, 2024"],"u":["kg",""]}}])");
  EXPECT_EQ(verdict(wanted, R"([{"f":{"d":"april 1 2024"}}])"), "valid");
  EXPECT_EQ(verdict(wanted, R"([{"f":{"d":"April 2, 2024"}}])"), "value_error:string");
  EXPECT_EQ(verdict(wanted, R"([{"f":{"u":"kg"}}])"), "simple_function_checker:missing_required");
  EXPECT_EQ(verdict(wanted, R"([{"f":{"d":"april 1 2024","z":1}}])"),
            "simple_function_checker:unexpected_param");
  EXPECT_EQ(verdict(wanted, R"([])"), "simple_function_checker:wrong_count");
}

TEST(Bfcl, DictsAndListsOfDicts) {
  const BfclItem dict = one(R"({"type":"dict"})", R"([{"a":["x"],"b":[1,""]}])");
  EXPECT_EQ(verdict(dict, R"([{"f":{"x":{"a":"X"}}}])"), "valid");
  EXPECT_EQ(verdict(dict, R"([{"f":{"x":{"b":1}}}])"), "value_error:dict_key");
  EXPECT_EQ(verdict(dict, R"([{"f":{"x":{"a":"y"}}}])"), "value_error:dict_value");
  const BfclItem list =
      one(R"({"type":"array","items":{"type":"dict"}})", R"([[{"a":[1]},{"a":[2]}]])");
  EXPECT_EQ(verdict(list, R"([{"f":{"x":[{"a":1},{"a":2}]}}])"), "valid");
  EXPECT_EQ(verdict(list, R"([{"f":{"x":[{"a":1}]}}])"), "value_error:list_dict_count");
  EXPECT_EQ(verdict(list, R"([{"f":{"x":[{"a":2},{"a":1}]}}])"), "value_error:dict_value");
}

TEST(Bfcl, WhatTheReferenceThrowsOnFailsHere) {
  const BfclItem odd = one(R"({"type":"object"})", "[1]");
  const CallVerdict got = bfcl_check(odd, json(R"([{"f":{"x":1}}])"));
  EXPECT_FALSE(got.valid);
  EXPECT_TRUE(got.reference_throws);
}

std::string decoded(std::string_view text) {
  const auto calls = decode_python_calls(text);
  return calls ? repr(*calls) : "error";
}

TEST(PythonCalls, DecodesAsTheReferenceDoes) {
  EXPECT_EQ(decoded("[f(a=1, b='x'), g.h(c=[2.5, True, None])]"),
            "[{'f': {'a': 1, 'b': 'x'}}, {'g.h': {'c': [2.5, True, None]}}]");
  EXPECT_EQ(decoded("f(a=-3)"), "[{'f': {'a': -3}}]");
  EXPECT_EQ(decoded("```\n[f(a={'k': (1, 2)})]\n```"), "[{'f': {'a': {'k': (1, 2)}}}]");
  EXPECT_EQ(decoded("[f(a=1 + 2 * 3)]"), "[{'f': {'a': 7}}]");
  EXPECT_EQ(decoded("[f(a=variable, b=g(1), c=h(x=2))]"),
            "[{'f': {'a': 'variable', 'b': 'g(1)', 'c': {'h': {'x': 2}}}}]");
  EXPECT_EQ(decoded("[f(1, a=2)]"), "[{'f': {'a': 2}}]");  // positional ones are dropped
  EXPECT_EQ(decoded("[f(year==2021, a=2)]"), "[{'f': {'a': 2}}]");
  EXPECT_EQ(decoded("[f(a=1 < 2)]"), "error");
  EXPECT_EQ(decoded("[f(a='it\\'s' \" ok\")]"), "[{'f': {'a': \"it's ok\"}}]");
  EXPECT_EQ(decoded("[]"), "[]");
}

TEST(PythonCalls, ProseIsNoCall) {
  for (const char* text : {"I cannot do that.", "[1, 2]", "[f(a=]", "[f(a=1]", "f(a=x.y)", "{",
                           "[f(a=1 b=2)]", "[f(a='x)]", "[lambda: 1]"}) {
    EXPECT_EQ(decoded(text), "error") << text;
  }
  EXPECT_EQ(decoded(std::string(5000, '[')), "error");
  EXPECT_EQ(decoded("[f(a=" + std::string(5000, '-') + "1)]"), "error");
}

TEST(Schema, ConstraintsAtDepth) {
  const Value schema = json(
      R"({"type":"object","properties":{"l":{"type":"array","maxItems":2,"items":{"type":"number",
          "minimum":0}},"e":{"enum":["a","b"]}},"required":["l"],"additionalProperties":false})");
  EXPECT_EQ(schema_fault(schema, json(R"({"l":[1,2.5]})")), "");
  EXPECT_NE(schema_fault(schema, json(R"({"l":[1,true]})")).find("value.l[1]"), std::string::npos);
  EXPECT_NE(schema_fault(schema, json(R"({"l":[-1]})")).find("minimum"), std::string::npos);
  EXPECT_NE(schema_fault(schema, json(R"({"l":[1,2,3]})")).find("too long"), std::string::npos);
  EXPECT_NE(schema_fault(schema, json(R"({"e":"a"})")).find("'l' is missing"), std::string::npos);
  EXPECT_NE(schema_fault(schema, json(R"({"l":[],"z":1})")).find("'z'"), std::string::npos);
}

TEST(Value, PythonsEquality) {
  EXPECT_TRUE(equal(Value::of(true), Value::of(std::int64_t{1})));
  EXPECT_TRUE(equal(Value::of(1.0), Value::of(true)));
  EXPECT_FALSE(equal(Value::of(std::int64_t{9007199254740993}), Value::of(9007199254740992.0)));
  EXPECT_TRUE(equal(json(R"({"a":1,"b":[2]})"), json(R"({"b":[2.0],"a":1})")));
  Value tuple = json("[1]");
  tuple.kind = Value::Kind::kTuple;
  EXPECT_FALSE(equal(tuple, json("[1]")));
  EXPECT_EQ(repr(json(R"([1.0,"a'b",null,1e22])")), "[1.0, \"a'b\", None, 1e+22]");
}

}  // namespace
}  // namespace interposer::evals::tools
