#include "wire/openai/chat_reader.h"

#include <gtest/gtest.h>

#include "wire/openai/answer_scan.h"
#include "wire/openai/embedding_answer.h"
#include "wire/openai/models_json.h"
#include "wire/openai/usage_json.h"

namespace interposer::wire::openai {
namespace {

struct Read {
  std::vector<Event> events;
  Status status;
};

Read read(const std::vector<std::string>& frames) {
  Read out;
  ChatReader reader;
  for (const std::string& frame : frames) {
    out.status = reader.read_frame("data: " + frame + "\n\n", &out.events);
    if (!out.status) return out;
  }
  out.status = reader.finish(&out.events);
  return out;
}

template <class T>
std::vector<T> all(const std::vector<Event>& events) {
  std::vector<T> out;
  for (const Event& event : events) {
    if (const T* e = std::get_if<T>(&event)) out.push_back(*e);
  }
  return out;
}

TEST(OpenAiChatReader, TextReasoningRefusalUsage) {
  const Read got = read(
      {R"({"id":"i","created":5,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]})",
       R"({"choices":[{"index":0,"delta":{"reasoning_content":"r1"}}]})",
       R"({"choices":[{"index":0,"delta":{"reasoning":"r2"}}]})",
       R"({"choices":[{"index":0,"delta":{"content":"he"}}]})",
       R"({"choices":[{"index":0,"delta":{"content":"llo"}},{"index":1,"delta":{"refusal":"no"}}]})",
       R"({"choices":[{"index":0,"delta":{},"finish_reason":"length"},{"index":1,"delta":{},"finish_reason":"stop"}]})",
       R"({"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":6,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}})",
       "[DONE]"});
  ASSERT_TRUE(got.status.ok()) << got.status.error().message;
  const auto started = all<Started>(got.events);
  ASSERT_EQ(started.size(), 1u);
  EXPECT_EQ(started[0], (Started{"i", "m", 5, ""}));
  EXPECT_EQ(all<ReasoningDelta>(got.events).size(), 2u);
  const auto text = all<TextDelta>(got.events);
  ASSERT_EQ(text.size(), 2u);
  EXPECT_EQ(text[0].text + text[1].text, "hello");
  EXPECT_EQ(all<RefusalDelta>(got.events).at(0), (RefusalDelta{1, "no"}));
  EXPECT_EQ(all<Finished>(got.events).at(0).reason, FinishReason::kLength);
  const Usage usage = all<UsageReport>(got.events).at(0).usage;
  EXPECT_EQ(usage.tokens, (TokenUsage{6, 4, 0, 4, 2}));
  EXPECT_TRUE(usage.reported && usage.final);
}

TEST(OpenAiChatReader, ParallelToolCallsInterleaved) {
  const Read got = read(
      {R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}}]})",
       R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"{"}}]}}]})",
       R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}},{"index":1,"function":{"arguments":"}"}}]}}]})",
       R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]},"finish_reason":"tool_calls"}]})"});
  ASSERT_TRUE(got.status.ok());
  std::string arguments[2];
  int names = 0;
  for (const ToolCallDelta& delta : all<ToolCallDelta>(got.events)) {
    arguments[delta.index] += delta.arguments;
    names += delta.name.empty() ? 0 : 1;
  }
  EXPECT_EQ(arguments[0], R"({"x":1})");
  EXPECT_EQ(arguments[1], "{}");
  EXPECT_EQ(names, 2);
}

TEST(OpenAiChatReader, ToolCallsWithoutIndexAndWithObjects) {
  const Read got = read(
      {R"({"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"k":1}}},{"id":"b","function":{"name":"f","arguments":"{}"}}]}}]})",
       R"({"choices":[{"delta":{"tool_calls":[{"id":"c","function":{"name":"h","arguments":"{"}}]}}]})",
       R"({"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"}"}}]},"finish_reason":"stop"}]})"});
  ASSERT_TRUE(got.status.ok());
  const auto calls = all<ToolCallDelta>(got.events);
  ASSERT_EQ(calls.size(), 4u);
  EXPECT_EQ(calls[0], (ToolCallDelta{0, 0, "a", "f", R"({"k":1})"}));
  EXPECT_EQ(calls[1].index, 1);
  EXPECT_EQ(calls[2].index, 2);
  EXPECT_EQ(calls[3], (ToolCallDelta{0, 2, "", "", "}"}));
}

