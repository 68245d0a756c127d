#include "engine/engine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/llama/tiny_model.h"
#include "net/loop.h"
#include "net/nursery.h"

namespace interposer::engine {
namespace {

using backends::Answer;
using backends::Call;
using wire::Chat;
using wire::Request;

// Everything one answer brought, or why it did not.
struct Seen {
  std::vector<wire::Event> events;
  std::string text;
  std::vector<std::vector<float>> rows;
  std::optional<wire::Finished> finished;
  wire::Usage usage;
  std::optional<Error> error;

  template <class T>
  std::vector<T> all() const {
    std::vector<T> out;
    for (const auto& e : events) {
      if (auto* x = std::get_if<T>(&e)) out.push_back(*x);
    }
    return out;
  }
};

net::Task<void> pull(Engine* engine, wire::RequestRef request, backends::CallRef call, Seen* seen) {
  Result<std::unique_ptr<Answer>> answer = co_await engine->serve(request, call);
  if (!answer) {
    seen->error = answer.error();
    co_return;
  }
  while (true) {
    Result<std::optional<backends::Frames>> frames = co_await (*answer)->next();
    if (!frames) {
      seen->error = frames.error();
      break;
    }
    if (!*frames) break;
    for (auto& event : (*frames)->events) {
      if (auto* t = std::get_if<wire::TextDelta>(&event); t && t->choice == 0)
        seen->text += t->text;
      if (auto* f = std::get_if<wire::Finished>(&event)) seen->finished = *f;
      if (auto* r = std::get_if<wire::Embedding>(&event)) seen->rows.push_back(r->values);
      seen->events.push_back(std::move(event));
    }
  }
  seen->usage = (*answer)->usage();
}

net::Task<void> all(Engine* engine, std::vector<wire::RequestRef> requests, backends::CallRef call,
                    std::vector<Seen>* seen, net::Loop* loop) {
  net::Nursery nursery;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    nursery.spawn(pull(engine, requests[i], call, &(*seen)[i]));
  }
  co_await nursery.join();
  loop->stop();
}

std::vector<Seen> run(Engine* engine, std::vector<wire::RequestRef> requests,
                      backends::CallRef call = std::make_shared<Call>()) {
  auto loop = net::make_loop();
  std::vector<Seen> seen(requests.size());
  loop->post([&] { loop->nursery().spawn(all(engine, requests, call, &seen, loop.get())); });
  loop->run();
  return seen;
}

Seen run_one(Engine* engine, wire::RequestRef request) { return run(engine, {request}).front(); }

Chat chat(const std::string& question, std::int64_t tokens = 8) {
  Chat c;
  c.messages.push_back({.role = wire::Role::kUser, .content = {{.text = question}}});
  c.sampling.temperature = 0;
  c.sampling.max_tokens = tokens;
  return c;
}

EngineConfig tiny_config(bool tools = false) {
  EngineConfig config;
  config.threads = 1;
  config.models.push_back({.name = "tiny", .path = llama::tiny_model({.tools = tools})});
  config.models.push_back(
      {.name = "vectors", .path = llama::tiny_model({.pooling = 1}), .kind = ModelKind::kEmbed});
  config.models.push_back({.name = "gone", .path = "/nowhere/model.gguf"});
  return config;
}

TEST(Engine, AnswersAChatWithEventsInOrder) {
  Engine engine(tiny_config());
  Seen seen = run_one(&engine, Request::from_chat("tiny", chat("hello")));
  ASSERT_FALSE(seen.error.has_value()) << seen.error->to_string();
  ASSERT_GE(seen.events.size(), 3U);
  ASSERT_TRUE(std::holds_alternative<wire::Started>(seen.events.front()));
  EXPECT_EQ(std::get<wire::Started>(seen.events.front()).model, "tiny");
  EXPECT_TRUE(std::holds_alternative<wire::UsageReport>(seen.events.back()));
  ASSERT_TRUE(seen.finished.has_value());
  EXPECT_EQ(seen.usage.tokens.output <= 8, true);
  EXPECT_TRUE(seen.usage.final);
  EXPECT_GT(seen.usage.tokens.prompt(), 0);
}

TEST(Engine, ListsItsModelsAndWhatTheyCan) {
  Engine engine(tiny_config());
  auto models = engine.models();
  ASSERT_EQ(models.size(), 3U);
  EXPECT_EQ(models[0].kind, "chat");
  EXPECT_TRUE(models[0].self_test);
  EXPECT_FALSE(models[0].capable);
  EXPECT_EQ(models[0].context_tokens, 1024);
  EXPECT_FALSE(models[1].self_test) << "embedders are what they are";
  EXPECT_FALSE(models[2].parameters.has_value());
  EXPECT_TRUE(engine.capabilities("tiny").chat);
  EXPECT_FALSE(engine.capabilities("tiny").embed);
  EXPECT_TRUE(engine.capabilities("vectors").embed);
  EXPECT_FALSE(engine.capabilities("other").chat);
  EXPECT_NE(engine.status()[2].error.find("/nowhere/model.gguf"), std::string::npos);
}

TEST(Engine, ErrorsNameWhatIsWrong) {
  Engine engine(tiny_config());
  Seen seen = run_one(&engine, Request::from_chat("tinny", chat("x")));
  ASSERT_TRUE(seen.error.has_value());
  EXPECT_EQ(seen.error->kind, "unknown_model");
  EXPECT_NE(seen.error->remedy.find("tiny"), std::string::npos);

  EXPECT_EQ(run_one(&engine, Request::from_chat("gone", chat("x"))).error->kind, "model_missing");
  EXPECT_EQ(run_one(&engine, Request::from_chat("vectors", chat("x"))).error->kind,
            "wrong_model_kind");
  seen = run_one(&engine, Request::from_chat("tiny", chat(std::string(5000, 'x'))));
  ASSERT_TRUE(seen.error.has_value());
  EXPECT_EQ(seen.error->kind, "context_length_exceeded");
  EXPECT_NE(seen.error->message.find("1024"), std::string::npos);
}

TEST(Engine, RefusesSettingsOutOfRangeByName) {
  Engine engine(tiny_config());
  auto refused = [&](const std::function<void(Chat&)>& change) {
    Chat c = chat("x");
    change(c);
    Seen seen = run_one(&engine, Request::from_chat("tiny", c));
    return seen.error ? seen.error->message : std::string("accepted");
  };
  EXPECT_NE(refused([](Chat& c) { c.sampling.temperature = 3; }).find("'temperature'"),
            std::string::npos);
  EXPECT_NE(refused([](Chat& c) { c.sampling.top_p = -0.1; }).find("'top_p'"), std::string::npos);
  EXPECT_NE(refused([](Chat& c) { c.sampling.n = 100; }).find("'n'"), std::string::npos);
  EXPECT_NE(refused([](Chat& c) { c.sampling.stop = {""}; }).find("'stop'"), std::string::npos);
  EXPECT_NE(
      refused([](Chat& c) { c.sampling.logit_bias = {{"99999", 1}}; }).find("logit_bias.99999"),
      std::string::npos);
  EXPECT_NE(refused([](Chat& c) { c.sampling.top_logprobs = 5; }).find("logprobs"),
            std::string::npos);
  EXPECT_NE(refused([](Chat& c) {
              c.messages[0].content.push_back({.kind = wire::ContentPart::Kind::kImage});
            }).find("messages[0]"),
            std::string::npos);
}

TEST(Engine, SeveralChoicesShareThePrompt) {
  Engine engine(tiny_config());
  Chat c = chat(std::string(200, 'q'), 6);
  c.sampling.n = 3;
  c.sampling.temperature = 1.5;
  c.sampling.seed = 7;
  c.sampling.logit_bias = {{"2", -100}};
  Seen seen = run_one(&engine, Request::from_chat("tiny", c));
  ASSERT_FALSE(seen.error.has_value()) << seen.error->to_string();
  auto ends = seen.all<wire::Finished>();
  ASSERT_EQ(ends.size(), 3U);
  EXPECT_EQ(seen.usage.tokens.output, 18);
  std::vector<std::string> texts(3);
  for (auto& d : seen.all<wire::TextDelta>()) texts[static_cast<std::size_t>(d.choice)] += d.text;
  EXPECT_NE(texts[0], texts[1]);
}

TEST(Engine, ASchemaBindsTheAnswerAndABadOneIsTheCallersFault) {
  Engine engine(tiny_config());
  Chat c = chat("x", 80);
  c.response_format = wire::ResponseFormat{
      .kind = wire::ResponseFormat::Kind::kJsonSchema,
      .schema = R"({"type":"object","properties":{"a":{"enum":["x \"quoted\" {brace}","y"]}},
                    "required":["a"],"additionalProperties":false})"};
  Seen seen = run_one(&engine, Request::from_chat("tiny", c));
  ASSERT_FALSE(seen.error.has_value()) << seen.error->to_string();
  EXPECT_NE(seen.text.find("\"a\""), std::string::npos) << seen.text;
  for (const char* bad : {"not json", R"({"type":"no such type"})", R"({"$ref":"#/none"})"}) {
    c.response_format->schema = bad;
    seen = run_one(&engine, Request::from_chat("tiny", c));
    ASSERT_TRUE(seen.error.has_value()) << bad << " gave " << seen.text;
    EXPECT_EQ(seen.error->code, Code::kInvalidArgument) << seen.error->message;
  }
  c.response_format->schema = std::string(5000, '[') + std::string(5000, ']');
  EXPECT_EQ(run_one(&engine, Request::from_chat("tiny", c)).error->kind, "bad_schema");
}

