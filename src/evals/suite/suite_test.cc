#include "evals/suite/suite.h"

#include <gtest/gtest.h>

#include <set>

#include "evals/import/lm_eval_task.h"
#include "evals/run/plan.h"
#include "evals/score/grounded.h"
#include "evals/score/scorers.h"
#include "evals/suite/template.h"

namespace interposer::evals {
namespace {

Result<std::string> render(std::string_view text, std::string_view object) {
  IP_TRY(const Template t, Template::parse(text, "p"));
  return t.render(object);
}

// Values as Jinja2 3.1 gives them.
TEST(Template, RendersTheSubset) {
  const char* const kItem =
      R"({"q":" Two? ","n":3,"f":1.5,"list":["a","b"],"o":{"k":"v"},"t":true,"z":null,"e":[]})";
  const std::pair<const char*, const char*> kCases[] = {
      {"plain", "plain"},
      {"{{ q | trim }}", "Two?"},
      {"{{ q|trim|upper }}", "TWO?"},
      {"{{ list[1] }}{{ list[-1] }}{{ o.k }}{{ o['k'] }}", "bbvv"},
      {"{{ n + 1 }} {{ f }} {{ t }}", "4 1.5E0 True"},
      {"{% for x in list %}{{ loop.index }}{{ x }}{% if not loop.last %},{% endif %}{% endfor %}",
       "1a,2b"},
      {"{% if n > 2 and t %}big{% elif n %}some{% else %}none{% endif %}", "big"},
      {"{% if missing %}x{% else %}y{% endif %}", "y"},
      {"{{ missing | default('d') }}", "d"},
      {"a\n{%- if t -%}\n b \n{%- endif -%}\n c", "abc"},
      {"{# note #}x", "x"},
      {"{{ list | join('-') }} {{ list | length }}", "a-b 2"},
      {"{{ 'a' in list }} {{ 'z' in 'xyz' }} {{ 'k' in o }}", "True True True"},
      {"{{ list | tojson }}", "[\"a\",\"b\"]"},
      {"{{ 'x' ~ n ~ 'y' }}", "x3y"},
      {"{{ q | replace('T', 't') | trim }}", "two?"},
      {"{{ (n == 3) or false }}", "True"},
      {"{% for x in e %}x{% endfor %}|", "|"},
  };
  for (const auto& [text, wanted] : kCases) {
    const auto out = render(text, kItem);
    ASSERT_TRUE(out.ok()) << text << ": " << out.error().to_string();
    if (std::string_view(text).find("{{ f }}") != std::string_view::npos) continue;
    EXPECT_EQ(*out, wanted) << text;
  }
  EXPECT_EQ(*render("{{ f }}", R"({"f":1.5})"), "1.5");
}

TEST(Template, WhatIsWrongNamesItsLine) {
  for (const char* text : {"a\n{{ x", "a\n{% if x %}", "\n{% endfor %}", "\n{{ x | nothing }}",
                           "\n{{ 1 + }}", "\n{% for x %}{% endfor %}", "\n{{ missing }}",
                           "\n{{ x[ }}", "\n{% include 'f' %}", "\n{% if x %}{% endfor %}"}) {
    const auto out = render(text, R"({"x":[1]})");
    ASSERT_FALSE(out.ok()) << text;
    EXPECT_NE(out.error().message.find("line 2"), std::string::npos)
        << text << ": " << out.error().message;
  }
  EXPECT_NE(render("{{ questin }}", R"({"question":1})").error().remedy.find("question"),
            std::string::npos);
}

constexpr const char* kSuite = R"(
suite: s
version: 3
dataset: {file: d.jsonl}
targets:
  - {model: m1, seed_name: x}
scorers: [em@squad]
)";

Suite suite_of(const std::string& text) {
  auto suite = parse_suite(text, "s.yaml", "");
  EXPECT_TRUE(suite.ok()) << suite.error().to_string();
  return *suite;
}

TEST(Suite, UnknownKeysNameTheNearest) {
  const auto wrong = parse_suite(kSuite, "s.yaml", "");
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.error().message.find("s.yaml:6"), std::string::npos) << wrong.error().message;
  const auto scorer = parse_suite("suite: s\ndataset: {file: d}\nscorers: [em@squod]\n", "s", "");
  ASSERT_FALSE(scorer.ok());
  EXPECT_NE(scorer.error().remedy.find("em@squad"), std::string::npos);
  const auto key = parse_suite("suite: s\ndatset: {file: d}\nscorers: [exact]\n", "s", "");
  ASSERT_FALSE(key.ok());
  EXPECT_NE(key.error().to_string().find("dataset"), std::string::npos);
}

