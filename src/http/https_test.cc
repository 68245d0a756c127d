// https in the simulated world: straight, and through a CONNECT proxy.
#include <gtest/gtest.h>

#include "base/temp_dir.h"
#include "http/sim_support.h"
#include "net/sim/sim_certificate.h"

namespace interposer::http {
namespace {

using namespace testing;  // NOLINT: this library's test helpers
using std::chrono::seconds;

net::Task<void> greet(Exchange* x) {
  Result<std::string> body = co_await x->read_body(1 << 20);
  if (!body) co_return;
  (void)co_await x->respond({}, "hello " + *body);
}

net::Task<void> pump(net::Stream* from, net::Stream* to) {
  std::string buffer(2048, '\0');
  for (;;) {
    const Result<std::size_t> got = co_await from->read_some(buffer, in(seconds(60)));
    if (!got || *got == 0) break;
    const std::string_view piece(buffer.data(), *got);
    const Status sent = co_await to->write({&piece, 1}, in(seconds(60)));
    if (!sent) break;
  }
  to->shutdown_write();
}

// Takes one CONNECT, says `answer`, and tunnels when that was a 200.
struct Tunnel {
  std::unique_ptr<net::Listener> listener;
  net::sim::SimLoop* loop = nullptr;
  std::string answer = "HTTP/1.1 200 Connection established\r\n\r\n";
  std::string asked;

  static net::Task<void> run(Tunnel* self) {
    auto client = co_await self->listener->accept();
    if (!client) co_return;
    std::string byte(1, '\0');
    while (!self->asked.ends_with("\r\n\r\n")) {
      const auto got = co_await (*client)->read_some(byte, in(seconds(60)));
      if (!got || *got == 0) co_return;
      self->asked += byte;
    }
    (void)co_await send_text(client->get(), self->answer);
    if (self->answer.find(" 200 ") == std::string::npos) co_return;
    auto server = co_await self->loop->connect(net::Endpoint{"server", 443, false}, in(seconds(5)));
    if (!server) co_return;
    net::Nursery both;
    both.spawn(pump(client->get(), server->get()));
    both.spawn(pump(server->get(), client->get()));
    co_await both.join();
  }
};

struct Https {
  net::sim::World* world = nullptr;
  std::string proxy;
  std::string proxy_answer;
  std::vector<std::string> out;
};

net::Task<std::string> get(Client* client) {
  ClientRequest request;
  request.url = *Url::parse("https://server/x");
  request.body = {"world"};
  auto response = co_await client->send(std::move(request));
  if (!response) co_return response.error().kind + ": " + response.error().message;
  Result<std::string> text = co_await (*response)->read_all(1 << 20);
  co_return text ? *text : text.error().to_string();
}

net::Task<void> scenario(Https* h) {
  const TempDir folder;
  const auto files = net::sim::make_certificates(folder.path(), {"server"});
  if (!files) co_return;
  net::sim::SimLoop* const host = h->world->host("server");
  ServerOptions options;
  options.tls = *net::TlsContext::server(files->certificate, files->key);
  const auto server = Server::create(host, greet, options);
  server->serve(*host->listen(net::Endpoint{"0.0.0.0", 443, false}, {}));

  Tunnel tunnel;
  tunnel.loop = h->world->host("proxy");
  tunnel.listener = *tunnel.loop->listen(net::Endpoint{"0.0.0.0", 3128, false}, {});
  if (!h->proxy_answer.empty()) tunnel.answer = h->proxy_answer;
  net::Nursery tunnels;
  tunnels.spawn(Tunnel::run(&tunnel));

  ClientOptions client_options;
  client_options.tls = *net::TlsContext::client({files->authority});
  client_options.proxy = h->proxy;
  auto client = Client::create(net::Loop::current(), client_options);
  for (int i = 0; i < 2; ++i) {
    std::string answer = co_await get(client.get());
    h->out.push_back(std::move(answer));
  }
  h->out.push_back(tunnel.asked.substr(0, tunnel.asked.find("\r\n")));
  client->close_idle();
  tunnel.listener->close();
  co_await tunnels.join();
  co_await server->stop(in(seconds(5)));
  co_await h->world->host("server")->nursery().join();
}

std::vector<std::string> run_https(const std::string& proxy, const std::string& answer,
                                   std::uint64_t seed) {
  Https h;
  h.proxy = proxy;
  h.proxy_answer = answer;
  net::sim::Network network;
  if (seed % 2 == 0) network.segment = 50;
  const Status done = net::sim::run(
      seed,
      [&](net::sim::World* world) {
        h.world = world;
        return scenario(&h);
      },
      network);
  EXPECT_TRUE(done.ok()) << done.error().to_string();
  return h.out;
}

using Lines = std::vector<std::string>;

TEST(Https, StraightAndThroughAProxy) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    EXPECT_EQ(run_https("", "", seed), (Lines{"hello world", "hello world", ""}));
    EXPECT_EQ(run_https("http://proxy:3128", "", seed),
              (Lines{"hello world", "hello world", "CONNECT server:443 HTTP/1.1"}));
  }
}

TEST(Https, AProxyThatRefuses) {
  const Lines out =
      run_https("http://me:secret@proxy:3128", "HTTP/1.1 407 Authenticate\r\n\r\n", 1);
  ASSERT_EQ(out.size(), 3u);
  EXPECT_TRUE(out[0].starts_with("connect: ")) << out[0];
  EXPECT_NE(out[0].find("status 407"), std::string::npos) << out[0];
  EXPECT_EQ(out[0].find("secret"), std::string::npos);
}

}  // namespace
}  // namespace interposer::http