wire::Tool weather() {
  return {.name = "get_weather",
          .description = "The \"weather\" {of} a city",
          .parameters = R"({"type":"object","properties":{"city":{"type":"string","maxLength":8}},
                            "required":["city"],"additionalProperties":false})"};
}

TEST(Engine, ToolsAreRefusedWhereTheTemplateHasNoPlaceForThem) {
  Engine engine(tiny_config(false));
  Chat c = chat("x");
  c.tools = {weather()};
  for (auto kind : {wire::ToolChoice::Kind::kRequired, wire::ToolChoice::Kind::kAuto}) {
    c.tool_choice = wire::ToolChoice{.kind = kind};
    Seen seen = run_one(&engine, Request::from_chat("tiny", c));
    ASSERT_TRUE(seen.error.has_value());
    EXPECT_EQ(seen.error->kind, "tools_unsupported");
  }
  c.tool_choice = wire::ToolChoice{.kind = wire::ToolChoice::Kind::kNone};
  EXPECT_FALSE(run_one(&engine, Request::from_chat("tiny", c)).error.has_value());
}

TEST(Engine, ARequiredToolIsCalledWithArgumentsOfItsSchema) {
  Engine engine(tiny_config(true));
  Chat c = chat("weather?", 300);
  c.tools = {weather()};
  c.tool_choice = wire::ToolChoice{.kind = wire::ToolChoice::Kind::kRequired};
  c.sampling.logit_bias = {{"2", 100}};  // ends as soon as the grammar lets it
  Seen seen = run_one(&engine, Request::from_chat("tiny", c));
  ASSERT_FALSE(seen.error.has_value()) << seen.error->to_string();
  auto calls = seen.all<wire::ToolCallDelta>();
  ASSERT_FALSE(calls.empty()) << seen.text;
  EXPECT_EQ(calls.front().name, "get_weather");
  EXPECT_FALSE(calls.front().id.empty());
  std::string arguments;
  for (const auto& d : calls) arguments += d.arguments;
  EXPECT_NE(arguments.find("\"city\""), std::string::npos) << arguments;
  ASSERT_TRUE(seen.finished.has_value());
  EXPECT_EQ(seen.finished->reason, wire::FinishReason::kToolCalls);
  c.tool_choice = wire::ToolChoice{.kind = wire::ToolChoice::Kind::kNamed, .name = "other"};
  EXPECT_EQ(run_one(&engine, Request::from_chat("tiny", c)).error->kind, "unknown_tool");
}

