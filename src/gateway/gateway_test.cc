// The gateway over scripted backends, in virtual time.
#include "gateway/gateway.h"

#include <gtest/gtest.h>

#include "backends/scripted_backend.h"
#include "net/sim/sim_loop.h"

namespace interposer::gateway {
namespace {

using namespace std::chrono_literals;
using backends::Frames;
using backends::Script;
using backends::ScriptedBackend;
using backends::ScriptStep;

class MemoryLedger : public store::Ledger {
 public:
  bool append(const store::UsageEntry& entry) override {
    records.emplace_back(entry);
    return true;
  }
  Status flush() override { return {}; }
  Result<std::vector<store::UsageTotal>> totals() override {
    return std::vector<store::UsageTotal>();
  }
  Result<std::vector<store::UsageRecord>> recent(int) override { return records; }
  std::vector<store::UsageRecord> records;
};

std::optional<std::string> environment(const std::string& name) {
  if (name == "KEY_A") return "secret-a";
  if (name == "KEY_B") return "secret-b";
  return std::nullopt;
}

std::shared_ptr<ScriptedBackend> scripted(Script script) {
  backends::Capabilities capabilities;
  capabilities.chat = true;
  auto backend =
      std::make_shared<ScriptedBackend>(std::vector<backends::ModelInfo>{}, capabilities);
  backend->play(std::move(script));
  return backend;
}

Script refusing(Error error) {
  Script script;
  script.refuse = std::move(error);
  return script;
}

Script failing_after(int frames, Error error) {
  Script script;
  for (int i = 0; i < frames; ++i) {
    ScriptStep step;
    step.events.emplace_back(wire::TextDelta{0, "x", {}});
    script.steps.push_back(std::move(step));
  }
  ScriptStep last;
  last.error = std::move(error);
  script.steps.push_back(std::move(last));
  script.usage.tokens.output = frames;
  return script;
}

Error down() { return make_error(Code::kUnavailable, "refused", "", "connect"); }

struct Bed {
  MemoryLedger ledger;
  std::shared_ptr<Gateway> gateway;
  std::map<std::string, std::shared_ptr<ScriptedBackend>> at;