TEST(OpenAiChatReader, CommentsEventsAndMultiLineData) {
  ChatReader reader;
  std::vector<Event> events;
  ASSERT_TRUE(reader.read_frame(": keep-alive\r\n\r\n", &events).ok());
  ASSERT_TRUE(reader.read_frame("\n", &events).ok());
  EXPECT_TRUE(events.empty());
  ASSERT_TRUE(reader
                  .read_frame("event: x\r\ndata:{\"choices\":[{\"delta\":\r\n: c\r\ndata: "
                              "{\"content\":\"a\"}}]}\r\n\r\n",
                              &events)
                  .ok());
  EXPECT_EQ(all<TextDelta>(events).at(0).text, "a");
}

TEST(OpenAiChatReader, BrokenCutAndFailedStreams) {
  EXPECT_EQ(read({"{\"choices\":["}).status.error().kind, "broken_stream");
  EXPECT_EQ(read({"[1]"}).status.error().kind, "broken_stream");
  EXPECT_EQ(read({R"({"choices":7})"}).status.error().kind, "broken_stream");
  EXPECT_EQ(read({R"({"choices":[{"delta":{"content":"a"}}]})"}).status.error().kind, "truncated");
  EXPECT_EQ(read({}).status.error().kind, "truncated");
  const Read failed = read({R"({"error":{"message":"overloaded","code":503}})"});
  EXPECT_EQ(failed.status.error().kind, "provider_error");
  EXPECT_NE(failed.status.error().message.find("overloaded"), std::string::npos);
  // OpenRouter: choices and an error in the same chunk.
  EXPECT_EQ(read({R"({"choices":[],"error":{"message":"gone"}})"}).status.error().kind,
            "provider_error");
}

TEST(OpenAiChatReader, Logprobs) {
  const Read got = read(
      {R"({"choices":[{"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[{"token":"b","logprob":-1}]}]},"finish_reason":"stop"}]})"});
  const auto text = all<TextDelta>(got.events);
  ASSERT_EQ(text.at(0).logprobs.size(), 1u);
  EXPECT_EQ(text[0].logprobs[0].bytes, "a");
  EXPECT_EQ(text[0].logprobs[0].top.at(0).token, "b");
}

TEST(OpenAiChatReader, WholeBodies) {
  ChatReader reader;
  std::vector<Event> events;
  ASSERT_TRUE(reader
                  .read_body(R"(

{"id":"i","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi",
"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},
"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}})",
                             &events)
                  .ok());
  EXPECT_EQ(all<TextDelta>(events).at(0).text, "hi");
  EXPECT_EQ(all<ToolCallDelta>(events).size(), 1u);
  EXPECT_EQ(all<UsageReport>(events).at(0).usage.tokens.output, 2);
  ChatReader plain;
  std::vector<Event> completion;
  ASSERT_TRUE(plain
                  .read_body(R"({"choices":[{"text":"x","index":0,"finish_reason":"length"}]})",
                             &completion)
                  .ok());
  EXPECT_EQ(all<TextDelta>(completion).at(0).text, "x");
  ChatReader empty;
  EXPECT_FALSE(empty.read_body(R"({"object":"x"})", &completion).ok());
}

TEST(OpenAiUsage, EveryProvidersNames) {
  const auto tokens = [](std::string_view usage) {
    return find_usage("{\"usage\":" + std::string(usage) + "}").value_or(TokenUsage{});
  };
  const TokenUsage expected{60, 40, 0, 7, 3};
  for (const char* cached :
       {R"("prompt_tokens_details":{"cached_tokens":40})",
        R"("prompt_token_details":{"cached_tokens":40})", R"("num_cached_tokens":40)",
        R"("prompt_cache_hit_tokens":40,"prompt_cache_miss_tokens":60)", R"("cached_tokens":40)"}) {
    const std::string usage = std::string(R"({"prompt_tokens":100,"completion_tokens":10,)") +
                              R"("completion_tokens_details":{"reasoning_tokens":3},)" + cached +
                              "}";
    EXPECT_EQ(tokens(usage), expected) << usage;
  }
  const TokenUsage written = tokens(
      R"({"prompt_tokens":100,"prompt_tokens_details":{"cached_tokens":10,"cache_write_tokens":30}})");
  EXPECT_EQ(written, (TokenUsage{60, 10, 30, 0, 0}));
  EXPECT_EQ(find_usage(R"({"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":4}}})"),
            (TokenUsage{3, 0, 0, 4, 0}));
  EXPECT_EQ(find_usage(R"({"usage":null})"), std::nullopt);
  EXPECT_EQ(find_usage(R"({"usage":{"total_tokens":3}})"), std::nullopt);
  EXPECT_EQ(find_usage("{"), std::nullopt);
}

// The quick look and the careful reader agree wherever the quick one says anything.
TEST(OpenAiUsage, TheQuickLookAgrees) {
  const char* const usages[] = {
      R"({"prompt_tokens":100,"completion_tokens":10})",
      R"({"completion_tokens":10,"prompt_tokens":100,"total_tokens":110,"prompt_tokens_details":{"cached_tokens":40,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":3}})",
      R"({"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":9,"cache_write_tokens":2}})",
      R"({"prompt_tokens":5,"completion_tokens":1,"prompt_tokens_details":null})",
      R"({"prompt_tokens":5,"completion_tokens":1,"num_cached_tokens":2})",
      R"({"prompt_tokens":5,"completion_tokens":1,"queue_time":0.5})",
      R"({"prompt_tokens":-5,"completion_tokens":1})",
      R"({"prompt_tokens":5})",
      R"({})"};
  int quick = 0;
  for (const std::string usage : usages) {
    const std::string answer = R"({"a":{"usage":1},"choices":[{"index":0,"finish_reason":"stop",)"
                               R"("delta":{}}],"usage": )" +
                               usage + R"(,"z":[1,{"y":2}],"error":null})";
    const auto scan = scan_answer(answer);
    ASSERT_TRUE(scan.ok()) << answer;
    EXPECT_TRUE(scan->finished && scan->has_choices && !scan->has_error) << answer;
    EXPECT_EQ(scan->usage, usage);
    if (!scan->plain_usage) continue;
    ++quick;
    EXPECT_EQ(scan->plain_usage, find_usage(answer)) << usage;
  }
  EXPECT_EQ(quick, 3);
  EXPECT_FALSE(
      scan_answer(R"({"usage":{"prompt_tokens":1,"completion_tokens":1},"timings":{"a":1}})")
          ->plain_usage.has_value());
  EXPECT_FALSE(scan_answer(R"({"choices":[{"delta"})").ok());
  EXPECT_TRUE(scan_answer(R"({"error":{"message":"x"}})")->has_error);
}