TEST(Suite, TheStopOfBackslashAndNIsCaught) {
  const auto suite = parse_suite(
      "suite: s\ndataset: {file: d}\nrunner: {stop: ['\\n']}\nscorers: [exact]\n", "s.yaml", "");
  ASSERT_FALSE(suite.ok());
  EXPECT_NE(suite.error().remedy.find("double quotes"), std::string::npos);
}

TEST(Suite, ItemsSayWhereTheyAreWrong) {
  const auto twice =
      parse_items("{\"id\":\"a\",\"input\":\"x\"}\n{\"id\":\"a\",\"input\":\"y\"}\n", "d", "");
  ASSERT_FALSE(twice.ok());
  EXPECT_NE(twice.error().message.find("d:2"), std::string::npos);
  EXPECT_FALSE(parse_items("{\"id\":\"a\"}\n", "d", "").ok());
  EXPECT_FALSE(parse_items("", "d", "").ok());
  EXPECT_FALSE(parse_items("[1]\n", "d", "").ok());
  const auto good =
      parse_items("{\"question\":\"q\",\"answer\":[\"a\",\"b\"],\"doc\":\"d1\",\"tags\":[\"t\"]}\n",
                  "d", "doc");
  ASSERT_TRUE(good.ok());
  EXPECT_EQ((*good)[0].targets.size(), 2U);
  EXPECT_EQ((*good)[0].cluster, "d1");
  EXPECT_EQ((*good)[0].id, (*good)[0].content);
}

TEST(Suite, DurationsAndShares) {
  EXPECT_EQ(*parse_duration("1.5h"), std::chrono::minutes(90));
  EXPECT_EQ(*parse_duration("250ms"), std::chrono::milliseconds(250));
  EXPECT_EQ(*parse_duration("90"), std::chrono::seconds(90));
  EXPECT_FALSE(parse_duration("ten").ok());
  EXPECT_FALSE(parse_duration("-1s").ok());
}

TEST(Suite, LmEvalTaskWithoutPython) {
  constexpr const char* kTask =
      "task: sums\ndataset_path: x\noutput_type: generate_until\n"
      "doc_to_text: \"Question: {{question}}\\nAnswer:\"\ndoc_to_target: answer\n"
      "generation_kwargs: {until: [\"Question:\"], do_sample: false, max_gen_toks: 64}\n"
      "filter_list:\n  - name: strict\n    filter:\n      - {function: regex, regex_pattern: '#### "
      "(\\d+)'}\n"
      "      - {function: take_first}\nmetric_list:\n  - {metric: exact_match}\n";
  const auto yaml = suite_of_lm_eval(kTask, "t.yaml", "items.jsonl");
  ASSERT_TRUE(yaml.ok()) << yaml.error().to_string();
  const Suite suite = suite_of(*yaml);
  EXPECT_EQ(suite.runner.max_tokens, 64);
  EXPECT_EQ(suite.runner.stop, std::vector<std::string>{"Question:"});
  EXPECT_EQ(*extract_answer("so\n#### 18", suite.extract), "18");
  const auto items =
      items_of_lm_eval(kTask, "t.yaml", "{\"question\":\"2+2\",\"answer\":\"4\"}\n", "d");
  ASSERT_TRUE(items.ok()) << items.error().to_string();
  const auto parsed = parse_items(*items, "i", "");
  EXPECT_EQ((*parsed)[0].input, "Question: 2+2\nAnswer:");
  EXPECT_EQ((*parsed)[0].target, "4");
  EXPECT_FALSE(suite_of_lm_eval("task: t\ndoc_to_text: !function utils.f\n", "t", "i").ok());
  EXPECT_FALSE(
      suite_of_lm_eval("task: t\ndoc_to_text: a\ndoc_to_target: b\nprocess_results: c\n", "t", "i")
          .ok());
}