TEST(Engine, EmbeddingsAreTheSameAloneAndPacked) {
  Engine engine(tiny_config());
  std::vector<std::string> texts;
  for (int i = 1; i <= 40; ++i)
    texts.push_back(std::string(static_cast<std::size_t>(i * 3), static_cast<char>('a' + i % 26)) +
                    " end");
  Seen packed = run_one(&engine, Request::from_embed("vectors", {.texts = texts}));
  ASSERT_FALSE(packed.error.has_value()) << packed.error->to_string();
  ASSERT_EQ(packed.rows.size(), texts.size());
  EXPECT_GT(packed.usage.tokens.input, 0);
  for (std::size_t i = 0; i < texts.size(); i += 7) {
    Seen alone = run_one(&engine, Request::from_embed("vectors", {.texts = {texts[i]}}));
    ASSERT_EQ(alone.rows.size(), 1U);
    double dot = 0, norm = 0;
    for (std::size_t k = 0; k < alone.rows[0].size(); ++k) {
      dot += alone.rows[0][k] * packed.rows[i][k];
      norm += packed.rows[i][k] * packed.rows[i][k];
    }
    EXPECT_NEAR(norm, 1, 1e-5);
    EXPECT_GT(dot, 0.9999) << i;
  }
}

TEST(Engine, TextsTheEmbedderCannotHoldAreRefusedByNumber) {
  Engine engine(tiny_config());
  Seen seen =
      run_one(&engine, Request::from_embed("vectors", {.texts = {"a", std::string(4000, 'b')}}));
  ASSERT_TRUE(seen.error.has_value());
  EXPECT_EQ(seen.error->kind, "context_length_exceeded");
  EXPECT_NE(seen.error->message.find("input[1]"), std::string::npos);
  seen = run_one(&engine, Request::from_embed("vectors", {.texts = {"a", ""}}));
  EXPECT_EQ(seen.error->kind, "empty_input");
  seen = run_one(&engine, Request::from_embed("vectors", {.texts = {}}));
  EXPECT_EQ(seen.error->code, Code::kInvalidArgument);
}

