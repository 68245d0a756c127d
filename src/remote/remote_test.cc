// Providers against the simulated board, over the simulated network.
#include <gtest/gtest.h>

#include "backends/disposition.h"
#include "net/sim/sim_loop.h"
#include "remote/openai_provider.h"
#include "remote/simulated_board.h"

namespace interposer::remote {
namespace {

using namespace std::chrono_literals;
using backends::Frames;

struct Outcome {
  std::optional<Error> error;
  int frames = 0;  // given before the error
  std::string raw;
  std::vector<wire::Event> events;
  wire::Usage usage;
  std::string kind() const { return error ? error->kind : ""; }
};

struct Lab {
  std::unique_ptr<SimulatedBoard> board;
  std::shared_ptr<OpenAiProvider> provider;
  std::string address;
};

Lab make_lab(BoardBehaviour behaviour, std::string key = "") {
  Lab lab;
  net::Loop* loop = net::Loop::current();
  lab.board = std::make_unique<SimulatedBoard>(loop, std::move(behaviour));
  auto address = lab.board->listen(*net::Endpoint::parse("127.0.0.1:0"));
  EXPECT_TRUE(address.ok());
  lab.address = *address;
  ProviderConfig config;
  config.name = "lab";
  config.base_url = "http://" + lab.address + "/v1";
  config.key = Secret(std::move(key));
  config.key_env = "LAB_KEY";
  auto provider = OpenAiProvider::create(std::move(config));
  EXPECT_TRUE(provider.ok());
  lab.provider = *provider;
  return lab;
}

net::Task<void> close(Lab* lab) {
  lab->provider->leave(net::Loop::current());
  co_await lab->board->stop();
}

backends::CallRef call_with(std::stop_token stop = {}) {
  auto call = std::make_shared<backends::Call>();
  call->deadlines.connect = 1s;
  call->deadlines.first_byte = 2s;
  call->deadlines.between = 1s;
  call->stop = std::move(stop);
  return call;
}

backends::RequestRef request(std::string body, wire::Operation op = wire::Operation::kChat) {
  auto parsed = wire::Request::parse(op, wire::Dialect::kOpenAi, std::move(body));
  EXPECT_TRUE(parsed.ok());
  return *parsed;
}

const char* const kStream =
    R"({"model":"m", "stream":true,"messages":[{"role":"user","content":"hi"}],"x_new": [1, 2 ]})";
const char* const kWhole = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";

net::Task<Outcome> ask(OpenAiProvider* provider, backends::RequestRef request,
                       backends::CallRef call) {
  Outcome out;
  Result<std::unique_ptr<backends::Answer>> answer = co_await provider->serve(request, call);
  if (!answer) {
    out.error = answer.error();
    co_return out;
  }
  for (;;) {
    Result<std::optional<Frames>> frames = co_await (*answer)->next();
    if (!frames) {
      out.error = frames.error();
      break;
    }
    if (!frames->has_value()) break;
    ++out.frames;
    out.raw += (*frames)->raw;
    for (wire::Event& event : (*frames)->events) out.events.push_back(std::move(event));
  }
  out.usage = (*answer)->usage();
  co_return out;
}

struct Case {
  BoardBehaviour behaviour;
  std::string body = kStream;
  bool native = false;
  Outcome outcome;
  std::string sent, asked, authorization;
  std::optional<TimePoint> paused;
  TimePoint ended{};
  int abandoned = 0;
};

net::Task<void> play(Case* one) {
  Lab lab = make_lab(one->behaviour, "sk-secret-7");
  backends::RequestRef asked = request(one->body);
  if (one->native) {
    auto chat = asked->chat();
    asked = wire::Request::from_chat("m", **chat);
  }
  one->outcome = co_await ask(lab.provider.get(), asked, call_with());
  one->ended = net::Loop::current()->now();
  one->sent = lab.board->last_stream();
  one->asked = lab.board->last_body();
  one->authorization = lab.board->last_authorization();
  one->paused = lab.provider->leave_alone_until("m");
  co_await close(&lab);
  one->abandoned = lab.board->abandoned();
}

void run(Case& one, std::uint64_t seed = 1, net::sim::Network network = {}) {
  const Status done = net::sim::run(seed, play(&one), network);
  ASSERT_TRUE(done.ok()) << done.error().message;
}

TEST(Provider, BytesPassUntouchedBothWays) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Case one;
    one.behaviour.dribble = seed % 4 == 0;
    one.behaviour.comments = static_cast<int>(seed % 3);
    one.behaviour.numbered = true;
    one.behaviour.joules_per_token = seed % 2 == 0 ? 0.5 : 0;
    net::sim::Network network;
    if (seed % 3 == 0) network.segment = 1 + seed;
    if (seed % 5 == 0) network.read_most = 7;
    run(one, seed, network);
    ASSERT_FALSE(one.outcome.error.has_value()) << one.outcome.error->message;
    EXPECT_EQ(one.outcome.raw, one.sent) << seed;
    EXPECT_EQ(one.asked, kStream);
    EXPECT_TRUE(one.outcome.usage.reported && one.outcome.usage.final);
    EXPECT_EQ(one.outcome.usage.tokens.output, 16);
    EXPECT_EQ(one.outcome.usage.telemetry.joules.has_value(), seed % 2 == 0);
  }
}

