// Result files as the tools write them, in small; and the index.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/temp_dir.h"
#include "evals/compare/compare.h"
#include "evals/import/formats.h"
#include "evals/record/index.h"
#include "evals/record/response.h"
#include "evals/record/result_set.h"

namespace interposer::evals {
namespace {

void write(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

constexpr const char* kLmEval =
    R"({"doc_id":0,"doc":{"question":"2+2?","subject":"sum"},"target":"4","arguments":{"gen_args_0":{"arg_0":"Q"}},"resps":[["It is 4."]],"filtered_resps":["[invalid]"],"filter":"strict-match","metrics":["exact_match"],"doc_hash":"aa","prompt_hash":"bb","target_hash":"cc","exact_match":0.0}
{"doc_id":0,"doc":{"question":"2+2?","subject":"sum"},"target":"4","arguments":{},"resps":[["It is 4."]],"filtered_resps":["4"],"filter":"flexible-extract","metrics":["exact_match"],"doc_hash":"aa","prompt_hash":"bb","target_hash":"cc","exact_match":1.0}
{"doc_id":1,"doc":{"question":"3+3?","subject":"sum"},"target":"6","arguments":{},"resps":[["\"six\"\nreally"]],"filtered_resps":["[invalid]"],"filter":"flexible-extract","metrics":["exact_match"],"doc_hash":"ab","prompt_hash":"bb","target_hash":"cc","exact_match":false}
)";

TEST(Import, LmEvalSamplesOfTwoFilters) {
  const TempDir folder;
  const std::string path = folder.file("samples_sums_2026-08-21T10-00-00.jsonl");
  write(path, kLmEval);
  const auto set = read_results(path, {{}, "subject", {}, true});
  ASSERT_TRUE(set.ok()) << set.error().to_string();
  EXPECT_EQ(set->format, "lm-eval");
  EXPECT_EQ(set->name, "sums");
  ASSERT_EQ(set->rows.size(), 2U);
  const auto strict = set->find_metric("exact_match,strict-match");
  const auto flexible = set->find_metric("exact_match,flexible-extract");
  ASSERT_TRUE(strict && flexible);
  EXPECT_EQ(set->score(0, *strict), 0);
  EXPECT_EQ(set->score(0, *flexible), 1);
  EXPECT_TRUE(std::isnan(set->score(1, *strict)));
  EXPECT_NE(set->rows[0].cluster, 0U);
  EXPECT_EQ(set->rows[0].cluster, set->rows[1].cluster);
  const auto texts = texts_of(*set, set->rows[1]);
  ASSERT_TRUE(texts.ok());
  EXPECT_EQ(texts->input, "3+3?");
  EXPECT_EQ(texts->expected, "6");
  EXPECT_EQ(texts->output, "\"six\"\nreally");
  const auto one = read_results(path + "#strict-match");
  ASSERT_TRUE(one.ok()) << one.error().to_string();
  EXPECT_EQ(one->rows.size(), 1U);
  EXPECT_EQ(one->metrics.size(), 1U);
}

TEST(Import, LmEvalFolderTakesTheNewestOfEachTask) {
  const TempDir folder;
  write(folder.file("samples_a_2026-01-01.jsonl"), kLmEval);
  write(folder.file("samples_a_2026-02-01.jsonl"), kLmEval);
  write(folder.file("samples_b_2026-01-01.jsonl"), kLmEval);
  const auto set = read_results(folder.path());
  ASSERT_TRUE(set.ok()) << set.error().to_string();
  EXPECT_EQ(set->files.size(), 2U);
  EXPECT_EQ(set->rows.size(), 4U);
  EXPECT_EQ(set->id(set->rows[0]), "a/0");
  EXPECT_NE(set->files[0].find("02-01"), std::string::npos);
}

TEST(Import, LmEvalNamesTheBrokenLine) {
  const TempDir folder;
  const std::string path = folder.file("samples_x.jsonl");
  write(path, std::string(kLmEval) + "{\"doc_id\":7,\n");
  const auto set = read_results(path);
  ASSERT_FALSE(set.ok());
  EXPECT_NE(set.error().message.find("samples_x.jsonl:4"), std::string::npos);
}

constexpr const char* kPromptfoo = R"({"evalId":"eval-1","results":{"version":3,"results":[
{"promptIdx":0,"testIdx":0,"vars":{"q":"a"},"provider":{"id":"openai:x","label":""},"prompt":{"raw":"r","label":"p"},
 "testCase":{"vars":{"q":"a"},"assert":[{"type":"equals","value":"A"}]},"response":{"output":"A","tokenUsage":{"prompt":5,"completion":2},"cost":0.25},
 "success":true,"score":1,"latencyMs":120,"namedScores":{"tone":0.5}},
{"promptIdx":0,"testIdx":1,"vars":{"q":"b"},"provider":{"id":"openai:x"},"prompt":{"raw":"r","label":"p"},
 "testCase":{"vars":{"q":"b"}},"response":{"output":"no","finishReason":"length"},"success":false,"score":0,"latencyMs":80,"error":"Expected"},
{"promptIdx":0,"testIdx":2,"vars":{"q":"c"},"provider":{"id":"openai:x"},"prompt":{"raw":"r","label":"p"},"error":"503","success":false,"score":0}
]}})";

