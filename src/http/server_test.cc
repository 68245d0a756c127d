// The server in the simulated world: one test for each way a client can be difficult.
#include "http/server.h"

#include <gtest/gtest.h>

#include "http/sim_support.h"

namespace interposer::http {
namespace {

using namespace testing;  // NOLINT: this library's test helpers
using std::chrono::milliseconds;
using std::chrono::seconds;

// What the handlers below saw.
struct Seen {
  int requests = 0;
  bool gone = false;
  bool write_failed = false;
  std::string body_error;
};
Seen* g_seen = nullptr;

net::Task<void> hold(Exchange* x) {
  const std::stop_token gone = x->gone();
  for (int i = 0; i < 200 && !gone.stop_requested(); ++i) {
    co_await net::sleep_for(milliseconds(100));
  }
  g_seen->gone = gone.stop_requested();
  (void)co_await x->respond({}, "late");
}

net::Task<void> stream_slowly(Exchange* x) {
  const Status started = co_await x->start({});
  g_seen->write_failed = !started;
  for (int i = 0; i < 5; ++i) {
    co_await net::sleep_for(milliseconds(200));
    const Status sent = co_await x->write(std::to_string(i) + ";");
    g_seen->write_failed = g_seen->write_failed || !sent;
  }
  (void)co_await x->finish();
}

net::Task<void> flood(Exchange* x) {
  (void)co_await x->start({});
  const std::string block(64 * 1024, 'f');
  for (int i = 0; i < 1000; ++i) {
    const Status sent = co_await x->write(block);
    if (!sent) {
      g_seen->write_failed = true;
      co_return;
    }
  }
  (void)co_await x->finish();
}

net::Task<void> read_pieces(Exchange* x) {
  std::size_t total = 0;
  for (;;) {
    const Result<std::string> piece = co_await x->read_some();
    if (!piece) {
      g_seen->body_error = piece.error().kind;
      co_return;
    }
    if (piece->empty()) break;
    total += piece->size();
  }
  (void)co_await x->respond({}, std::to_string(total));
}

net::Task<void> handle(Exchange* x) {
  g_seen->requests += 1;
  const std::string path(x->head().path());
  if (path == "/silent") co_return;
  if (path == "/unread") {
    (void)co_await x->respond({}, "unread");
    co_return;
  }
  if (path == "/unfinished") {
    (void)co_await x->start({});
    (void)co_await x->write("half");
    co_return;
  }
  if (path == "/big") {
    (void)co_await x->respond({}, std::string(2 << 20, 'b'));
    co_return;
  }
  if (path == "/hold") co_return co_await hold(x);
  if (path == "/slow") co_return co_await stream_slowly(x);
  if (path == "/flood") co_return co_await flood(x);
  if (path == "/pieces") co_return co_await read_pieces(x);
  Result<std::string> body = co_await x->read_body(1000);
  ResponseHead head;
  if (!body) {
    g_seen->body_error = body.error().kind;
    head.status = 413;
    body = std::string("no");
  }
  head.headers.add("Connection", "close");  // the server's business: dropped
  head.headers.add("Content-Length", "7");
  (void)co_await x->respond(std::move(head), x->head().method + path + *body);
}

using Client2 = net::Task<void> (*)(Server*, std::vector<std::string>*);

net::Task<void> serve_and(Client2 client, ServerOptions options, std::vector<std::string>* out) {
  const auto server = Server::create(net::Loop::current(), handle, options);
  auto listener = net::Loop::current()->listen(net::Endpoint{"127.0.0.1", 80, false}, {});
  if (!listener) co_return;
  server->serve(*std::move(listener));
  co_await client(server.get(), out);
  co_await server->stop(in(seconds(5)));
  out->push_back("connections " + std::to_string(server->connections()));
}

std::vector<std::string> run_with(Client2 client, Seen* seen, std::uint64_t seed = 1,
                                  net::sim::Network network = {}, ServerOptions options = {}) {
  g_seen = seen;
  std::vector<std::string> out;
  const Status done = net::sim::run(seed, serve_and(client, options, &out), network);
  EXPECT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_FALSE(out.empty());
  if (!out.empty()) {
    EXPECT_EQ(out.back(), "connections 0");
    out.pop_back();
  }
  return out;
}

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

const std::string kOk = "HTTP/1.1 200 OK\r\n";

// Runs one raw conversation under several networks; the answer must be the same in all.
std::string raw(const std::string& bytes, Seen* seen, ServerOptions options = {},
                bool half_close = true) {
  static std::string g_bytes;
  static bool g_half_close;
  static std::string g_answer;
  g_bytes = bytes;
  g_half_close = half_close;
  struct Local {
    static net::Task<void> go(Server*, std::vector<std::string>* out) {
      std::string answer = co_await talk_raw(g_bytes, g_half_close);
      out->push_back(without_date(answer));
    }
  };
  std::string first;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    net::sim::Network network;
    if (seed % 2 == 0) network.segment = 1;
    if (seed % 3 == 0) network.read_most = 5;
    *seen = {};
    const std::vector<std::string> out = run_with(Local::go, seen, seed, network, options);
    if (seed == 1) first = out.at(0);
    EXPECT_EQ(out.at(0), first) << "seed " << seed;
  }
  return first;
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  Seen seen;
  const std::string post = "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";
  const std::string chunked =
      "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nch\r\n3\r\nunk\r\n"
      "0\r\n\r\n";
  EXPECT_EQ(raw(get("/a") + post + chunked + get("/d"), &seen),
            kOk + "Content-Length: 5\r\n\r\nGET/a" + kOk + "Content-Length: 10\r\n\r\nPOST/bbody" +
                kOk + "Content-Length: 11\r\n\r\nPOST/cchunk" + kOk +
                "Content-Length: 5\r\n\r\nGET/d");
  EXPECT_EQ(seen.requests, 4);
}

TEST(Server, StreamsInChunksAndByCloseForHttp10) {
  Seen seen;
  EXPECT_EQ(raw(get("/slow"), &seen),
            kOk +
                "Transfer-Encoding: chunked\r\n\r\n2\r\n0;\r\n2\r\n1;\r\n2\r\n2;\r\n2\r\n3;\r\n"
                "2\r\n4;\r\n0\r\n\r\n");
  EXPECT_EQ(raw("GET /slow HTTP/1.0\r\n\r\n", &seen), kOk + "Connection: close\r\n\r\n0;1;2;3;4;");
  EXPECT_EQ(raw("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", &seen),
            kOk + "Connection: keep-alive\r\nContent-Length: 5\r\n\r\nGET/x");
}

TEST(Server, HeadHasNoBody) {
  Seen seen;
  EXPECT_EQ(raw("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", &seen), kOk + "Content-Length: 6\r\n\r\n");
  EXPECT_EQ(raw("HEAD /slow HTTP/1.1\r\nHost: a\r\n\r\n", &seen),
            kOk + "Transfer-Encoding: chunked\r\n\r\n");
}

net::Task<void> wait_for_continue(Server*, std::vector<std::string>* out) {
  const net::Endpoint at{"127.0.0.1", 80, false};
  auto stream = co_await net::Loop::current()->connect(at, in(seconds(5)));
  (void)co_await send_text(stream->get(),
                           "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                           "Content-Length: 2\r\n\r\n");
  std::string interim(25, '\0');
  std::size_t filled = 0;
  while (filled < interim.size()) {
    const std::span<char> room(interim.data() + filled, interim.size() - filled);
    const auto got = co_await (*stream)->read_some(room, in(seconds(5)));
    if (!got || *got == 0) break;
    filled += *got;
  }
  out->push_back(interim);
  (void)co_await send_text(stream->get(), "hi");
  (*stream)->shutdown_write();
  std::string answer = co_await read_to_end(stream->get());
  out->push_back(without_date(answer));
}

TEST(Server, ExpectContinue) {
  Seen seen;
  EXPECT_EQ(run_with(wait_for_continue, &seen),
            (std::vector<std::string>{"HTTP/1.1 100 Continue\r\n\r\n",
                                      kOk + "Content-Length: 8\r\n\r\nPOST/xhi"}));
}

TEST(Server, ExpectContinueThatTheHandlerDoesNotWant) {
  Seen seen;
  EXPECT_EQ(raw("POST /unread HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                "Content-Length: 2\r\n\r\n",
                &seen, {}, false),
            kOk + "Connection: close\r\nContent-Length: 6\r\n\r\nunread");
}

TEST(Server, RefusesWhatIsNotHttpAndCloses) {
  Seen seen;
  const std::string answer =
      raw("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + get("/never"), &seen, {}, false);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 Bad Request\r\n")) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  EXPECT_NE(answer.find("more than one Host"), std::string::npos);
  EXPECT_EQ(seen.requests, 0);
  EXPECT_TRUE(raw("\x16\x03\x01\x02\n\r\n\r\n", &seen, {}, false).starts_with("HTTP/1.1 400"));
}

TEST(Server, ABrokenChunkIsTheHandlersError) {
  Seen seen;
  raw("POST /pieces HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", &seen);
  EXPECT_EQ(seen.body_error, "http_400");
  raw("POST /pieces HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nshort", &seen);
  EXPECT_EQ(seen.body_error, "truncated");
}

TEST(Server, BodiesOverTheLimit) {
  Seen seen;
  const std::string big(5000, 'b');
  const std::string declared =
      raw("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + big + get("/y"), &seen);
  EXPECT_TRUE(declared.starts_with("HTTP/1.1 413 Content Too Large")) << declared;
  EXPECT_TRUE(declared.ends_with("GET/y")) << declared;  // drained: the connection stays good
  EXPECT_EQ(raw("POST /pieces HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + big, &seen),
            kOk + "Content-Length: 4\r\n\r\n5000");
}

TEST(Server, AnUnreadHugeBodyClosesAfterTheAnswer) {
  Seen seen;
  const std::string answer =
      raw("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n" +
              std::string(1000, 'x'),
          &seen, {}, false);
  EXPECT_EQ(answer, kOk + "Content-Length: 6\r\n\r\nunread");
}

TEST(Server, AHandlerThatForgetsToAnswer) {
  Seen seen;
  EXPECT_TRUE(raw(get("/silent"), &seen).starts_with("HTTP/1.1 500 Internal Server Error"));
  // What was not finished must not look whole.
  EXPECT_EQ(raw(get("/unfinished"), &seen),
            kOk + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
}

net::Task<void> send_slowly(Server*, std::vector<std::string>* out) {
  const net::Endpoint at{"127.0.0.1", 80, false};
  auto stream = co_await net::Loop::current()->connect(at, in(seconds(5)));
  const TimePoint begin = net::Loop::current()->now();
  for (const char c : std::string("GET / HTTP/1.1\r\nHost: a\r\nX-Long: aaaaaaaaaaaaaaaaaaaa")) {
    co_await net::sleep_for(seconds(1));
    const Status sent = co_await send_text(stream->get(), std::string(1, c));
    if (!sent) break;
  }
  std::string answer = co_await read_to_end(stream->get());
  out->push_back(answer.substr(0, 12));
  const auto took = std::chrono::duration_cast<seconds>(net::Loop::current()->now() - begin);
  out->push_back(took < seconds(60) ? "in time" : "too late");
}

TEST(Server, ASlowHeadMeetsItsDeadline) {
  Seen seen;
  const auto out = run_with(send_slowly, &seen);
  EXPECT_TRUE(out.at(0) == "HTTP/1.1 408" || out.at(0).starts_with("<")) << out.at(0);
  EXPECT_EQ(out.at(1), "in time");
}

net::Task<void> stay_idle(Server* server, std::vector<std::string>* out) {
  const net::Endpoint at{"127.0.0.1", 80, false};
  auto stream = co_await net::Loop::current()->connect(at, in(seconds(5)));
  co_await net::sleep_for(seconds(1));
  out->push_back(std::to_string(server->connections()));
  std::string answer = co_await read_to_end(stream->get());
  out->push_back("closed:" + answer);
}

TEST(Server, IdleConnectionsAreClosed) {
  Seen seen;
  EXPECT_EQ(run_with(stay_idle, &seen), (std::vector<std::string>{"1", "closed:"}));
}

net::Task<void> leave_early(Server*, std::vector<std::string>*) {
  const net::Endpoint at{"127.0.0.1", 80, false};
  auto stream = co_await net::Loop::current()->connect(at, in(seconds(5)));
  (void)co_await send_text(stream->get(), get("/hold"));
  co_await net::sleep_for(seconds(1));
  (*stream)->close();
  co_await net::sleep_for(seconds(2));
}

TEST(Server, NoticesAClientThatLeavesWhileItWorks) {
  for (std::uint64_t seed = 1; seed < 10; ++seed) {
    Seen seen;
    run_with(leave_early, &seen, seed);
    EXPECT_TRUE(seen.gone);
  }
}

net::Task<void> pipeline_while_held(Server*, std::vector<std::string>* out) {
  const net::Endpoint at{"127.0.0.1", 80, false};
  auto stream = co_await net::Loop::current()->connect(at, in(seconds(5)));
  (void)co_await send_text(stream->get(), get("/hold"));
  co_await net::sleep_for(seconds(1));
  (void)co_await send_text(stream->get(), get("/next"));
  std::string answer = co_await read_to_end(stream->get());
  out->push_back(without_date(answer));
}

TEST(Server, ARequestThatComesWhileOneIsHeldIsNoLeaving) {
  Seen seen;
  EXPECT_EQ(run_with(pipeline_while_held, &seen).at(0),
            kOk + "Content-Length: 4\r\n\r\nlate" + kOk + "Content-Length: 8\r\n\r\nGET/next");
  EXPECT_FALSE(seen.gone);
}

net::Task<void> never_read(Server*, std::vector<std::string>*) {
  const net::Endpoint at{"127.0.0.1", 80, false};
  auto stream = co_await net::Loop::current()->connect(at, in(seconds(5)));
  (void)co_await send_text(stream->get(), get("/flood"));
  co_await net::sleep_for(seconds(90));
}

TEST(Server, AClientThatReadsNothingIsGivenUp) {
  Seen seen;
  run_with(never_read, &seen);
  EXPECT_TRUE(seen.write_failed);
}

net::Task<void> read_slowly(Server*, std::vector<std::string>* out) {
  const net::Endpoint at{"127.0.0.1", 80, false};
  auto stream = co_await net::Loop::current()->connect(at, in(seconds(5)));
  (void)co_await send_text(stream->get(), get("/big"));
  (*stream)->shutdown_write();
  std::size_t total = 0;
  std::string buffer(64 * 1024, '\0');
  for (;;) {
    const auto got = co_await (*stream)->read_some(buffer, in(seconds(60)));
    if (!got || *got == 0) break;
    total += *got;
    co_await net::sleep_for(seconds(10));
  }
  out->push_back(total > (2 << 20) ? "whole" : "cut at " + std::to_string(total));
}

TEST(Server, ASlowClientThatGoesOnReadingIsServed) {
  Seen seen;
  net::sim::Network network;
  network.window = 64 * 1024;
  EXPECT_EQ(run_with(read_slowly, &seen, 1, network), std::vector<std::string>{"whole"});
}

net::Task<void> stop_while_streaming(Server* server, std::vector<std::string>* out) {
  const net::Endpoint at{"127.0.0.1", 80, false};
  net::Loop* const loop = net::Loop::current();
  auto idle = co_await loop->connect(at, in(seconds(5)));
  auto busy = co_await loop->connect(at, in(seconds(5)));
  (void)co_await send_text(busy->get(), get("/slow"));
  co_await net::sleep_for(milliseconds(300));
  co_await server->stop(in(seconds(30)));
  std::string answer = co_await read_to_end(busy->get());
  out->push_back(answer.substr(answer.find("\r\n\r\n") + 4));
  std::string nothing = co_await read_to_end(idle->get());
  out->push_back("idle:" + nothing);
  const auto late = co_await loop->connect(at, in(seconds(5)));
  out->push_back(late ? "accepted" : late.error().kind);
}

TEST(Server, StopFinishesRunningStreams) {
  Seen seen;
  EXPECT_EQ(
      run_with(stop_while_streaming, &seen),
      (std::vector<std::string>{"2\r\n0;\r\n2\r\n1;\r\n2\r\n2;\r\n2\r\n3;\r\n2\r\n4;\r\n0\r\n\r\n",
                                "idle:", "refused"}));
  EXPECT_FALSE(seen.write_failed);
}

net::Task<void> stop_at_once(Server* server, std::vector<std::string>* out) {
  const net::Endpoint at{"127.0.0.1", 80, false};
  auto busy = co_await net::Loop::current()->connect(at, in(seconds(5)));
  (void)co_await send_text(busy->get(), get("/hold"));
  co_await net::sleep_for(milliseconds(300));
  const TimePoint begin = net::Loop::current()->now();
  co_await server->stop(in(seconds(1)));
  const bool quick = net::Loop::current()->now() - begin < seconds(2);
  out->push_back(quick ? "stopped" : "took too long");
}

TEST(Server, StopEndsWhatRunsPastItsDeadline) {
  Seen seen;
  EXPECT_EQ(run_with(stop_at_once, &seen), std::vector<std::string>{"stopped"});
  EXPECT_TRUE(seen.gone);
}

net::Task<void> one_too_many(Server* server, std::vector<std::string>* out) {
  const net::Endpoint at{"127.0.0.1", 80, false};
  net::Loop* const loop = net::Loop::current();
  auto a = co_await loop->connect(at, in(seconds(5)));
  auto b = co_await loop->connect(at, in(seconds(5)));
  auto c = co_await loop->connect(at, in(seconds(5)));
  co_await net::sleep_for(milliseconds(100));
  out->push_back(std::to_string(server->connections()));
  (*a)->close();
  (void)co_await send_text(c->get(), get("/c"));
  (*c)->shutdown_write();
  std::string answer = co_await read_to_end(c->get());
  out->push_back(answer.substr(answer.find("\r\n\r\n") + 4));
}

TEST(Server, ConnectionsOverTheLimitWaitTheirTurn) {
  Seen seen;
  ServerOptions options;
  options.connections = 2;
  EXPECT_EQ(run_with(one_too_many, &seen, 1, {}, options),
            (std::vector<std::string>{"2", "GET/c"}));
}

}  // namespace
}  // namespace interposer::http
