// The server and the client over real sockets of the loopback interface.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/temp_dir.h"
#include "http/client.h"
#include "http/server.h"
#include "net/loop.h"

namespace interposer::http {
namespace {

net::Task<void> echo(Exchange* x) {
  Result<std::string> body = co_await x->read_body(1 << 20);
  ResponseHead head;
  if (!body) {
    head.status = 413;
    (void)co_await x->respond(std::move(head), body.error().message);
    co_return;
  }
  head.headers.add("Content-Type", "text/plain");
  if (x->head().path() == "/stream") {
    (void)co_await x->start(std::move(head));
    for (int i = 0; i < 3; ++i) (void)co_await x->write("piece " + std::to_string(i) + "\n");
    (void)co_await x->finish();
    co_return;
  }
  std::string out = x->head().method + " " + x->head().target + " " + *body;
  (void)co_await x->respond(std::move(head), std::move(out));
}

struct World {
  std::unique_ptr<net::Loop> loop = net::make_loop();
  std::unique_ptr<Server> server;
  std::unique_ptr<Client> client;
  Url url;

  Result<void> start(const std::string& at) {
    server = Server::create(loop.get(), echo, {});
    client = Client::create(loop.get(), {});
    IP_TRY(const net::Endpoint endpoint, net::Endpoint::parse(at));
    IP_TRY(std::unique_ptr<net::Listener> listener, loop->listen(endpoint, {}));
    IP_TRY(const net::Endpoint bound, net::Endpoint::parse(listener->address()));
    url.scheme = bound.unix_socket ? "unix" : "http";
    url.host = bound.host;
    url.port = bound.port;
    server->serve(std::move(listener));
    return {};
  }

  net::Task<std::string> ask(std::string method, std::string path, std::string body) {
    ClientRequest request;
    request.method = std::move(method);
    request.url = url;
    request.url.path = std::move(path);
    request.body.push_back(body);
    Result<std::unique_ptr<ClientResponse>> response = co_await client->send(std::move(request));
    if (!response) co_return response.error().to_string();
    Result<std::string> text = co_await (*response)->read_all(10 << 20);
    if (!text) co_return text.error().to_string();
    co_return std::to_string((*response)->head().status) + " " + *text;
  }
};

net::Task<void> talk(World* world, std::vector<std::string>* out) {
  for (int i = 0; i < 3; ++i) {
    std::string one = co_await world->ask("POST", "/x?y=" + std::to_string(i), "body");
    out->push_back(std::move(one));
  }
  std::string streamed = co_await world->ask("GET", "/stream", "");
  out->push_back(std::move(streamed));
  std::string big = co_await world->ask("POST", "/big", std::string(900'000, 'b'));
  out->push_back(std::move(big));
  co_await world->server->stop(kNever);
  world->client->close_idle();
  world->loop->stop();
}

void check(World& world) {
  std::vector<std::string> out;
  world.loop->post([&] { world.loop->nursery().spawn(talk(&world, &out)); });
  world.loop->run();
  ASSERT_EQ(out.size(), 5u);
  EXPECT_EQ(out[0], "200 POST /x?y=0 body");
  EXPECT_EQ(out[2], "200 POST /x?y=2 body");
  EXPECT_EQ(out[3], "200 piece 0\npiece 1\npiece 2\n");
  EXPECT_EQ(out[4], "200 POST /big " + std::string(900'000, 'b'));
}

TEST(Loopback, RequestsOverTcp) {
  World world;
  ASSERT_TRUE(world.start("127.0.0.1:0").ok());
  check(world);
}

TEST(Loopback, RequestsOverAUnixSocket) {
  World world;
  const TempDir folder;
  const std::string path = folder.file("http.sock");
  ASSERT_TRUE(world.start("unix:" + path).ok());
  check(world);
}

}  // namespace
}  // namespace interposer::http
