#include "wire/openai/chat_request.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "wire/openai/completion_request.h"
#include "wire/openai/embedding_request.h"

namespace interposer::wire::openai {
namespace {

constexpr std::string_view kFull = R"({
 "model":"m","stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},
 "messages":[
  {"role":"system","content":"be brief"},
  {"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
  {"role":"user","name":"ann","content":[
    {"type":"text","text":"look"},
    {"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"low"}},
    {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},
    {"type":"file","file":{"file_id":"f1","filename":"x.pdf"}},
    {"type":"hologram","depth":3}]},
  {"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[
    {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},
    {"id":"c2","type":"function","function":{"name":"g","arguments":{"b":[2]}}}]},
  {"role":"tool","tool_call_id":"c1","content":"42"},
  {"role":"assistant","content":"no","refusal":"I will not"}],
 "tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,
   "parameters":{"type":"object","properties":{"z":{},"a":{}}}}},{"type":"custom","custom":{"name":"c"}}],
 "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,
 "response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":{"type":"object"}}},
 "temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.05,"frequency_penalty":0.1,
 "presence_penalty":-0.1,"repetition_penalty":1.1,"seed":-7,"n":2,"max_completion_tokens":100,
 "logprobs":true,"top_logprobs":3,"stop":["a","b"],"logit_bias":{"50256":-100},
 "user":"u","reasoning_effort":"low","service_tier":"flex","metadata":{"k":[1,null]}})";

TEST(OpenAiChatRequest, DecodesEveryField) {
  auto decoded = decode_chat(kFull);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  const Chat& chat = *decoded;
  ASSERT_EQ(chat.messages.size(), 6u);
  EXPECT_EQ(chat.messages[1].role, Role::kDeveloper);
  EXPECT_EQ(chat.messages[1].text(), "ab");
  const auto& parts = chat.messages[2].content;
  ASSERT_EQ(parts.size(), 5u);
  EXPECT_EQ(chat.messages[2].name, "ann");
  EXPECT_EQ(parts[1].kind, ContentPart::Kind::kImage);
  EXPECT_EQ(parts[1].detail, "low");
  EXPECT_EQ(parts[2].kind, ContentPart::Kind::kAudio);
  EXPECT_EQ(parts[2].format, "wav");
  EXPECT_EQ(parts[3].url, "f1");
  EXPECT_EQ(parts[4].raw, R"({"type":"hologram","depth":3})");
  const Message& calls = chat.messages[3];
  EXPECT_TRUE(calls.content.empty());
  ASSERT_EQ(calls.tool_calls.size(), 2u);
  EXPECT_EQ(calls.tool_calls[0].arguments, R"({"a":1})");
  EXPECT_EQ(calls.tool_calls[1].arguments, R"({"b":[2]})");
  ASSERT_EQ(calls.extra.size(), 1u);
  EXPECT_EQ(calls.extra[0].first, "reasoning_content");
  EXPECT_EQ(chat.messages[4].tool_call_id, "c1");
  EXPECT_EQ(chat.messages[5].content.back().kind, ContentPart::Kind::kRefusal);
  ASSERT_EQ(chat.tools.size(), 2u);
  // The order of a schema's members is the template's business: it must survive.
  EXPECT_EQ(chat.tools[0].parameters, R"({"type":"object","properties":{"z":{},"a":{}}})");
  EXPECT_EQ(chat.tools[0].strict, true);
  EXPECT_EQ(chat.tools[1].raw, R"({"type":"custom","custom":{"name":"c"}})");
  EXPECT_EQ(chat.tool_choice->name, "f");
  EXPECT_EQ(chat.parallel_tool_calls, false);
  EXPECT_EQ(chat.response_format->schema, R"({"type":"object"})");
  EXPECT_EQ(chat.sampling.top_k, 40);
  EXPECT_EQ(chat.sampling.repeat_penalty, 1.1);
  EXPECT_EQ(chat.sampling.seed, -7);
  EXPECT_EQ(chat.sampling.max_tokens, 100);
  EXPECT_EQ(chat.sampling.top_logprobs, 3);
  EXPECT_EQ(chat.sampling.stop, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(chat.sampling.logit_bias.at(0).second, -100);
  EXPECT_TRUE(chat.stream);
  EXPECT_TRUE(chat.include_usage);
  ASSERT_EQ(chat.extra.size(), 3u);
  EXPECT_EQ(chat.extra[0].second, R"({"include_obfuscation":false})");
  EXPECT_EQ(chat.extra[2],
            std::make_pair(std::string("metadata"), std::string(R"({"k":[1,null]})")));
}

TEST(OpenAiChatRequest, EncodeThenDecodeIsTheSameChat) {
  auto chat = decode_chat(kFull);
  ASSERT_TRUE(chat.ok());
  ChatEncoding encoding;
  encoding.developer_role = true;
  LossReceipt loss;
  const std::string bytes = encode_chat(*chat, "other", encoding, &loss);
  EXPECT_TRUE(loss.empty());
  auto again = decode_chat(bytes);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, *chat) << bytes;
  EXPECT_EQ(boost::json::parse(bytes).at("model").as_string(), "other");
}