  explicit Bed(std::vector<routing::Route> routes, std::vector<KeyEntry> keys = {}) {
    GatewayConfig config;
    config.routes = std::move(routes);
    config.has_keys = !keys.empty();
    config.keys = std::move(keys);
    auto made = Gateway::create(std::move(config), environment, &ledger);
    EXPECT_TRUE(made.ok());
    gateway = *made;
  }
  void provider(const std::string& name, Script script) {
    at[name] = scripted(std::move(script));
    gateway->add_provider(name, at[name]);
  }
  void model(const std::string& name, Script script) {
    at[name] = scripted(std::move(script));
    gateway->add_backend(name, at[name]);
  }
};

struct Outcome {
  std::optional<Error> error;
  std::string text, target;
  int frames = 0;
};

backends::RequestRef request(std::string model) {
  wire::Chat chat;
  chat.messages.resize(1);
  return wire::Request::from_chat(std::move(model), std::move(chat));
}

std::shared_ptr<backends::Call> new_call() {
  auto call = std::make_shared<backends::Call>();
  call->principal.name = "local";
  call->trace.trace_id = "0af7651916cd43dd8448eb211c80319c";
  call->trace.span_id = "b7ad6b7169203331";
  return call;
}

net::Task<void> ask(backends::Backend* gateway, std::string model, backends::CallRef call,
                    Outcome* out) {
  Result<std::unique_ptr<backends::Answer>> answer = co_await gateway->serve(request(model), call);
  if (!answer) {
    out->error = answer.error();
    co_return;
  }
  for (const auto& [name, value] : (*answer)->head().headers) {
    if (name == "x-interposer-target") out->target = value;
  }
  for (;;) {
    Result<std::optional<Frames>> frames = co_await (*answer)->next();
    if (!frames) {
      out->error = frames.error();
      co_return;
    }
    if (!frames->has_value()) co_return;
    ++out->frames;
    for (const wire::Event& event : (*frames)->events) {
      if (const auto* delta = std::get_if<wire::TextDelta>(&event)) out->text += delta->text;
    }
  }
}

Outcome run(Bed& bed, std::string model, backends::CallRef call = new_call()) {
  Outcome out;
  const Status done = net::sim::run(1, ask(bed.gateway.get(), std::move(model), call, &out));
  EXPECT_TRUE(done.ok());
  return out;
}

TEST(Gateway, FallsBackWhileNothingWasDelivered) {
  const Error failures[] = {
      down(),
      make_error(Code::kDeadlineExceeded, "stalled", "", "headers"),
      make_error(Code::kUnavailable, "cut", "", "truncated"),
      make_error(Code::kUnavailable, "nonsense", "", "broken_stream"),
      make_error(Code::kResourceExhausted, "slow down", "", "throttled"),
      make_error(Code::kUnavailable, "busy", "", "overloaded"),
      make_error(Code::kUnavailable, "no money", "", "no_credit"),
      make_error(Code::kInvalidArgument, "long", "", "context_length_exceeded"),
  };
  for (const Error& failure : failures) {
    for (const bool at_serve : {true, false}) {
      Bed bed({{"fast", {"a/m", "nest"}, {}}, {"nest", {"b/x/y", "small"}, {}}});
      bed.provider("a", at_serve ? refusing(failure) : failing_after(0, failure));
      bed.provider("b", backends::script_of_text({"hel", "lo"}));
      bed.model("small", backends::script_of_text({"no"}));
      const Outcome out = run(bed, "fast");
      EXPECT_FALSE(out.error.has_value()) << failure.kind;
      EXPECT_EQ(out.text, "hello");
      EXPECT_EQ(out.target, "b/x/y");
      ASSERT_EQ(bed.at["b"]->requests.size(), 1u);
      EXPECT_EQ(bed.at["b"]->requests[0]->model(), "x/y");
      EXPECT_TRUE(bed.at["small"]->requests.empty());
      ASSERT_EQ(bed.ledger.records.size(), 2u);
      EXPECT_EQ(bed.ledger.records[0].outcome, "error:" + failure.kind);
      EXPECT_EQ(bed.ledger.records[1].outcome, "ok");
      EXPECT_EQ(bed.ledger.records[1].output_tokens, 2);
      EXPECT_EQ(bed.ledger.records[1].route, "fast");
      EXPECT_NE(bed.ledger.records[0].id, bed.ledger.records[1].id);
    }
  }
}

TEST(Gateway, WhatIsTheCallersFaultIsNotTriedElsewhere) {
  Bed bed({{"fast", {"a/m", "b/m"}, {}}});
  bed.provider("a",
               refusing(make_error(Code::kInvalidArgument, "bad request", "", "provider_refused")));
  bed.provider("b", backends::script_of_text({"x"}));
  const Outcome out = run(bed, "fast");
  ASSERT_TRUE(out.error.has_value());
  EXPECT_EQ(out.error->code, Code::kInvalidArgument);
  EXPECT_NE(out.error->message.find("a/m"), std::string::npos);
  EXPECT_TRUE(bed.at["b"]->requests.empty());
}

TEST(Gateway, AfterDeliveryAFailureIsTheAnswersEnd) {
  Bed bed({{"fast", {"a/m", "b/m"}, {}}});
  bed.provider("a", failing_after(3, make_error(Code::kUnavailable, "cut", "", "truncated")));
  bed.provider("b", backends::script_of_text({"never"}));
  const Outcome out = run(bed, "fast");
  ASSERT_TRUE(out.error.has_value());
  EXPECT_EQ(out.error->kind, "truncated");
  EXPECT_EQ(out.text, "xxx");
  EXPECT_TRUE(bed.at["b"]->requests.empty());
  ASSERT_EQ(bed.ledger.records.size(), 1u);
  EXPECT_EQ(bed.ledger.records[0].outcome, "error:truncated");
  EXPECT_EQ(bed.ledger.records[0].output_tokens, 3);
}

TEST(Gateway, CommentsBeforeTheFirstTokenAreNotDelivery) {
  Bed bed({{"fast", {"a/m", "b/m"}, {}}});
  Script script;
  ScriptStep comment;
  comment.raw = ": keep-alive\n\n";
  script.steps.push_back(comment);
  ScriptStep broken;
  broken.error = make_error(Code::kUnavailable, "cut", "", "truncated");
  script.steps.push_back(broken);
  bed.provider("a", script);
  bed.provider("b", backends::script_of_text({"ok"}));
  EXPECT_EQ(run(bed, "fast").text, "ok");
}

TEST(Gateway, AllFailedNamesEachTarget) {
  Bed bed({{"fast", {"a/m", "b/m"}, {}}, {"one", {"a/m"}, {}}});
  bed.provider("a", refusing(down()));
  bed.provider("b", refusing(make_error(Code::kUnavailable, "busy", "", "overloaded")));
  const Outcome all = run(bed, "fast");
  ASSERT_TRUE(all.error.has_value());
  EXPECT_EQ(all.error->kind, "all_targets_failed");
  EXPECT_NE(all.error->message.find("a/m: refused"), std::string::npos);
  EXPECT_NE(all.error->message.find("b/m: busy"), std::string::npos);
  const Outcome one = run(bed, "one");
  EXPECT_EQ(one.error->kind, "target_failed");
  EXPECT_NE(one.error->message.find("a/m"), std::string::npos);
}

net::Task<void> twice(Bed* bed, std::vector<Outcome>* out) {
  for (int i = 0; i < 2; ++i) {
    Outcome one;
    co_await ask(bed->gateway.get(), "fast", new_call(), &one);
    out->push_back(one);
  }
  EXPECT_EQ(bed->gateway->retry_after("one", net::Loop::current()->now()).value_or(0ns), 1s);
  EXPECT_EQ(bed->gateway->retry_after("fast", net::Loop::current()->now()), std::nullopt);
  co_await net::sleep_for(1100ms);
  Outcome later;
  co_await ask(bed->gateway.get(), "fast", new_call(), &later);
  out->push_back(later);
}

TEST(Gateway, AFailedTargetIsPassedOverByTheVeryNextRequest) {
  Bed bed({{"fast", {"a/m", "b/m"}, {}}, {"one", {"a/m"}, {}}});
  bed.provider("a", refusing(down()));
  bed.provider("b", backends::script_of_text({"b"}));
  std::vector<Outcome> out;
  ASSERT_TRUE(net::sim::run(1, twice(&bed, &out)).ok());
  ASSERT_EQ(out.size(), 3u);
  for (const Outcome& one : out) EXPECT_EQ(one.text, "b");
  EXPECT_EQ(bed.at["a"]->requests.size(), 2u);  // the first, and once its pause was over
}

TEST(Gateway, UnknownModelsNameTheNearest) {
  Bed bed({{"fast", {"small"}, {}}});
  bed.model("small", backends::script_of_text({"x"}));
  bed.provider("groq", backends::script_of_text({"x"}));
  const Outcome out = run(bed, "smal");
  ASSERT_TRUE(out.error.has_value());
  EXPECT_EQ(out.error->code, Code::kNotFound);
  EXPECT_EQ(out.error->kind, "model_not_found");
  EXPECT_NE(out.error->remedy.find("'small'"), std::string::npos);
  EXPECT_FALSE(run(bed, "groq/anything").error.has_value());
  EXPECT_EQ(run(bed, "nobody/x").error->kind, "model_not_found");
}

TEST(Gateway, OperationsThatATargetCannotDo) {
  Bed bed({});
  bed.model("small", backends::script_of_text({"x"}));
  Result<backends::Embeddings> out = make_error(Code::kInternal, "");
  const auto embed = [](Gateway* gateway, Result<backends::Embeddings>* to) -> net::Task<void> {
    std::vector<std::string> texts = {"a"};
    *to = co_await backends::embed(gateway, "small", std::move(texts), new_call());
  };
  ASSERT_TRUE(net::sim::run(1, embed(bed.gateway.get(), &out)).ok());
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().kind, "operation_not_supported");
}

TEST(Gateway, KeysAndTheirModels) {
  Bed bed({{"fast", {"small"}, {}}}, {{"team-a", "KEY_A", {"fast"}}, {"team-b", "KEY_B", {}}});
  bed.model("small", backends::script_of_text({"x"}));
  EXPECT_TRUE(bed.gateway->needs_key());
  EXPECT_EQ(bed.gateway->admit(std::nullopt, false).error().kind, "missing_key");
  EXPECT_EQ(bed.gateway->admit("wrong", false).error().kind, "wrong_key");
  EXPECT_EQ(bed.gateway->admit("secret-", false).error().kind, "wrong_key");
  EXPECT_EQ(bed.gateway->admit(std::nullopt, true)->name, "local");
  const auto a = bed.gateway->admit("secret-a", false);
  ASSERT_TRUE(a.ok());
  auto call = new_call();
  call->principal = *a;
  EXPECT_FALSE(run(bed, "fast", call).error.has_value());
  EXPECT_EQ(bed.ledger.records.back().principal, "team-a");
  // The target behind the allowed route may not be named by itself.
  EXPECT_EQ(run(bed, "small", call).error->code, Code::kPermissionDenied);
  EXPECT_TRUE(bed.gateway->admit("secret-b", false)->models.empty());
}

TEST(Gateway, KeysThatAreNotSetOrTwiceAreRefused) {
  GatewayConfig config;
  config.has_keys = true;
  config.keys = {{"x", "KEY_MISSING", {}}};
  auto missing = Gateway::create(config, environment, nullptr);
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("KEY_MISSING"), std::string::npos);
  config.keys = {{"x", "KEY_A", {}}, {"y", "KEY_A", {}}};
  EXPECT_FALSE(Gateway::create(config, environment, nullptr).ok());
}

