// The client against a server that says what the test wants, over a unix socket.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>

#include "base/temp_dir.h"
#include "client/session.h"
#include "http/server.h"
#include "net/nursery.h"

namespace interposer::client {
namespace {

struct Canned {
  int status = 200;
  std::vector<std::string> bodies;  // one a request, the last for ever
  bool stream = false;              // as server-sent events
  bool hang = false;                // until the client has gone
};

constexpr const char* kStatus =
    R"({"version":"1.2.3","ready":true,"models":[{"name":"tiny","kind":"chat","parameters":7,)"
    R"("self_test":true,"capable":false}],"default_chat":"tiny","config":{"digest":"d"}})";

// Runs on a thread of its own.
class CannedServer {
 public:
  CannedServer() : loop_(net::make_loop()) { answers["GET /api/v1/status"].bodies = {kStatus}; }
  ~CannedServer() { stop(); }
  std::string socket() const { return dir_.file("interposer.sock"); }
  void start() {
    net::Endpoint at;
    at.unix_socket = true;
    at.host = socket();
    thread_ = std::thread([this] { loop_->run(); });
    std::atomic<bool> listening = false;
    loop_->post([&, at] {
      auto listener = loop_->listen(at, {});
      if (!listener) std::abort();
      server_ = http::Server::create(
          loop_.get(), [this](http::Exchange* exchange) { return answer(this, exchange); }, {});
      server_->serve(std::move(*listener));
      listening = true;
    });
    while (!listening) std::this_thread::yield();
  }
  void stop() {
    if (!thread_.joinable()) return;
    loop_->post([this] { loop_->nursery().spawn(shut(this)); });
    thread_.join();
  }

  std::map<std::string, Canned> answers;  // "METHOD path"
  std::vector<std::string> requests;      // "METHOD target body"
  std::mutex mutex;

 private:
  static net::Task<void> shut(CannedServer* self) {
    co_await self->server_->stop(self->loop_->now());
    self->loop_->stop();
  }
  static net::Task<void> answer(CannedServer* self, http::Exchange* exchange) {
    const http::RequestHead& head = exchange->head();
    const auto body = co_await exchange->read_body(1 << 20);
    Canned canned;
    {
      const std::lock_guard lock(self->mutex);
      self->requests.push_back(head.method + " " + head.target + " " + (body ? *body : "?"));
      const auto found = self->answers.find(head.method + " " + std::string(head.path()));
      if (found == self->answers.end()) {
        canned.status = 404;
        canned.bodies = {"<html>"};
      } else {
        canned = found->second;
        if (found->second.bodies.size() > 1)
          found->second.bodies.erase(found->second.bodies.begin());
      }
    }
    const std::stop_token gone = exchange->gone();
    while (canned.hang && !gone.stop_requested())
      co_await net::sleep_for(std::chrono::milliseconds(1));
    http::ResponseHead response;
    response.status = canned.status;
    response.headers.add("content-type", canned.stream ? "text/event-stream" : "application/json");
    (void)co_await exchange->respond(std::move(response), canned.bodies.front());
  }

