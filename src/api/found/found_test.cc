#include "api/found/found.h"

#include <gtest/gtest.h>

#include "api/testing/world.h"
#include "net/loop.h"

namespace interposer::api {
namespace {

using testing::FakeExchange;
using testing::World;

Result<std::vector<runs::testing::Step>> nothing(const wire::Request&) {
  return std::vector<runs::testing::Step>();
}

// A model server on loopback, as Ollama or llama-server is one.
struct ModelServer {
  std::string body = R"({"data":[{"id":"nomic-embed-text"},{"id":"qwen3:8b"}]})";
  int status = 200;
  bool hang = false;
  std::vector<std::string> seen;  // "METHOD target authorization"
  std::unique_ptr<http::Server> server;
  std::uint16_t port = 0;
};

net::Task<void> answer(ModelServer* self, http::Exchange* exchange) {
  const http::RequestHead& head = exchange->head();
  self->seen.push_back(head.method + " " + head.target + " " +
                       std::string(head.headers.get("authorization").value_or("-")));
  while (self->hang && !exchange->gone().stop_requested())
    co_await net::sleep_for(std::chrono::milliseconds(5));
  http::ResponseHead response;
  response.status = self->status;
  (void)co_await exchange->respond(std::move(response), self->body);
}

void start(ModelServer* self) {
  net::Loop* loop = net::Loop::current();
  auto listener = loop->listen(*net::Endpoint::parse("127.0.0.1:0"), {});
  ASSERT_TRUE(listener);
  self->port = net::Endpoint::parse((*listener)->address())->port;
  self->server = http::Server::create(
      loop, [self](http::Exchange* exchange) { return answer(self, exchange); }, {});
  self->server->serve(std::move(*listener));
}

Offer at(const ModelServer& server, std::string provider) {
  Offer offer;
  offer.server = true;
  offer.provider = std::move(provider);
  offer.name = "Model server";
  offer.base_url = "http://127.0.0.1:" + std::to_string(server.port) + "/v1";
  return offer;
}

net::Task<void> look(ModelServer* one, ModelServer* two, bool second_is_ours,
                     std::vector<Offer>* out) {
  start(one);
  start(two);
  FoundOptions options;
  options.servers = {at(*one, "ollama"), at(*two, "vllm")};
  if (second_is_ours) options.own_ports = {two->port};
  options.environment = [](const char*) -> const char* { return nullptr; };
  Found found(options);
  *out = co_await found.look();
  const std::vector<Offer> again = co_await found.look();
  EXPECT_EQ(again.size(), out->size());
  co_await one->server->stop(net::Loop::current()->now());
  co_await two->server->stop(net::Loop::current()->now());
}

std::vector<Offer> offers_of(ModelServer* one, ModelServer* two, bool second_is_ours = false) {
  const auto loop = net::make_loop();
  std::vector<Offer> out;
  runs::testing::run_on(loop.get(), [&] { return look(one, two, second_is_ours, &out); });
  one->server.reset();
  two->server.reset();
  return out;
}

TEST(Found, OffersWhatAnswersAndAsksOnlyOnceWithGets) {
  ModelServer one, two;
  two.body = "<html>not a model server</html>";
  const auto offers = offers_of(&one, &two);
  ASSERT_EQ(offers.size(), 1u);
  EXPECT_EQ(offers[0].provider, "ollama");
  EXPECT_EQ(offers[0].models, (std::vector<std::string>{"nomic-embed-text", "qwen3:8b"}));
  EXPECT_EQ(one.seen, std::vector<std::string>{"GET /v1/models -"});
}

TEST(Found, NeitherOffersNorWaitsForOneThatHangs) {
  ModelServer one, hanging;
  hanging.hang = true;
  const auto offers = offers_of(&one, &hanging);
  ASSERT_EQ(offers.size(), 1u);
  EXPECT_EQ(offers[0].provider, "ollama");
}

TEST(Found, DoesNotOfferThisServerToItself) {
  ModelServer one, ourselves;
  const auto offers = offers_of(&one, &ourselves, true);
  ASSERT_EQ(offers.size(), 1u);
  EXPECT_TRUE(ourselves.seen.empty());
}

TEST(Found, ReadsModelListsAndChoosesAChatModel) {
  EXPECT_TRUE(parse_model_list("[]").empty());
  EXPECT_TRUE(parse_model_list(R"({"data":[{"name":"x"},7]})").empty());
  EXPECT_EQ(first_chat_model({"text-embedding-3", "whisper-1", "gpt-oss"}), "gpt-oss");
  EXPECT_EQ(first_chat_model({"text-embedding-3"}), std::nullopt);
}

TEST(Found, UsingAKeyNamesTheProviderAndUnknownOnesAreRefused) {
  World world(nothing);
  world.environment["GROQ_API_KEY"] = "gsk-secret";
  FakeExchange use("POST", "/api/v1/found/groq/use");
  use.json(R"({"model":"llama-3.3-70b-versatile"})");
  world.send(&use);
  EXPECT_EQ(use.out, R"({"model":"groq/llama-3.3-70b-versatile"})");
  ASSERT_EQ(world.chosen_providers.size(), 1u);
  EXPECT_TRUE(world.chosen_providers[0].starts_with("groq https://"));
  EXPECT_TRUE(world.chosen_providers[0].ends_with(" GROQ_API_KEY"));
  FakeExchange unknown("POST", "/api/v1/found/nobody/use");
  unknown.json("{}");
  world.send(&unknown);
  EXPECT_EQ(unknown.answer.status, 404);
  EXPECT_NE(unknown.out.find("unknown_provider"), std::string::npos);
}

}  // namespace
}  // namespace interposer::api