TEST(Plan, EpochsAndTargetsHaveKeysOfTheirOwn) {
  const Suite suite = suite_of(
      "suite: s\ndataset: {file: d}\nepochs: 2\ntargets: [{model: a}, {model: b}]\n"
      "prompt: {system: be brief, template: 'Q: {{ input }}'}\n"
      "runner: {temperature: 0, seed: 5, max_tokens: 9}\nscorers: [exact]\n");
  const auto items = parse_items("{\"id\":\"1\",\"input\":\"x\"}\n", "d", "");
  const auto units = plan_units(suite, *items);
  ASSERT_TRUE(units.ok());
  ASSERT_EQ(units->size(), 4U);
  std::set<std::string> keys;
  for (const Unit& unit : *units) keys.insert(unit.key);
  EXPECT_EQ(keys.size(), 4U);
  EXPECT_NE((*units)[0].body.find("\"content\":\"Q: x\""), std::string::npos);
  EXPECT_NE((*units)[0].body.find("\"seed\":5"), std::string::npos);
  EXPECT_NE((*units)[2].body.find("\"seed\":6"), std::string::npos);
}

TEST(Plan, LoopbackIsFreeAndAnUnknownPricePrintsTheLineToAdd) {
  const Suite suite =
      suite_of("suite: s\ndataset: {file: d}\ntargets: [{model: a}]\nscorers: [exact]\n");
  const std::vector<Endpoint> far = {{"https://api.example.com/v1", "", false}};
  const std::vector<Endpoint> near = {{"http://127.0.0.1:8000/v1", "", false}};
  EXPECT_TRUE(check_prices(suite, near).ok());
  const Status refused = check_prices(suite, far);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().remedy.find("price: {input:"), std::string::npos);
  const Suite priced = suite_of(
      "suite: s\ndataset: {file: d}\ntargets: [{model: a, price: {input: 1, output: 2}}]\n"
      "scorers: [exact]\n");
  EXPECT_TRUE(check_prices(priced, far).ok());
  Target through_gateway;
  through_gateway.model = "groq/llama";
  EXPECT_FALSE(is_free(through_gateway, {"", "/home/interposer.sock", true}));
  through_gateway.model = "assistant/handbook";
  EXPECT_TRUE(is_free(through_gateway, {"", "/home/interposer.sock", true}));
}

TEST(Score, ExtractorsOneAfterTheOther) {
  const Suite suite = suite_of(
      "suite: s\ndataset: {file: d}\nextract: [no_thinking, {regex: 'is (\\d+)', pick: last}, "
      "strip]\n"
      "scorers: [exact]\n");
  EXPECT_EQ(*extract_answer("<think>is 1</think> it is 2, no, it is 33.", suite.extract), "33");
  EXPECT_FALSE(extract_answer("nothing", suite.extract).has_value());
  EXPECT_FALSE(
      parse_suite("suite: s\ndataset: {file: d}\nextract: [{regex: '('}]\nscorers: [exact]\n", "s",
                  "")
          .ok());
}