TEST(OpenAiChatRequest, WhatTheTargetCannotTakeIsNamed) {
  Chat chat;
  chat.messages.resize(1);
  chat.sampling.top_k = 5;
  chat.response_format = ResponseFormat{ResponseFormat::Kind::kGrammar, "", "root ::= \"a\"", {}};
  ChatEncoding strict;
  strict.sampling_extensions = false;
  LossReceipt loss;
  const std::string bytes = encode_chat(chat, "m", strict, &loss);
  ASSERT_EQ(loss.losses().size(), 2u);
  EXPECT_EQ(loss.losses()[0].field, "grammar");
  EXPECT_EQ(loss.losses()[1].field, "top_k");
  EXPECT_EQ(bytes.find("top_k"), std::string::npos);
  EXPECT_NE(loss.header().find("grammar: dropped"), std::string::npos);
}

TEST(OpenAiChatRequest, AbsentFieldsAreNotWritten) {
  auto chat = decode_chat(R"({"model":"m","messages":[{"role":"user","content":"hi"}]})");
  ASSERT_TRUE(chat.ok());
  EXPECT_EQ(encode_chat(*chat, "m", {}, nullptr),
            R"({"model":"m","messages":[{"role":"user","content":"hi"}]})");
}

struct Bad {
  const char* body;
  const char* path;
};

TEST(OpenAiChatRequest, ErrorsNameTheField) {
  const Bad cases[] = {
      {R"({"model":"m"})", "'messages'"},
      {R"({"messages":[]})", "'messages'"},
      {R"({"messages":[1]})", "'messages[0]'"},
      {R"({"messages":[{"role":"user"},{"role":"alien"}]})", "'messages[1].role'"},
      {R"({"messages":[{"role":"user","content":[{"type":"text"}]}]})",
       "'messages[0].content[0].text'"},
      {R"({"messages":[{"role":"user","content":[{"type":"image_url"}]}]})",
       "'messages[0].content[0].image_url'"},
      {R"({"messages":[{"role":"user","content":7}]})", "'messages[0].content'"},
      {R"({"messages":[{"role":"assistant","tool_calls":[{"function":{}}]}]})",
       "'messages[0].tool_calls[0].function.name'"},
      {R"({"messages":[{"role":"user"}],"temperature":"hot"})", "'temperature'"},
      {R"({"messages":[{"role":"user"}],"temperature":-1})", "'temperature'"},
      {R"({"messages":[{"role":"user"}],"max_tokens":1.5})", "'max_tokens'"},
      {R"({"messages":[{"role":"user"}],"stop":[1]})", "'stop'"},
      {R"({"messages":[{"role":"user"}],"tools":[{"function":{}}]})", "'tools[0].function.name'"},
      {R"({"messages":[{"role":"user"}],"response_format":{"type":"xml"}})",
       "'response_format.type'"},
      {R"({"messages":[{"role":"user"}],"stream_options":3})", "'stream_options'"},
      {R"({"messages":[{"role":"user" "content":1}]})", "at byte 28"},
  };
  for (const Bad& bad : cases) {
    auto chat = decode_chat(bad.body);
    ASSERT_FALSE(chat.ok()) << bad.body;
    EXPECT_EQ(chat.error().code, Code::kInvalidArgument);
    EXPECT_NE(chat.error().message.find(bad.path), std::string::npos) << bad.body << "\n"
                                                                      << chat.error().message;
  }
}

TEST(OpenAiChatRequest, OldFunctionsBecomeTools) {
  auto chat =
      decode_chat(R"({"messages":[{"role":"user","content":"x"}],"functions":[{"name":"f"}],)"
                  R"("function_call":{"name":"f"}})");
  ASSERT_TRUE(chat.ok());
  EXPECT_EQ(chat->tools.at(0).name, "f");
  EXPECT_EQ(chat->tool_choice->kind, ToolChoice::Kind::kNamed);
}

TEST(OpenAiCompletionRequest, PromptBecomesOneMessage) {
  auto chat = decode_completion(R"({"model":"m","prompt":["once"],"logprobs":2,"echo":true})");
  ASSERT_TRUE(chat.ok()) << chat.error().message;
  EXPECT_EQ(chat->messages.at(0).text(), "once");
  EXPECT_EQ(chat->sampling.top_logprobs, 2);
  EXPECT_EQ(chat->extra.at(0).first, "echo");
  EXPECT_EQ(decode_completion(R"({"prompt":[1,2]})").error().code, Code::kUnsupported);
  EXPECT_EQ(decode_completion(R"({"prompt":["a","b"]})").error().code, Code::kUnsupported);
  EXPECT_EQ(decode_completion(R"({})").error().code, Code::kInvalidArgument);
}

TEST(OpenAiEmbeddingRequest, TextsAndTheirErrors) {
  auto one = decode_embedding(R"({"model":"m","input":"a","encoding_format":"base64"})");
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(one->texts, std::vector<std::string>{"a"});
  EXPECT_TRUE(one->base64);
  auto again = decode_embedding(encode_embedding(*one, "m"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, *one);
  EXPECT_EQ(decode_embedding(R"({"input":[1,2,3]})").error().code, Code::kUnsupported);
  EXPECT_EQ(decode_embedding(R"({"input":[[1,2]]})").error().code, Code::kUnsupported);
  EXPECT_EQ(decode_embedding(R"({"input":[]})").error().code, Code::kInvalidArgument);
  EXPECT_EQ(decode_embedding(R"({"input":["a",null]})").error().message,
            "field 'input[1]': it must be a text");
  EXPECT_EQ(decode_embedding(R"({"input":"a","encoding_format":"hex"})").error().code,
            Code::kInvalidArgument);
}

}  // namespace
}  // namespace interposer::wire::openai