net::Task<void> stop_midway(Bed* bed, Outcome* out) {
  std::stop_source source;
  net::Loop* loop = net::Loop::current();
  loop->start_timer(loop->now() + 40ms, [&source] { source.request_stop(); });
  auto call = new_call();
  call->stop = source.get_token();
  co_await ask(bed->gateway.get(), "fast", call, out);
}

TEST(Gateway, CancellationReachesTheTargetAndTriesNoOther) {
  for (const bool before_first : {true, false}) {
    Bed bed({{"fast", {"a/m", "b/m"}, {}}});
    Script script = before_first ? Script{} : backends::script_of_text({"x"});
    if (!before_first) script.steps.pop_back();
    ScriptStep stall;
    stall.stall = true;
    script.steps.push_back(stall);
    bed.provider("a", script);
    bed.provider("b", backends::script_of_text({"never"}));
    Outcome out;
    ASSERT_TRUE(net::sim::run(1, stop_midway(&bed, &out)).ok());
    ASSERT_TRUE(out.error.has_value());
    EXPECT_EQ(out.error->code, Code::kCancelled);
    EXPECT_EQ(bed.at["a"]->stopped, 1);
    EXPECT_TRUE(bed.at["b"]->requests.empty());
    ASSERT_EQ(bed.ledger.records.size(), 1u);
    EXPECT_EQ(bed.ledger.records[0].outcome, "cancelled");
  }
}