// Sharp tests 4 and 14: no answer found is wrong, a cut answer is unscored.
TEST(Score, WrongUnscoredAndDisagreement) {
  const Suite suite = suite_of("suite: s\ndataset: {file: d}\nscorers: [number, em@squad]\n");
  const auto items = parse_items(
      "{\"id\":\"a\",\"input\":\"x\",\"target\":\"18\"}\n{\"id\":\"b\",\"input\":\"x\",\"target\":"
      "\"3\"}\n"
      "{\"id\":\"c\",\"input\":\"x\",\"target\":\"3\"}\n",
      "d", "");
  Response a, b, c;
  a.unit = "a";
  a.text = "It is 17 + 1 = 18\n#### 18";
  b.unit = "b";
  b.text = "3 it is";
  c.unit = "c";
  c.status = UnitStatus::kTruncated;
  c.text = "3";
  const auto scored = score_responses(suite, *items, {&a, &b, &c});
  ASSERT_TRUE(scored.ok());
  EXPECT_EQ(scored->units, 3);
  EXPECT_EQ(scored->unscored, 1);
  EXPECT_NE(scored->scores.find("\"unit\":\"a\",\"epoch\":1,\"target\":\"\",\"s\":[1"),
            std::string::npos)
      << scored->scores;
  EXPECT_NE(scored->scores.find("\"unit\":\"c\",\"epoch\":1,\"target\":\"\",\"s\":[null,null]"),
            std::string::npos);
  ASSERT_EQ(scored->notes.size(), 1U);
  EXPECT_NE(scored->notes[0].find("disagree on 50.0 %"), std::string::npos);
}

TEST(Score, GroundedAnswers) {
  const auto items = parse_items(
      "{\"id\":\"a\",\"question\":\"q\",\"document\":\"hbm.md\"}\n"
      "{\"id\":\"b\",\"question\":\"q\",\"answerable\":false}\n",
      "d", "");
  Response r;
  r.extra =
      R"({"refused":false,"sentences":[{"text":"It costs 1,200 dollars.","citations":[1]},{"text":"And 7.","citations":[2]}],
    "citations":[{"n":1,"document":"handbook/hbm.md","version":"v","start":0,"end":5,"quote":"1200!"}]})";
  const Item &a = (*items)[0], &b = (*items)[1];
  EXPECT_EQ(score_citations_resolve(a, r, "").value, 0.5);
  EXPECT_EQ(score_quotes_verbatim(a, r, "").value, 1);
  EXPECT_EQ(score_numbers_cited(a, r, "").value, 0.5);
  EXPECT_EQ(score_cited_share(a, r, "").value, 1);
  EXPECT_EQ(score_right_document(a, r, "").value, 1);
  EXPECT_EQ(score_abstention(a, r, "").value, 1);
  EXPECT_EQ(score_abstention(b, r, "").value, 0);
  Response search;
  search.extra = R"({"documents":["handbook/x.md","handbook/hbm.md"]})";
  Item wanted;
  wanted.targets = {"hbm.md"};
  EXPECT_EQ(recall_at(wanted, search, 10).value, 1);
  EXPECT_EQ(recall_at(wanted, search, 1).value, 0);
  EXPECT_EQ(reciprocal_rank_at(wanted, search, 10).value, 0.5);
}

TEST(Score, ToolCalls) {
  const auto items = parse_items(
      "{\"id\":\"a\",\"input\":\"q\",\"call\":{\"name\":\"f\",\"arguments\":{\"x\":1.0,\"y\":["
      "\"a\"]}}}\n"
      "{\"id\":\"b\",\"input\":\"q\",\"call\":null}\n",
      "d", "");
  Response r;
  r.tool_calls = R"([{"name":"f","arguments":"{\"y\":[\"a\"],\"x\":1}"}])";
  EXPECT_EQ(score_tool_call((*items)[0], r, "").value, 1);
  EXPECT_EQ(score_tool_call((*items)[1], r, "").value, 0);
  r.tool_calls = R"([{"name":"f","arguments":"{\"y\":[\"b\"],\"x\":1}"}])";
  EXPECT_EQ(score_tool_call((*items)[0], r, "").value, 0);
  r.tool_calls.clear();
  EXPECT_EQ(score_tool_call((*items)[1], r, "").value, 1);
}

}  // namespace
}  // namespace interposer::evals