  TempDir dir_;
  std::unique_ptr<net::Loop> loop_;
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

class ClientTest : public ::testing::Test {
 protected:
  std::unique_ptr<Session> open() {
    server.start();
    Target target;
    target.socket = server.socket();
    auto session = Session::open(target, "1.2.3");
    EXPECT_TRUE(session) << (session ? "" : session.error().to_string());
    return std::move(*session);
  }
  CannedServer server;
};

TEST_F(ClientTest, ConnectsAndKnowsWhatTheServerIs) {
  const auto session = open();
  EXPECT_TRUE(session->server().ready);
  EXPECT_EQ(session->server().config_digest, "d");
  ASSERT_EQ(session->server().models.size(), 1u);
  EXPECT_EQ(session->server().models[0].parameters, 7);
  EXPECT_TRUE(session->server().models[0].self_test);
}

TEST_F(ClientTest, SaysThatNoServerRuns) {
  Target target;
  target.socket = server.socket();
  const auto session = Session::open(target, "1.2.3");
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, "not_running");
  EXPECT_NE(session.error().remedy.find("interposer serve"), std::string::npos);
}

TEST_F(ClientTest, RefusesAServerOfAnotherVersion) {
  server.start();
  Target target;
  target.socket = server.socket();
  const auto session = Session::open(target, "9.9.9");
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, "version_mismatch");
}

TEST_F(ClientTest, GivesTheServersOwnWordsForARefusal) {
  server.answers["GET /api/v1/search"] = {
      404,
      {R"({"error":{"code":"unknown_base","message":"there is no base 'x'","remedy":"did you)"
       R"( mean 'y'?"}})"},
      false};
  const auto session = open();
  SearchQuery query;
  query.query = "a b/c";
  query.base = "x";
  query.by_document = true;
  const auto answer = session->search(query);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kNotFound);
  EXPECT_EQ(answer.error().kind, "unknown_base");
  EXPECT_EQ(answer.error().remedy, "did you mean 'y'?");
  EXPECT_EQ(server.requests.back(),
            "GET /api/v1/search?q=a%20b%2Fc&k=10&legs=both&base=x&by=document ");
  EXPECT_EQ(session->usage().error().kind, "http_404");
}

TEST_F(ClientTest, ReadsHitsDocumentsSourcesAndUsage) {
  server.answers["GET /api/v1/search"].bodies = {
      R"([{"rank":1,"score":0.5,"document":"b/d","version":"v","start":3,"end":9,"text":"t",)"
      R"("legs":{"lexical":1.5,"vector":null}}])"};
  server.answers["GET /api/v1/documents/b/sub%2Fd"].bodies = {
      R"({"document":"b/sub/d","version":"v","current":false,"text":"T\u00e4xt"})"};
  server.answers["GET /api/v1/usage"].bodies = {
      R"({"totals":[{"model":"m","requests":3,"cost_usd":null,"joules":2.5}]})"};
  const auto session = open();
  const auto hits = session->search({});
  ASSERT_TRUE(hits);
  ASSERT_EQ(hits->hits.size(), 1u);
  EXPECT_EQ(hits->hits[0].end, 9);
  EXPECT_EQ(hits->hits[0].lexical, 1.5);
  EXPECT_EQ(hits->hits[0].vector, std::nullopt);
  const auto source = session->source("b/sub/d", "v");
  ASSERT_TRUE(source);
  EXPECT_FALSE(source->current);
  EXPECT_EQ(source->text, "T\u00e4xt");
  const auto usage = session->usage();
  ASSERT_TRUE(usage);
  EXPECT_EQ((*usage)[0].requests, 3);
  EXPECT_EQ((*usage)[0].cost_usd, std::nullopt);
  EXPECT_EQ((*usage)[0].joules, 2.5);
}

TEST_F(ClientTest, AsksWithEventsAndTakesTheAnswerAtTheirEnd) {
  server.answers["POST /api/v1/ask"] = {
      200,
      {"id: 1\ndata: {\"n\":1,\"type\":\"start\"}\n\n: keep-alive\n\n"
       "id: 2\ndata: {\"n\":2,\"type\":\"sentence\",\"text\":\"S.\"}\n\n"
       "event: answer\ndata: {\"question\":\"Q\",\"answer\":\"S.\",\"refused\":false,"
       "\"sentences\":[{\"text\":\"S.\",\"citations\":[1]}],\"citations\":[{\"n\":1,\"start\":5,"
       "\"end\":7,\"page\":2,\"quote\":\"S.\"}]}\n\n"},
      true};
  const auto session = open();
  Question question;
  question.question = "Q";
  question.base = "b";
  std::vector<std::string> types;
  const auto answer =
      session->ask(question, [&](const AnswerEvent& event) { types.push_back(event.type); });
  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(types, (std::vector<std::string>{"start", "sentence"}));
  EXPECT_EQ(answer->sentences[0].citations, std::vector<int>{1});
  EXPECT_EQ(answer->citations[0].page, 2);
  EXPECT_EQ(server.requests.back(),
            R"(POST /api/v1/ask {"question":"Q","base":"b","stream":true})");
}