TEST(OpenAiUsage, BucketsNeverOverlapAndNeverGoBelowZero) {
  for (int prompt = 0; prompt < 6; ++prompt) {
    for (int cached = 0; cached < 8; ++cached) {
      for (int written = 0; written < 8; ++written) {
        const auto got = find_usage(
            R"({"usage":{"prompt_tokens":)" + std::to_string(prompt) +
            R"(,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":)" +
            std::to_string(cached) + R"(,"cache_write_tokens":)" + std::to_string(written) +
            R"(},"completion_tokens_details":{"reasoning_tokens":5}}})");
        ASSERT_TRUE(got.has_value());
        EXPECT_EQ(got->prompt(), prompt);
        EXPECT_EQ(got->answer(), 2);
        EXPECT_TRUE(got->input >= 0 && got->cache_read >= 0 && got->cache_write >= 0);
        EXPECT_TRUE(got->output >= 0 && got->reasoning >= 0);
      }
    }
  }
}

TEST(OpenAiEmbeddings, ListsAndBase64Agree) {
  std::vector<Event> rows = {Embedding{0, {0.25F, -1.5F}}, Embedding{1, {3.0e-5F, 1.0F}}};
  UsageReport report;
  report.usage.tokens.input = 4;
  rows.emplace_back(report);
  for (const bool base64 : {false, true}) {
    std::vector<Event> got;
    const std::string body = write_embeddings(rows, "m", base64);
    ASSERT_TRUE(read_embeddings(body, &got).ok()) << body;
    ASSERT_EQ(got.size(), 3u);
    EXPECT_EQ(std::get<Embedding>(got[0]), std::get<Embedding>(rows[0])) << body;
    EXPECT_EQ(std::get<Embedding>(got[1]), std::get<Embedding>(rows[1])) << body;
    EXPECT_EQ(std::get<UsageReport>(got[2]).usage.tokens.input, 4);
  }
  std::vector<Event> got;
  EXPECT_FALSE(read_embeddings(R"({"data":[{"index":1,"embedding":[1]}]})", &got).ok());
  EXPECT_FALSE(read_embeddings(R"({"data":[{"embedding":"@@@@"}]})", &got).ok());
  EXPECT_FALSE(read_embeddings(R"({"error":{"message":"x"}})", &got).ok());
}

TEST(OpenAiModels, ListsRoundTrip) {
  const std::string body = write_models({ModelEntry{"a/b", "me"}, ModelEntry{"c", "me"}});
  auto ids = read_model_ids(body);
  ASSERT_TRUE(ids.ok());
  EXPECT_EQ(*ids, (std::vector<std::string>{"a/b", "c"}));
  EXPECT_FALSE(read_model_ids("{}").ok());
}

}  // namespace
}  // namespace interposer::wire::openai
