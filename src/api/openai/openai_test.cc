// OpenAI's paths over the simulated network: real server, client, router and gateway; scripted
// targets.
#include "api/openai/openai.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "backends/scripted_backend.h"
#include "http/client.h"
#include "net/sim/sim_loop.h"

namespace interposer::api {
namespace {

using namespace std::chrono_literals;
using backends::Script;
using backends::ScriptStep;
namespace bj = boost::json;

std::optional<std::string> environment(const std::string& name) {
  return name == "KEY_A" ? std::optional<std::string>("secret-a") : std::nullopt;
}

struct Reply {
  int status = 0;
  std::string body;
  http::Headers headers;
  std::optional<Error> error;
};

struct Ask {
  std::string method = "POST", path = "/v1/chat/completions", body;
  std::vector<std::pair<std::string, std::string>> headers;
  Duration leave_after{};  // the client goes away then
};

// One server with one gateway, asked once after another.
struct Site {
  std::vector<routing::Route> routes;
  std::vector<gateway::KeyEntry> keys;
  std::map<std::string, std::shared_ptr<backends::ScriptedBackend>> models;
  std::vector<Ask> asks;
  std::vector<Reply> replies;

  void model(const std::string& name, Script script) {
    backends::Capabilities can;
    can.chat = can.complete = can.embed = true;
    models[name] =
        std::make_shared<backends::ScriptedBackend>(std::vector<backends::ModelInfo>{}, can);
    models[name]->play(std::move(script));
  }
};

net::Task<Reply> ask_once(http::Client* client, net::Endpoint at, Ask ask) {
  std::stop_source leave;
  net::Loop* loop = net::Loop::current();
  if (ask.leave_after > Duration{}) {
    loop->start_timer(loop->now() + ask.leave_after, [leave]() mutable { leave.request_stop(); });
  }
  http::ClientRequest request;
  request.method = ask.method;
  request.url.scheme = "http";
  request.url.host = at.host;
  request.url.port = at.port;
  request.url.path = ask.path;
  if (ask.method == "POST") request.headers.add("Content-Type", "application/json");
  for (auto& [name, value] : ask.headers) request.headers.set(name, value);
  request.body.push_back(ask.body);
  request.stop = leave.get_token();
  Reply reply;
  Result<std::unique_ptr<http::ClientResponse>> response =
      co_await client->send(std::move(request));
  if (!response) {
    reply.error = response.error();
    co_return reply;
  }
  reply.status = (*response)->head().status;
  reply.headers = (*response)->head().headers;
  Result<std::string> body = co_await (*response)->read_all(1 << 20);
  if (body)
    reply.body = std::move(*body);
  else
    reply.error = body.error();
  co_return reply;
}

net::Task<void> run_site(Site* site) {
  net::Loop* loop = net::Loop::current();
  gateway::GatewayConfig config;
  config.routes = site->routes;
  config.keys = site->keys;
  config.has_keys = !site->keys.empty();
  auto gateway = gateway::Gateway::create(std::move(config), environment, nullptr);
  EXPECT_TRUE(gateway.ok());
  for (auto& [name, backend] : site->models) (*gateway)->add_backend(name, backend);
  Router router;
  register_openai(router, **gateway);
  auto server = http::Server::create(
      loop, [&router](http::Exchange* exchange) { return router.handle(exchange); }, {});
  auto listener = loop->listen(*net::Endpoint::parse("127.0.0.1:0"), {});
  const net::Endpoint at = *net::Endpoint::parse((*listener)->address());
  server->serve(std::move(*listener));
  auto client = http::Client::create(loop, {});
  for (const Ask& ask : site->asks) {
    Reply reply = co_await ask_once(client.get(), at, ask);
    site->replies.push_back(std::move(reply));
  }
  co_await net::sleep_for(200ms);
  client->close_idle();
  co_await server->stop(loop->now() + 1s);
}

void run(Site& site) {
  const Status done = net::sim::run(5, run_site(&site));
  ASSERT_TRUE(done.ok()) << done.error().message;
  ASSERT_EQ(site.replies.size(), site.asks.size());
}

std::string chat(const std::string& model, bool stream) {
  return "{\"model\":\"" + model + "\",\"stream\":" + (stream ? "true" : "false") +
         R"(,"messages":[{"role":"user","content":"hi"}],"metadata":{"a":1}})";
}

Script raw_stream(std::vector<std::string> frames) {
  Script script;
  script.head.content_type = "text/event-stream";
  for (std::string& frame : frames) {
    ScriptStep step;
    step.raw = std::move(frame);
    script.steps.push_back(std::move(step));
  }
  return script;
}

TEST(OpenAiPaths, RawFramesPassUntouched) {
  Site site;
  const std::vector<std::string> frames = {"data: {\"x\" : 1,  \"choices\":[]}\n\n", ": c\n\n",
                                           "data: [DONE]\n\n"};
  site.model("m", raw_stream(frames));
  site.asks.push_back({.body = chat("m", true)});
  run(site);
  EXPECT_EQ(site.replies[0].status, 200);
  EXPECT_EQ(site.replies[0].body, frames[0] + frames[1] + frames[2]);
  EXPECT_EQ(site.replies[0].headers.get("content-type"), "text/event-stream");
  EXPECT_EQ(site.replies[0].headers.get("x-interposer-target"), "m");
}

TEST(OpenAiPaths, NativeAnswersAreWritten) {
  Site site;
  site.model("m", backends::script_of_text({"hel", "lo"}));
  site.asks.push_back({.body = chat("m", true)});
  site.asks.push_back({.body = chat("m", false)});
  site.asks.push_back({.path = "/v1/completions", .body = R"({"model":"m","prompt":"x"})"});
  run(site);
  EXPECT_NE(site.replies[0].body.find("\"content\":\"hel\""), std::string::npos);
  EXPECT_TRUE(site.replies[0].body.ends_with("data: [DONE]\n\n"));
  EXPECT_EQ(site.replies[0].body.find("\"usage\""), std::string::npos);  // not asked for
  EXPECT_EQ(site.replies[0].headers.get("x-interposer-loss"), "metadata: not known to this target");
  const bj::value whole = bj::parse(site.replies[1].body);
  EXPECT_EQ(whole.at("choices").at(0).at("message").at("content").as_string(), "hello");
  EXPECT_EQ(whole.at("usage").at("completion_tokens").as_int64(), 2);
  EXPECT_EQ(bj::parse(site.replies[2].body).at("object").as_string(), "text_completion");
}

TEST(OpenAiPaths, AFailureMidStreamIsOneFrameWithoutDone) {
  for (const bool raw : {true, false}) {
    Site site;
    Script script =
        raw ? raw_stream({"data: {\"choices\":[]}\n\n"}) : backends::script_of_text({"a", "b"});
    if (!raw) script.steps.pop_back();
    ScriptStep failure;
    failure.error = make_error(Code::kUnavailable, "lab: cut", "", "truncated");
    script.steps.push_back(failure);
    site.model("m", script);
    site.asks.push_back({.body = chat("m", true)});
    run(site);
    const std::string& body = site.replies[0].body;
    EXPECT_FALSE(site.replies[0].error.has_value());  // the HTTP message itself is whole
    EXPECT_EQ(body.find("[DONE]"), std::string::npos);
    const std::size_t at = body.rfind("data: ");
    const bj::value last = bj::parse(body.substr(at + 6));
    EXPECT_EQ(last.at("error").at("code").as_string(), "truncated");
    EXPECT_EQ(body.find("\"error\""), body.rfind("\"error\""));
  }
}

TEST(OpenAiPaths, FailuresBeforeAnythingWasSentHaveAStatus) {
  Site site;
  Script refused;
  refused.refuse = make_error(Code::kUnavailable, "nobody listens", "", "connect");
  site.model("down", refused);
  Script limited;
  limited.refuse = make_error(Code::kResourceExhausted, "slow down", "", "throttled");
  site.model("limited", limited);
  site.asks.push_back({.body = chat("down", true)});
  site.asks.push_back({.body = chat("limited", false)});
  site.asks.push_back({.body = chat("dwn", false)});
  site.asks.push_back({.body = "{\"model\":"});
  site.asks.push_back({.body = R"({"model":7})"});
  run(site);
  EXPECT_EQ(site.replies[0].status, 502);
  EXPECT_NE(site.replies[0].body.find("down: nobody listens"), std::string::npos);
  EXPECT_EQ(site.replies[1].status, 429);
  EXPECT_EQ(site.replies[1].headers.get("retry-after"), "5");
  EXPECT_EQ(site.replies[2].status, 404);
  EXPECT_EQ(bj::parse(site.replies[2].body).at("error").at("code").as_string(), "model_not_found");
  EXPECT_NE(site.replies[2].body.find("'down'"), std::string::npos);
  EXPECT_EQ(site.replies[3].status, 400);
  EXPECT_EQ(site.replies[4].status, 400);
  EXPECT_EQ(bj::parse(site.replies[4].body).at("error").at("param").as_string(), "model");
}

TEST(OpenAiPaths, KeysModelsAndTraces) {
  Site site;
  site.keys = {{"team-a", "KEY_A", {"m"}}};
  site.model("m", backends::script_of_text({"x"}));
  site.model("hidden/x", backends::script_of_text({"x"}));
  const std::pair<std::string, std::string> key{"Authorization", "Bearer secret-a"};
  site.asks.push_back({.method = "GET", .path = "/v1/models"});
  site.asks.push_back({.method = "GET", .path = "/v1/models", .headers = {key}});
  site.asks.push_back({.method = "GET", .path = "/v1/models/hidden/x", .headers = {key}});
  site.asks.push_back(
      {.body = chat("m", false),
       .headers = {key,
                   {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}});
  site.asks.push_back({.body = chat("hidden/x", false), .headers = {key}});
  run(site);
  EXPECT_EQ(site.replies[0].status, 401);
  EXPECT_EQ(site.replies[0].headers.get("www-authenticate"), "Bearer");
  const bj::value list = bj::parse(site.replies[1].body);
  ASSERT_EQ(list.at("data").as_array().size(), 1u);
  EXPECT_EQ(list.at("data").at(0).at("id").as_string(), "m");
  EXPECT_EQ(site.replies[2].status, 404);
  EXPECT_EQ(site.replies[3].headers.get("x-interposer-trace"), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(site.replies[4].status, 403);
}

TEST(OpenAiPaths, AClientThatGoesStopsTheAnswer) {
  Site site;
  Script script = backends::script_of_text({"a"});
  script.steps.pop_back();
  ScriptStep stall;
  stall.stall = true;
  script.steps.push_back(stall);
  site.model("m", script);
  site.asks.push_back({.body = chat("m", true), .leave_after = 100ms});
  run(site);
  EXPECT_TRUE(site.replies[0].error.has_value());
  EXPECT_EQ(site.models["m"]->stopped, 1);
}

TEST(OpenAiPaths, EmbeddingsFromEvents) {
  Site site;
  Script script;
  ScriptStep step;
  step.events = {wire::Embedding{0, {0.6F, 0.8F}}, wire::UsageReport{}};
  script.steps.push_back(step);
  site.model("e", script);
  site.asks.push_back({.path = "/v1/embeddings", .body = R"({"model":"e","input":"x"})"});
  run(site);
  const bj::value body = bj::parse(site.replies[0].body);
  EXPECT_EQ(body.at("data").at(0).at("embedding").as_array().size(), 2u);
  EXPECT_EQ(body.at("model").as_string(), "e");
}

}  // namespace
}  // namespace interposer::api
