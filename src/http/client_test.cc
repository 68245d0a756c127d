// The client in the simulated world, against servers that break off, lie, stall and reset.
#include "http/client.h"

#include <gtest/gtest.h>

#include "http/sim_support.h"

namespace interposer::http {
namespace {

using namespace testing;  // NOLINT: this library's test helpers
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Script {
  std::vector<ScriptedServer::Answer> answers;
  std::vector<std::string> paths;  // asked one after the other
  std::string method = "GET";
  Duration pause{};
};

net::Task<void> play(const Script* script, std::vector<std::string>* out, std::size_t* used) {
  ScriptedServer server;
  server.answers = script->answers;
  if (!server.start()) co_return;
  const auto client = Client::create(net::Loop::current(), {});
  for (const std::string& path : script->paths) {
    std::string answer = co_await ask(client.get(), script->method, path, "");
    out->push_back(std::move(answer));
    co_await net::sleep_for(script->pause);
  }
  client->close_idle();
  co_await server.stop();
  *used = server.connections;
}

// The outcome must not depend on how the bytes were cut.
std::vector<std::string> run_script(const Script& script, std::size_t connections) {
  std::vector<std::string> first;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    net::sim::Network network;
    if (seed % 2 == 0) network.segment = 1;
    if (seed % 3 == 0) network.read_most = 5;
    std::vector<std::string> out;
    std::size_t used = 0;
    const Status done = net::sim::run(seed, play(&script, &out, &used), network);
    EXPECT_TRUE(done.ok()) << done.error().to_string();
    if (seed == 1) first = out;
    EXPECT_EQ(out, first) << "seed " << seed;
    EXPECT_EQ(used, connections) << "seed " << seed;
  }
  return first;
}

using Lines = std::vector<std::string>;
const std::string kOk = "HTTP/1.1 200 OK\r\n";

TEST(Client, KeepsAndReusesItsConnection) {
  const Script script{{{kOk + "Content-Length: 3\r\n\r\none", false},
                       {kOk + "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n", false},
                       {"HTTP/1.1 204 No Content\r\n\r\n", false},
                       {kOk + "Content-Length: 0\r\n\r\n", true}},
                      {"/1", "/2", "/3", "/4"}};
  EXPECT_EQ(run_script(script, 1), (Lines{"200 one", "200 two", "204 ", "200 "}));
}

TEST(Client, ReadsToTheEndOfTheConnection) {
  const Script script{{{kOk + "\r\nall of it", true}, {kOk + "Content-Length: 1\r\n\r\nx", true}},
                      {"/1", "/2"}};
  EXPECT_EQ(run_script(script, 2), (Lines{"200 all of it", "200 x"}));
}

TEST(Client, ACutBodyIsAnErrorNeverAnEnd) {
  for (const std::string& body :
       {std::string("Content-Length: 10\r\n\r\nshort"), std::string("Content-Length: 10\r\n\r\n"),
        std::string("Transfer-Encoding: chunked\r\n\r\n5\r\nhello"),
        std::string("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        std::string("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"),
        std::string("Transfer-Encoding: chunked\r\n\r\n5\r\nhel")}) {
    EXPECT_EQ(run_script({{{kOk + body, true}}, {"/"}}, 1), Lines{"unavailable by truncated"})
        << body;
  }
}

TEST(Client, ABrokenChunkIsAnError) {
  const Script script{{{kOk + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX", true}}, {"/"}};
  EXPECT_EQ(run_script(script, 1), Lines{"unavailable by body"});
}

TEST(Client, MoreThanWasDeclaredSpoilsTheConnection) {
  const Script script{{{kOk + "Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\nforged", false},
                       {kOk + "Content-Length: 4\r\n\r\nreal", true}},
                      {"/1", "/2"},
                      "GET",
                      seconds(3)};
  EXPECT_EQ(run_script(script, 2), (Lines{"200 ok", "200 real"}));
}

TEST(Client, InterimAnswersAreSkipped) {
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  EXPECT_EQ(
      run_script(
          {{{"HTTP/1.1 100 Continue\r\n\r\n" + interim + kOk + "Content-Length: 1\r\n\r\nx", true}},
           {"/"}},
          1),
      Lines{"200 x"});
  std::string endless;
  for (int i = 0; i < 20; ++i) endless += interim;
  EXPECT_EQ(run_script({{{endless, true}}, {"/"}}, 1), Lines{"unavailable in headers"});
}

TEST(Client, WhatIsNotHttpIsAnError) {
  EXPECT_EQ(run_script({{{"SSH-2.0-OpenSSH_9\r\n\r\n\r\n", true}}, {"/"}}, 1),
            Lines{"unavailable in headers"});
  EXPECT_EQ(run_script({{{"", true}}, {"/"}}, 1), Lines{"unavailable in headers"});
  EXPECT_EQ(run_script({{{"HTTP/1.1 200 OK\r\nContent-Le", true}}, {"/"}}, 1),
            Lines{"unavailable in headers"});
}

TEST(Client, AHeadAnswerHasNoBody) {
  const Script script{
      {{kOk + "Content-Length: 100\r\n\r\n", false}, {kOk + "Content-Length: 100\r\n\r\n", true}},
      {"/1", "/2"},
      "HEAD"};
  EXPECT_EQ(run_script(script, 1), (Lines{"200 ", "200 "}));
}

// The server closes the kept connection: known after a second, or met when writing.
TEST(Client, AKeptConnectionThatWasClosedIsRetriedOnce) {
  for (const Duration pause : {Duration(milliseconds(10)), Duration(seconds(5))}) {
    const Script script{
        {{kOk + "Content-Length: 1\r\n\r\na", true}, {kOk + "Content-Length: 1\r\n\r\nb", true}},
        {"/1", "/2"},
        "POST",
        pause};
    EXPECT_EQ(run_script(script, 2), (Lines{"200 a", "200 b"}));
  }
}

TEST(Client, AFreshConnectionIsNotRetried) {
  EXPECT_EQ(run_script({{{"", true}, {kOk + "Content-Length: 1\r\n\r\nb", true}}, {"/"}}, 1),
            Lines{"unavailable in headers"});
}

net::Task<void> phases(net::sim::World* world, Lines* out) {
  ScriptedServer server;
  server.answers = {{"", false}, {kOk + "Content-Length: 9\r\n\r\npart", false}};
  const auto client = Client::create(net::Loop::current(), {});
  std::string refused = co_await ask(client.get(), "GET", "/", "");
  out->push_back(refused);
  if (!server.start()) co_return;
  std::string silent = co_await ask(client.get(), "GET", "/", "");
  out->push_back(silent);
  std::string stalled = co_await ask(client.get(), "GET", "/", "");
  out->push_back(stalled);
  world->set_unreachable("local", true);
  const TimePoint begin = net::Loop::current()->now();
  std::string lost = co_await ask(client.get(), "GET", "/", "");
  out->push_back(lost);
  const Duration took = net::Loop::current()->now() - begin;
  out->push_back(took < seconds(6) ? "in time" : "too late");
  world->set_unreachable("local", false);
  client->close_idle();
  co_await server.stop();
}

TEST(Client, EachPhaseHasItsDeadline) {
  Lines out;
  const Status done = net::sim::run(3, [&](net::sim::World* world) { return phases(world, &out); });
  EXPECT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_EQ(out, (Lines{"unavailable in connect", "deadline_exceeded in headers",
                        "deadline_exceeded by deadline_exceeded", "deadline_exceeded in connect",
                        "in time"}));
}

net::Task<void> stop_later(std::stop_source* source) {
  co_await net::sleep_for(seconds(2));
  source->request_stop();
}

net::Task<void> stopped(Lines* out) {
  ScriptedServer server;
  server.answers = {{"", false}, {kOk + "Content-Length: 9\r\n\r\npart", false}};
  if (!server.start()) co_return;
  const auto client = Client::create(net::Loop::current(), {});
  for (int i = 0; i < 2; ++i) {
    std::stop_source source;
    net::Nursery stopping;
    stopping.spawn(stop_later(&source));
    std::string answer = co_await ask(client.get(), "GET", "/", "", {}, source.get_token());
    out->push_back(answer);
    co_await stopping.join();
  }
  std::stop_source early;
  early.request_stop();
  std::string never = co_await ask(client.get(), "GET", "/", "", {}, early.get_token());
  out->push_back(never);
  client->close_idle();
  co_await server.stop();
}

TEST(Client, AStopTokenEndsEveryPhase) {
  Lines out;
  const Status done = net::sim::run(1, stopped(&out));
  EXPECT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_EQ(out,
            (Lines{"cancelled in cancelled", "cancelled by cancelled", "cancelled in cancelled"}));
}

// A server of our own that gives back what it got, whole or in a stream.
net::Task<void> echo(Exchange* x) {
  Result<std::string> body = co_await x->read_body(16 << 20);
  if (!body) {
    (void)co_await x->respond(ResponseHead{400, {}}, body.error().message);
    co_return;
  }
  if (x->head().path() != "/stream") {
    (void)co_await x->respond({}, *std::move(body));
    co_return;
  }
  const Status started = co_await x->start({});
  if (!started) co_return;
  for (std::size_t at = 0; at < body->size(); at += 1000) {
    const Status sent = co_await x->write(std::string_view(*body).substr(at, 1000));
    if (!sent) co_return;
  }
  (void)co_await x->finish();
}

struct Tally {
  int good = 0;
  int failed = 0;
  Lines wrong;
};

net::Task<void> converse(Client* client, std::uint64_t seed, int count, Tally* tally) {
  net::Loop* const loop = net::Loop::current();
  for (int i = 0; i < count; ++i) {
    std::string body(loop->random() % 20'000, static_cast<char>('a' + seed % 26));
    body += std::to_string(seed) + ":" + std::to_string(i);
    const std::string path = loop->random() % 2 == 0 ? "/stream" : "/whole";
    std::string answer = co_await ask(client, "POST", path, body);
    if (answer == "200 " + body)
      tally->good += 1;
    else if (answer.starts_with("unavailable") || answer.starts_with("deadline"))
      tally->failed += 1;
    else
      tally->wrong.push_back(path + " " + answer.substr(0, 60));
  }
}

net::Task<void> many_conversations(std::uint64_t seed, Tally* tally) {
  const auto server = Server::create(net::Loop::current(), echo, {});
  auto listener = net::Loop::current()->listen(net::Endpoint{"127.0.0.1", 80, false}, {});
  if (!listener) co_return;
  server->serve(*std::move(listener));
  const auto client = Client::create(net::Loop::current(), {});
  net::Nursery clients;
  for (int i = 0; i < 4; ++i) clients.spawn(converse(client.get(), seed * 4 + i, 5, tally));
  co_await clients.join();
  client->close_idle();
  co_await server->stop(in(seconds(5)));
}

Tally run_conversations(std::uint64_t seed, const net::sim::Network& network) {
  Tally tally;
  const Status done = net::sim::run(seed, many_conversations(seed, &tally), network);
  EXPECT_TRUE(done.ok()) << "seed " << seed << ": " << done.error().to_string();
  EXPECT_EQ(tally.wrong, Lines{}) << "seed " << seed;
  return tally;
}

TEST(ServerAndClient, EveryAnswerIsTheRequestsOwn) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    net::sim::Network network;
    if (seed % 3 == 1) network.segment = 1 + seed * 13;
    if (seed % 4 == 2) network.read_most = 1 + seed * 7;
    if (seed % 5 == 0) network.window = 1000;
    EXPECT_EQ(run_conversations(seed, network).good, 20) << "seed " << seed;
  }
}

TEST(ServerAndClient, OneByteAtATime) {
  net::sim::Network network;
  network.segment = 1;
  network.read_most = 1;
  network.latency_max = std::chrono::microseconds(60);
  EXPECT_EQ(run_conversations(5, network).good, 20);
}

// Under resets and stalls each answer is whole and right, or an error: never short, never
// another's.
TEST(ServerAndClient, ResetsAndStallsNeverMakeAWrongAnswer) {
  Tally all;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    net::sim::Network network;
    network.segment = 2000;
    network.reset = seed % 2 == 0 ? 0.01 : 0.0;
    network.stall = seed % 3 == 0 ? 0.01 : 0.0;
    network.stall_time = seconds(90);
    const Tally tally = run_conversations(seed, network);
    all.good += tally.good;
    all.failed += tally.failed;
  }
  EXPECT_GT(all.good, 100);
  EXPECT_GT(all.failed, 10);
}

}  // namespace
}  // namespace interposer::http