TEST(Provider, WholeBodiesPassWithBlankLinesBeforeThem) {
  Case one;
  one.body = kWhole;
  one.behaviour.blank_lines = 5;
  run(one);
  ASSERT_FALSE(one.outcome.error.has_value()) << one.outcome.error->message;
  EXPECT_TRUE(one.outcome.raw.starts_with("\n\n\n\n\n{"));
  EXPECT_EQ(one.outcome.usage.tokens.output, 16);
  EXPECT_EQ(one.authorization, "Bearer sk-secret-7");
}

TEST(Provider, NativeRequestsGetEvents) {
  for (const char* body : {kStream, kWhole}) {
    Case one;
    one.body = body;
    one.native = true;
    one.behaviour.tokens = 3;
    run(one);
    ASSERT_FALSE(one.outcome.error.has_value()) << one.outcome.error->message;
    EXPECT_TRUE(one.outcome.raw.empty());
    std::string text;
    int finished = 0, usage = 0;
    for (const wire::Event& event : one.outcome.events) {
      if (const auto* delta = std::get_if<wire::TextDelta>(&event)) text += delta->text;
      finished += std::holds_alternative<wire::Finished>(event) ? 1 : 0;
      usage += std::holds_alternative<wire::UsageReport>(event) ? 1 : 0;
    }
    EXPECT_EQ(text, "tok tok tok ");
    EXPECT_EQ(finished, 1);
    EXPECT_EQ(usage, 1);
  }
}

TEST(Provider, MissingUsageIsAnEstimateNeverZero) {
  Case one;
  one.behaviour.report_usage = false;
  run(one);
  EXPECT_FALSE(one.outcome.usage.reported);
  EXPECT_GT(one.outcome.usage.tokens.input, 0);
  EXPECT_GT(one.outcome.usage.tokens.output, 0);
}

struct Expected {
  Failure failure;
  const char* kind;
  int frames_min, frames_max;
};

TEST(Provider, EachFailureIsOneClearError) {
  const Expected table[] = {
      {Failure::kReset, "truncated", 0, 16},
      {Failure::kBrokenSse, "broken_stream", 0, 4},
      {Failure::kErrorFrame, "provider_error", 0, 4},
      {Failure::kNoDone, "truncated", 0, 16},
  };
  for (const Expected& row : table) {
    for (const int at : {0, 3}) {
      for (const bool native : {false, true}) {
        Case one;
        one.behaviour.failure = row.failure;
        one.behaviour.at_token = at;
        one.native = native;
        run(one);
        ASSERT_TRUE(one.outcome.error.has_value());
        EXPECT_EQ(one.outcome.kind(), row.kind) << one.outcome.error->message;
        EXPECT_EQ(one.outcome.error->code, Code::kUnavailable);
        EXPECT_TRUE(one.outcome.error->message.find("lab") != std::string::npos);
        EXPECT_EQ(backends::classify(*one.outcome.error), backends::Disposition::kTransport);
        // What came whole before the failure is given, what is broken is not.
        EXPECT_EQ(one.outcome.raw.find("\"delta\"\n"), std::string::npos);
        if (at == 3 && !native) EXPECT_NE(one.outcome.raw.find("tok "), std::string::npos);
      }
    }
  }
}

TEST(Provider, StallsEndByTheirOwnDeadlines) {
  Case head;
  head.behaviour.failure = Failure::kStallHead;
  run(head);
  ASSERT_TRUE(head.outcome.error.has_value());
  EXPECT_EQ(head.outcome.error->code, Code::kDeadlineExceeded);
  Case middle;
  middle.behaviour.failure = Failure::kStall;
  middle.behaviour.at_token = 2;
  run(middle);
  ASSERT_TRUE(middle.outcome.error.has_value());
  EXPECT_EQ(middle.outcome.error->code, Code::kDeadlineExceeded);
  EXPECT_GT(middle.outcome.frames, 0);
  // The first token may take longer (first_byte, 2 s) than what follows (between, 1 s).
  Case patient;
  patient.behaviour.ttft = 1500ms;
  run(patient);
  EXPECT_FALSE(patient.outcome.error.has_value());
  // A slow answer that keeps coming is no stall: 16 tokens at 2/s take longer than any deadline
  // here.
  Case slow;
  slow.behaviour.tokens_per_s = 2;
  run(slow);
  EXPECT_FALSE(slow.outcome.error.has_value());
}