TEST(Embedder, TakesLongAndEmptyTextsAndStops) {
  Engine engine(tiny_config());
  auto embedder = engine.embedder("vectors");
  ASSERT_TRUE(embedder.ok());
  auto rows = (*embedder)->embed({"a", std::string(5000, 'b') + "c", "", "d"}, {});
  ASSERT_TRUE(rows.ok()) << rows.error().to_string();
  ASSERT_EQ(rows->size(), 4U);
  auto norm = [](const std::vector<float>& v) {
    double s = 0;
    for (float x : v) s += x * x;
    return std::sqrt(s);
  };
  EXPECT_NEAR(norm((*rows)[1]), 1, 1e-5);
  EXPECT_EQ(norm((*rows)[2]), 0);
  EXPECT_EQ(static_cast<std::int64_t>((*rows)[2].size()), *(*embedder)->dimensions());
  EXPECT_FALSE((*embedder)->identity()->empty());
  std::stop_source stop;
  stop.request_stop();
  std::vector<std::string> many(500, std::string(300, 'x'));
  EXPECT_EQ((*embedder)->embed(many, stop.get_token()).error().code, Code::kCancelled);
  EXPECT_EQ(engine.embedder("tiny").error().kind, "wrong_model_kind");
}

net::Task<void> leave_early(Engine* engine, wire::RequestRef request, backends::CallRef call,
                            net::Loop* loop, int how, wire::Usage* usage) {
  Result<std::unique_ptr<Answer>> answer = co_await engine->serve(request, call);
  EXPECT_TRUE(answer.ok());
  Result<std::optional<backends::Frames>> frames = co_await (*answer)->next();
  EXPECT_TRUE(frames.ok());
  if (how == 0) {
    co_await (*answer)->stop();
    *usage = (*answer)->usage();
  }
  answer->reset();  // how 1: dropped while it runs
  loop->stop();
}

TEST(Engine, LeavingEarlyEndsTheGeneration) {
  Engine engine(tiny_config());
  for (int how : {0, 1}) {
    auto loop = net::make_loop();
    wire::Usage usage;
    Chat c = chat("x", 0);
    c.sampling.max_tokens.reset();
    c.sampling.logit_bias = {{"2", -100}};
    loop->post([&] {
      loop->nursery().spawn(leave_early(&engine, Request::from_chat("tiny", c),
                                        std::make_shared<Call>(), loop.get(), how, &usage));
    });
    loop->run();
    if (how == 0) {
      EXPECT_TRUE(usage.final);
      EXPECT_GT(usage.tokens.output, 0);
    }
  }
  Seen seen = run_one(&engine, Request::from_chat("tiny", chat("again")));
  EXPECT_FALSE(seen.error.has_value());
}

net::Task<void> stop_after_first(Engine* engine, wire::RequestRef request,
                                 std::shared_ptr<Call> call, std::stop_source* source,
                                 net::Loop* loop, std::optional<Error>* error) {
  Result<std::unique_ptr<Answer>> answer = co_await engine->serve(request, call);
  EXPECT_TRUE(answer.ok());
  Result<std::optional<backends::Frames>> frames = co_await (*answer)->next();
  source->request_stop();
  while (frames.ok() && *frames) {
    frames = co_await (*answer)->next();
  }
  if (!frames.ok()) *error = frames.error();
  loop->stop();
}

TEST(Engine, AStopTokenEndsItsAnswer) {
  Engine engine(tiny_config());
  std::stop_source stop;
  auto call = std::make_shared<Call>();
  call->stop = stop.get_token();
  Chat c = chat("x", 0);
  c.sampling.max_tokens.reset();
  c.sampling.logit_bias = {{"2", -100}};
  std::optional<Error> error;
  auto loop = net::make_loop();
  loop->post([&] {
    loop->nursery().spawn(
        stop_after_first(&engine, Request::from_chat("tiny", c), call, &stop, loop.get(), &error));
  });
  loop->run();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, Code::kCancelled);
  Seen seen = run(&engine, {Request::from_chat("tiny", chat("x"))}, call).front();
  ASSERT_TRUE(seen.error.has_value());
  EXPECT_EQ(seen.error->code, Code::kCancelled);
}

TEST(Engine, ContinuesAnAnswerThatAnotherBegan) {
  Engine engine(tiny_config());
  Seen whole = run_one(&engine, Request::from_chat("tiny", chat("x", 12)));
  auto rest = Request::from_chat("tiny", chat("x", 12))->with_resume({.text = "and so"});
  Seen seen = run_one(&engine, rest);
  ASSERT_FALSE(seen.error.has_value());
  EXPECT_GT(seen.usage.tokens.prompt(), whole.usage.tokens.prompt());
}

TEST(BuildInfo, NamesTheLibrary) {
  EXPECT_NE(build_info().library.find("llama.cpp"), std::string::npos);
  EXPECT_GE(build_info().processors, 1);
}

}  // namespace
}  // namespace interposer::engine