TEST(Import, PromptfooKeepsErrorsAndCutAnswersUnscored) {
  const TempDir folder;
  const std::string path = folder.file("out.json");
  write(path, kPromptfoo);
  const auto set = read_results(path);
  ASSERT_TRUE(set.ok()) << set.error().to_string();
  EXPECT_EQ(set->format, "promptfoo");
  ASSERT_EQ(set->rows.size(), 3U);
  const auto pass = set->find_metric("pass");
  ASSERT_TRUE(pass);
  EXPECT_EQ(set->score(0, *pass), 1);
  EXPECT_EQ(set->score(0, *set->find_metric("tone")), 0.5);
  EXPECT_EQ(set->status(set->rows[1]), UnitStatus::kTruncated);
  EXPECT_TRUE(std::isnan(set->score(1, *pass)));
  EXPECT_EQ(set->status(set->rows[2]), UnitStatus::kProviderError);
  EXPECT_TRUE(std::isnan(set->score(2, *pass)));
  EXPECT_EQ(set->rows[0].cost_usd, 0.25);
  EXPECT_EQ(set->rows[0].output_tokens, 2);
  EXPECT_EQ(texts_of(*set, set->rows[0])->output, "A");
  EXPECT_FALSE(read_results(path + "#openai:y").ok());
  EXPECT_TRUE(read_results(path + "#openai:x").ok());
}

constexpr const char* kInspect =
    R"({"version":2,"status":"success","eval":{"task":"t","model":"m"},"samples":[
{"id":1,"epoch":1,"input":"q","target":"4","output":{"choices":[{"message":{"content":"4"},"stop_reason":"stop"}],"usage":{"input_tokens":3,"output_tokens":1}},
 "scores":{"match":{"value":"C"},"parts":{"value":{"x":0.25,"y":true}}},"total_time":1.5},
{"id":1,"epoch":2,"input":"q","target":"4","output":{"choices":[{"message":{"content":[{"type":"text","text":"5"}]},"stop_reason":"max_tokens"}]},
 "scores":{"match":{"value":"I"}}}]})";

TEST(Import, InspectEpochsAndValues) {
  const TempDir folder;
  const std::string path = folder.file("log.json");
  write(path, kInspect);
  const auto set = read_results(path);
  ASSERT_TRUE(set.ok()) << set.error().to_string();
  EXPECT_EQ(set->format, "inspect");
  EXPECT_EQ(set->model, "m");
  ASSERT_EQ(set->rows.size(), 2U);
  EXPECT_EQ(set->rows[1].epoch, 2U);
  EXPECT_EQ(set->score(0, *set->find_metric("match")), 1);
  EXPECT_EQ(set->score(1, *set->find_metric("match")), 0);
  EXPECT_EQ(set->score(0, *set->find_metric("parts/x")), 0.25);
  EXPECT_EQ(set->status(set->rows[1]), UnitStatus::kTruncated);
  EXPECT_EQ(texts_of(*set, set->rows[1])->output, "5");
  EXPECT_DOUBLE_EQ(set->rows[0].latency_ms, 1500);
}

TEST(Import, TrecRunsAreTopicsByMeasure) {
  const TempDir folder;
  write(folder.file("qrels"), "1 0 a 1\n1 0 b 0\n2 0 c 1\n");
  write(folder.file("run"), "1 Q0 a 1 3.0 x\n1 Q0 b 2 2.0 x\n2 Q0 d 1 9 x\n2 Q0 c 2 8 x\n");
  ReadOptions options;
  options.qrels = folder.file("qrels");
  const auto set = read_results(folder.file("run"), options);
  ASSERT_TRUE(set.ok()) << set.error().to_string();
  ASSERT_EQ(set->rows.size(), 2U);
  EXPECT_EQ(set->score(0, *set->find_metric("recip_rank@trec10")), 1);
  EXPECT_EQ(set->score(1, *set->find_metric("recip_rank@trec10")), 0.5);
  const auto same = compare(*set, *set, {});
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->metrics[0].name, "ndcg_cut_10@trec10");
}

TEST(Import, WhatIsNoResultFileSaysWhatIsRead) {
  const TempDir folder;
  write(folder.file("notes.txt"), "hello");
  for (const char* name : {"notes.txt", "absent.json", ""}) {
    const auto set = read_results(folder.file(name));
    ASSERT_FALSE(set.ok()) << name;
    EXPECT_NE(set.error().remedy.find("promptfoo"), std::string::npos) << name;
  }
}