TEST_F(ClientTest, AnErrorInTheStreamAndACutOneAreErrors) {
  server.answers["POST /api/v1/ask"] = {
      200,
      {"event: error\ndata: {\"error\":{\"code\":\"stalled\",\"message\":\"it stalled\"}}\n\n",
       "id: 1\ndata: {\"n\":1,\"type\":\"start\"}\n\n"},
      true};
  const auto session = open();
  EXPECT_EQ(session->ask({}, [](const AnswerEvent&) {}).error().kind, "stalled");
  EXPECT_EQ(session->ask({}, [](const AnswerEvent&) {}).error().kind, "truncated");
}

TEST_F(ClientTest, FollowsAJobOverACutConnection) {
  server.answers["POST /api/v1/ingest"] = {202, {R"({"job":"job_1"})"}, false};
  server.answers["GET /api/v1/jobs/job_1/events"] = {
      200,
      {"id: 1\ndata: {\"n\":1,\"type\":\"file\",\"file\":\"a\",\"state\":\"reading\"}\n\n",
       "id: 2\ndata: {\"n\":2,\"type\":\"done\",\"summary\":{\"added\":4,\"failed\":1}}\n\n"},
      true};
  const auto session = open();
  Ingest ingest;
  ingest.base = "b";
  ingest.paths = {"/x"};
  std::vector<std::int64_t> seen;
  const auto summary = session->ingest(ingest, [&](const JobEvent& e) { seen.push_back(e.n); });
  ASSERT_TRUE(summary) << summary.error().to_string();
  EXPECT_EQ(summary->added, 4);
  EXPECT_EQ(summary->failed, 1);
  EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(server.requests.back(), "GET /api/v1/jobs/job_1/events?after=1 ");
}

TEST_F(ClientTest, AFailedJobIsAnErrorWithItsReason) {
  server.answers["POST /api/v1/bases/b/reindex"] = {202, {R"({"job":"j"})"}, false};
  server.answers["GET /api/v1/jobs/j/events"] = {
      200,
      {"data: {\"n\":1,\"type\":\"error\",\"reason\":\"disk full\",\"remedy\":\"free some\"}\n\n"},
      true};
  const auto session = open();
  const auto done = session->reindex("b");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, "job_failed");
  EXPECT_EQ(done.error().message, "disk full");
}

TEST_F(ClientTest, ChatsOverTheOpenAiFace) {
  server.answers["POST /v1/chat/completions"] = {
      200,
      {"data: {\"id\":\"c\",\"model\":\"tiny\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
       "\"Hel\"}}]}\n\n"
       "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"},\"finish_reason\":"
       "\"stop\"}]}\n\ndata: [DONE]\n\n"},
      true};
  const auto session = open();
  std::string told;
  const auto text =
      session->chat("tiny", {{"user", "Hi"}}, [&](std::string_view piece) { told += piece; });
  ASSERT_TRUE(text) << text.error().to_string();
  EXPECT_EQ(*text, "Hello");
  EXPECT_EQ(told, "Hello");
}

TEST_F(ClientTest, CancellingEndsTheRunningCallAndLaterOnes) {
  Canned hanging;
  hanging.bodies = {"{}"};
  hanging.hang = true;
  server.answers["POST /api/v1/ask"] = hanging;
  const auto session = open();
  std::thread canceller([&] {
    bool asked = false;
    while (!asked) {
      const std::lock_guard lock(server.mutex);
      asked = server.requests.size() > 1;
    }
    session->cancel();
  });
  const auto answer = session->ask({});
  canceller.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kCancelled);
  EXPECT_FALSE(session->status());
}

TEST_F(ClientTest, NonsenseIsABrokenAnswer) {
  server.answers["GET /api/v1/bases"].bodies = {"{\"bases\":"};
  const auto session = open();
  EXPECT_EQ(session->bases().error().kind, "broken_answer");
}

}  // namespace
}  // namespace interposer::client