net::Task<void> give_up(Bed* bed) {
  Result<std::unique_ptr<backends::Answer>> answer =
      co_await bed->gateway->serve(request("small"), new_call());
  EXPECT_TRUE(answer.ok());
  answer->reset();  // a caller that forgets its answer
}

TEST(Gateway, AForgottenAnswerIsSettledOnce) {
  Bed bed({});
  bed.model("small", backends::script_of_text({"a", "b"}));
  ASSERT_TRUE(net::sim::run(1, give_up(&bed)).ok());
  ASSERT_EQ(bed.ledger.records.size(), 1u);
  EXPECT_EQ(bed.ledger.records[0].outcome, "cancelled");
}

// An assistant that asks the gateway again: what asks itself for ever ends at the depth limit.
class Asking : public backends::Backend {
 public:
  Asking(Gateway* gateway, std::string model) : gateway_(gateway), model_(std::move(model)) {}
  net::Task<Result<std::unique_ptr<backends::Answer>>> serve(backends::RequestRef request_,
                                                             backends::CallRef call) override {
    ++asked;
    return gateway_->serve(request_->with_model(model_), call);
  }
  backends::Capabilities capabilities(std::string_view) const override {
    backends::Capabilities out;
    out.chat = true;
    return out;
  }
  std::vector<backends::ModelInfo> models() const override { return {}; }
  int asked = 0;

 private:
  Gateway* gateway_;
  std::string model_;
};

TEST(Gateway, NestedCallsSettleTokensAtTheLeavesOnce) {
  Bed bed({}, {{"team-a", "KEY_A", {"assistant/x"}}});
  bed.model("small", backends::script_of_text({"a", "b"}));
  bed.gateway->add_backend("assistant/x", std::make_shared<Asking>(bed.gateway.get(), "small"));
  auto call = new_call();
  call->principal = *bed.gateway->admit("secret-a", false);
  const Outcome out = run(bed, "assistant/x", call);  // may ask what the key itself may not
  EXPECT_EQ(out.text, "ab");
  ASSERT_EQ(bed.ledger.records.size(), 2u);
  std::int64_t tokens = 0;
  for (const auto& record : bed.ledger.records) tokens += record.output_tokens;
  EXPECT_EQ(tokens, 2);
  EXPECT_EQ(bed.ledger.records[0].trace_id, bed.ledger.records[1].trace_id);
}

TEST(Gateway, WhatAsksItselfEndsAtTheDepthLimit) {
  Bed bed({});
  auto self = std::make_shared<Asking>(bed.gateway.get(), "assistant/x");
  bed.gateway->add_backend("assistant/x", self);
  const Outcome out = run(bed, "assistant/x");
  ASSERT_TRUE(out.error.has_value());
  EXPECT_EQ(out.error->kind, "too_deep");
  EXPECT_EQ(self->asked, backends::Call::kDepthMax);
}

TEST(Gateway, ModelsListEverything) {
  Bed bed({{"fast", {"groq/x", "small"}, {}}, {"sure", {"small"}, true}});
  bed.model("small", backends::script_of_text({"x"}));
  bed.model("assistant/handbook", backends::script_of_text({"x"}));
  bed.provider("groq", backends::script_of_text({"x"}));
  std::map<std::string, backends::ModelInfo> all;
  for (auto& info : bed.gateway->models()) all[info.name] = info;
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all["assistant/handbook"].kind, "assistant");
  EXPECT_EQ(all["fast"].kind, "route");
  EXPECT_TRUE(all["fast"].capable);  // remote by default
  EXPECT_TRUE(all["sure"].capable);  // said so
  EXPECT_FALSE(all["small"].capable);
}

}  // namespace
}  // namespace interposer::gateway