std::string log_line(int i, const std::string& target, int filler) {
  Response r;
  r.unit = "u" + std::to_string(i);
  r.target = target;
  r.content = content_hash({r.unit});
  r.text = std::string(static_cast<std::size_t>(filler), 'x');
  r.cost_usd = 0.5;
  r.tags = {"critical"};
  return to_line(r);
}

TEST(Import, OwnLogLatestRecordWinsAndTornTailIsPassedOver) {
  const TempDir folder;
  std::string text;
  Response failed;
  failed.unit = "u0";
  failed.target = "t";
  failed.status = UnitStatus::kTimeout;
  text += to_line(failed) + log_line(0, "t", 10) + log_line(1, "t", 10);
  write(folder.file("samples-0001.jsonl"), text + log_line(2, "t", 10).substr(0, 30));
  write(folder.file("scores.jsonl"),
        "{\"v\":1,\"metrics\":[{\"name\":\"em\",\"higher\":true,\"scorer\":\"1\"}]}\n"
        "{\"unit\":\"u0\",\"epoch\":1,\"target\":\"t\",\"s\":[1]}\n"
        "{\"unit\":\"u1\",\"epoch\":1,\"target\":\"t\",\"s\":[null]}\n");
  const auto set = read_results(folder.path());
  ASSERT_TRUE(set.ok()) << set.error().to_string();
  ASSERT_EQ(set->rows.size(), 2U);
  EXPECT_EQ(set->status(set->rows[0]), UnitStatus::kOk);
  EXPECT_EQ(set->score(0, 0), 1);
  EXPECT_TRUE(std::isnan(set->score(1, 0)));
  EXPECT_EQ(set->tags, std::vector<std::string>{"critical"});
  EXPECT_EQ(set->notes.size(), 1U);
  EXPECT_EQ(texts_of(*set, set->rows[1])->output, "xxxxxxxxxx");
}

TEST(Import, OwnLogOfTwoTargetsWantsOneNamed) {
  const TempDir folder;
  write(folder.file("samples-0001.jsonl"), log_line(0, "old", 1) + log_line(0, "new", 2));
  const auto both = read_results(folder.path());
  ASSERT_FALSE(both.ok());
  EXPECT_NE(both.error().remedy.find("#old"), std::string::npos);
  const auto one = read_results(folder.path() + "#new");
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(one->rows.size(), 1U);
  EXPECT_EQ(texts_of(*one, one->rows[0])->output, "xx");
}

TEST(Index, WarmEqualsColdAndStaleIsMadeAnew) {
  const TempDir folder;
  std::string text;
  for (int i = 0; i < 3000; ++i) text += log_line(i, "t", 400);
  write(folder.file("samples-0001.jsonl"), text);
  const auto cold = read_results(folder.path());
  ASSERT_TRUE(cold.ok());
  ASSERT_TRUE(std::ifstream(folder.file("index.bin")).good());
  const auto warm = read_results(folder.path());
  ASSERT_TRUE(warm.ok());
  EXPECT_EQ(warm->rows.size(), 3000U);
  EXPECT_EQ(warm->arena, cold->arena);
  EXPECT_EQ(warm->rows[7].text_at, cold->rows[7].text_at);
  EXPECT_EQ(texts_of(*warm, warm->rows[2999])->output.size(), 400U);
  // The same length, another status: noticed.
  const std::size_t at = text.rfind("\"status\":\"ok\"");
  const auto changed = text.replace(at, 13, "\"status\":\"no\"");
  write(folder.file("samples-0001.jsonl"), changed);
  const auto stale = read_results(folder.path());
  ASSERT_TRUE(stale.ok());
  EXPECT_EQ(stale->rows.size(), 2999U);
}

TEST(Index, DamagedBytesAreNeverTrusted) {
  auto set = read_lm_eval_text(kLmEval, "x.jsonl");
  ASSERT_TRUE(set.ok());
  const std::vector<FileStamp> stamps = {{"x.jsonl", 10, 20, 30}};
  const std::string bytes = encode_index(*set, stamps, "o");
  ASSERT_TRUE(decode_index(bytes, stamps, "o").has_value());
  EXPECT_FALSE(decode_index(bytes, stamps, "p").has_value());
  EXPECT_FALSE(decode_index(bytes, {{"x.jsonl", 10, 21, 30}}, "o").has_value());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_FALSE(decode_index(damaged, stamps, "o").has_value()) << i;
    EXPECT_FALSE(decode_index(std::string_view(bytes).substr(0, i), stamps, "o").has_value()) << i;
  }
}

}  // namespace
}  // namespace interposer::evals
