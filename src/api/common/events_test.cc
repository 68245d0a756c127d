// Event streams over a real server and client in a simulated world.
#include "api/common/events.h"

#include <gtest/gtest.h>

#include "http/client.h"
#include "net/nursery.h"
#include "net/sim/sim_loop.h"

namespace interposer::api {
namespace {

using std::chrono::seconds;

struct Stage {
  std::shared_ptr<runs::EventLog> log = std::make_shared<runs::EventLog>(1 << 20);
  std::unique_ptr<http::Server> server;
  int ended = 0;  // handlers that came to their end
};

net::Task<void> answer(Stage* stage, http::Exchange* exchange) {
  co_await stream_events(exchange, runs::Subscription(stage->log, 0));
  stage->ended += 1;
}

void start(Stage* stage) {
  net::Loop* loop = net::Loop::current();
  auto listener = loop->listen(*net::Endpoint::parse("127.0.0.1:8080"), {});
  ASSERT_TRUE(listener);
  stage->server = http::Server::create(
      loop, [stage](http::Exchange* exchange) { return answer(stage, exchange); }, {});
  stage->server->serve(std::move(*listener));
}

net::Task<void> write_slowly(Stage* stage) {
  stage->log->append(R"({"type":"delta","text":"a"})");
  co_await net::sleep_for(seconds(40));
  stage->log->append(R"({"type":"delta","text":"b"})");
  co_await net::sleep_for(seconds(1));
  stage->log->close(R"({"type":"done"})");
}

http::ClientRequest get() {
  http::ClientRequest request;
  request.method = "GET";
  request.url = *http::Url::parse("http://127.0.0.1:8080/events");
  return request;
}

net::Task<void> read_all(Stage* stage, std::string* out) {
  start(stage);
  net::Nursery writer;
  writer.spawn(write_slowly(stage));
  const auto client = http::Client::create(net::Loop::current(), {});
  auto response = co_await client->send(get());
  if (response) {
    const auto body = co_await (*response)->read_all(1 << 20);
    if (body) *out = *body;
  }
  co_await writer.join();
  client->close_idle();
  co_await stage->server->stop(net::Loop::current()->now() + seconds(1));
}

TEST(Events, ASilentStreamIsKeptAliveAndEndsWithItsLastEvent) {
  Stage stage;
  std::string got;
  ASSERT_TRUE(net::sim::run(1, read_all(&stage, &got)));
  EXPECT_EQ(got,
            "id: 1\ndata: {\"n\":1,\"type\":\"delta\",\"text\":\"a\"}\n\n"
            ": keep-alive\n\n: keep-alive\n\n"
            "id: 2\ndata: {\"n\":2,\"type\":\"delta\",\"text\":\"b\"}\n\n"
            "id: 3\ndata: {\"n\":3,\"type\":\"done\"}\n\n");
  EXPECT_EQ(stage.ended, 1);
  stage.server.reset();
}

net::Task<void> leave_early(Stage* stage, int* ended_while_open) {
  start(stage);
  stage->log->append(R"({"type":"delta","text":"a"})");
  const auto client = http::Client::create(net::Loop::current(), {});
  auto response = co_await client->send(get());
  if (response) {
    const auto first = co_await (*response)->read();
    EXPECT_TRUE(first);
    (*response)->stop();
  }
  co_await net::sleep_for(seconds(2));
  *ended_while_open = stage->ended;
  stage->log->close(R"({"type":"done"})");
  client->close_idle();
  co_await stage->server->stop(net::Loop::current()->now() + seconds(1));
}

TEST(Events, AReaderThatLeavesLeavesNothingWaiting) {
  Stage stage;
  int ended = 0;
  ASSERT_TRUE(net::sim::run(2, leave_early(&stage, &ended)));
  EXPECT_EQ(ended, 1);
  stage.server.reset();
}

}  // namespace
}  // namespace interposer::api