TEST(Provider, RefusalsByTheirDisposition) {
  const struct {
    int status;
    backends::Disposition disposition;
  } table[] = {{401, backends::Disposition::kAuth},      {402, backends::Disposition::kMoneyOut},
               {404, backends::Disposition::kMissing},   {400, backends::Disposition::kClientFault},
               {429, backends::Disposition::kThrottle},  {498, backends::Disposition::kThrottle},
               {500, backends::Disposition::kTransport}, {503, backends::Disposition::kOverload},
               {529, backends::Disposition::kOverload}};
  for (const auto& row : table) {
    Case one;
    one.behaviour.failure = Failure::kRefuse;
    one.behaviour.status = row.status;
    one.behaviour.retry_after = "20";
    run(one);
    ASSERT_TRUE(one.outcome.error.has_value());
    const Error& error = *one.outcome.error;
    EXPECT_EQ(backends::classify(error), row.disposition) << row.status << error.message;
    EXPECT_EQ(error.to_string().find("sk-secret"), std::string::npos);
    const bool pauses = row.disposition == backends::Disposition::kThrottle ||
                        row.disposition == backends::Disposition::kOverload;
    EXPECT_EQ(one.paused.has_value(), pauses) << row.status;
    if (pauses) EXPECT_GE(*one.paused, one.ended + 19s);
    if (row.status == 401) EXPECT_NE(error.remedy.find("LAB_KEY"), std::string::npos);
  }
}

net::Task<void> cancel_midway(int* abandoned, Outcome* out) {
  BoardBehaviour behaviour;
  behaviour.tokens = 100000;
  behaviour.tokens_per_s = 100;
  Lab lab = make_lab(behaviour);
  std::stop_source source;
  net::Loop* loop = net::Loop::current();
  loop->start_timer(loop->now() + 500ms, [&source] { source.request_stop(); });
  const TimePoint started = loop->now();
  *out = co_await ask(lab.provider.get(), request(kStream), call_with(source.get_token()));
  EXPECT_LT(to_ms(loop->now() - started), 600);
  co_await net::sleep_for(50ms);
  *abandoned = lab.board->abandoned();
  EXPECT_EQ(lab.board->running(), 0);
  co_await close(&lab);
}

TEST(Provider, StoppingTheCallStopsTheBoard) {
  int abandoned = 0;
  Outcome out;
  ASSERT_TRUE(net::sim::run(3, cancel_midway(&abandoned, &out)).ok());
  ASSERT_TRUE(out.error.has_value());
  EXPECT_EQ(out.error->code, Code::kCancelled);
  EXPECT_GT(out.frames, 0);
  EXPECT_EQ(abandoned, 1);
  EXPECT_GT(out.usage.tokens.output, 0);  // what was delivered is not lost for the ledger
}

net::Task<void> nobody_listens(Outcome* out) {
  ProviderConfig config;
  config.name = "gone";
  config.base_url = "http://127.0.0.1:9/v1";
  auto provider = OpenAiProvider::create(std::move(config));
  *out = co_await ask(provider->get(), request(kStream), call_with());
  (*provider)->leave(net::Loop::current());
}

TEST(Provider, DownIsAConnectFailure) {
  Outcome out;
  ASSERT_TRUE(net::sim::run(1, nobody_listens(&out)).ok());
  ASSERT_TRUE(out.error.has_value());
  EXPECT_EQ(out.error->kind, "connect");
  EXPECT_NE(out.error->message.find("gone (127.0.0.1:9)"), std::string::npos);
  EXPECT_EQ(backends::classify(*out.error), backends::Disposition::kTransport);
}

net::Task<void> embeddings(Result<backends::Embeddings>* out,
                           Result<std::vector<std::string>>* ids) {
  Lab lab = make_lab({});
  std::vector<std::string> texts = {"a", "b", "a"};
  *out = co_await backends::embed(lab.provider.get(), "m", std::move(texts), call_with());
  *ids = co_await lab.provider->list_models(call_with());
  co_await close(&lab);
}

TEST(Provider, EmbeddingsAndModelLists) {
  Result<backends::Embeddings> out = make_error(Code::kInternal, "not run");
  Result<std::vector<std::string>> ids = make_error(Code::kInternal, "not run");
  ASSERT_TRUE(net::sim::run(1, embeddings(&out, &ids)).ok());
  ASSERT_TRUE(out.ok()) << out.error().message;
  ASSERT_EQ(out->rows.size(), 3u);
  EXPECT_EQ(out->rows[0], out->rows[2]);
  EXPECT_NE(out->rows[0], out->rows[1]);
  double square = 0;
  for (const float value : out->rows[0]) square += static_cast<double>(value * value);
  EXPECT_NEAR(square, 1, 1e-5);
  EXPECT_GT(out->usage.tokens.input, 0);
  ASSERT_TRUE(ids.ok());
  EXPECT_EQ(*ids, std::vector<std::string>{"simulated"});
}

TEST(Provider, BadUrlsAreRefused) {
  ProviderConfig config;
  config.base_url = "ftp://x";
  EXPECT_FALSE(OpenAiProvider::create(config).ok());
}

}  // namespace
}  // namespace interposer::remote
