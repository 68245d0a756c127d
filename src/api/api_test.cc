// Every route of /api/v1 over fakes: what it answers, what it refuses, and in which words.
#include <gtest/gtest.h>
#include <unistd.h>

#include "api/openai/openai.h"
#include "api/openapi/operations.h"
#include "api/testing/world.h"

namespace interposer::api {
namespace {

using runs::testing::Step;
using runs::testing::text;
using testing::FakeExchange;
using testing::World;

Result<std::vector<Step>> grounded(const wire::Request& request) {
  if (request.model() == "nowhere")
    return make_error(Code::kNotFound, "there is no model 'nowhere'", "did you mean 'tiny'?",
                      "unknown_model");
  wire::Citation citation;
  citation.n = 1;
  citation.document = "handbook/hbm.md";
  citation.quote = "HBM is stacked.";
  wire::Sentence sentence;
  sentence.text = "HBM is stacked.";
  sentence.citations = {1};
  std::vector<Step> steps(2);
  steps[0].events = {wire::Part{"start", R"({"mode":"extract","model":"extract"})"}, citation,
                     text("HBM is stacked.")};
  steps[1].events = {sentence, wire::Finished{}};
  return steps;
}

// What stands behind "code" in an error body.
std::string code_of(const FakeExchange& exchange) {
  const std::size_t at = exchange.out.find("\"code\":\"");
  if (at == std::string::npos) return "(no error) " + exchange.out;
  return exchange.out.substr(at + 8, exchange.out.find('"', at + 8) - at - 8);
}

// The value of a text member.
std::string member(const std::string& json, const std::string& key) {
  const std::size_t at = json.find("\"" + key + "\":\"");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + key.size() + 4;
  return json.substr(begin, json.find('"', begin) - begin);
}

FakeExchange get(std::string target) { return FakeExchange("GET", std::move(target)); }
FakeExchange post(std::string target, std::string body) {
  FakeExchange exchange("POST", std::move(target));
  exchange.json(std::move(body));
  return exchange;
}

class Api : public ::testing::Test {
 protected:
  World world{grounded};
  FakeExchange send(FakeExchange exchange) {
    world.send(&exchange);
    return exchange;
  }
};

TEST_F(Api, StatusSaysWhatThereIs) {
  backends::ModelInfo tiny;
  tiny.name = "tiny";
  tiny.kind = "chat";
  tiny.parameters = 135'000'000;
  tiny.self_test = true;
  world.backend.models_ = {tiny};
  world.services.default_chat = "tiny";
  world.environment["GROQ_API_KEY"] = "gsk-secret";
  const FakeExchange got = send(get("/api/v1/status"));
  EXPECT_EQ(got.answer.status, 200);
  EXPECT_EQ(got.out,
            R"({"version":"1.2.3","ready":true,"models":[{"name":"tiny","kind":"chat",)"
            R"("parameters":135000000,"self_test":true,"capable":false}],"default_chat":"tiny",)"
            R"("default_base":"handbook","found":[{"kind":"key","name":"Groq",)"
            R"("env":"GROQ_API_KEY","provider":"groq"}],"page_needs_key":false,)"
            R"("config":{"file":"","digest":""}})");
}

TEST_F(Api, ForeignPagesDriveNothing) {
  FakeExchange foreign_host("GET", "/api/v1/bases");
  foreign_host.header("host", "evil.example");
  EXPECT_EQ(code_of(send(foreign_host)), "foreign_host");
  FakeExchange foreign_origin = post("/api/v1/bases", R"({"name":"x"})");
  foreign_origin.header("origin", "http://evil.example");
  const FakeExchange refused = send(foreign_origin);
  EXPECT_EQ(code_of(refused), "foreign_origin");
  EXPECT_EQ(refused.answer.status, 403);
  FakeExchange form = post("/api/v1/bases", "name=x");
  form.header("content-type", "application/x-www-form-urlencoded");
  EXPECT_EQ(send(form).answer.status, 415);
  FakeExchange upload("PUT", "/api/v1/bases/handbook/uploads/a.md");
  upload.header("content-type", "text/plain");
  EXPECT_EQ(send(upload).answer.status, 415);
  EXPECT_FALSE(world.knowledge.has_base("x"));
}

TEST_F(Api, WithKeysEveryApiPathNeedsOneOverTcp) {
  world.services.authenticate =
      [](std::optional<std::string_view> key) -> Result<backends::Principal> {
    if (key != "good") return make_error(Code::kUnauthenticated, "a key is needed", "send one");
    backends::Principal team;
    team.name = "team-a";
    return team;
  };
  EXPECT_EQ(send(get("/api/v1/bases")).answer.status, 401);
  EXPECT_EQ(send(get("/api/openapi.json")).answer.status, 401);
  EXPECT_EQ(send(get("/metrics")).answer.status, 401);
  EXPECT_EQ(send(get("/healthz")).answer.status, 200);
  EXPECT_NE(send(get("/")).answer.status, 401);
  FakeExchange with_key = get("/api/v1/bases");
  with_key.header("authorization", "Bearer good");
  EXPECT_EQ(send(with_key).answer.status, 200);
  FakeExchange socket = get("/api/v1/bases");
  socket.over_socket(static_cast<int>(::geteuid()));
  EXPECT_EQ(send(socket).answer.status, 200);
  FakeExchange stranger = get("/api/v1/bases");
  stranger.over_socket(static_cast<int>(::geteuid()) + 1);
  EXPECT_EQ(send(stranger).answer.status, 403);
}

// Team a may use the assistant of `handbook`, team b that of `plans`; the boss everything.
Result<backends::Principal> teams(std::optional<std::string_view> key) {
  backends::Principal who;
  who.name = std::string(key.value_or("nobody"));
  if (key == "a") who.models = {"assistant/handbook", "tiny"};
  if (key == "b") who.models = {"assistant/plans"};
  return who;
}

class ApiWithTeams : public Api {
 protected:
  ApiWithTeams() {
    world.knowledge.put("plans", "secret.md", "We plan.");
    world.services.authenticate = teams;
  }
  FakeExchange as(const std::string& key, FakeExchange exchange) {
    exchange.header("authorization", "Bearer " + key);
    return send(std::move(exchange));
  }
};

TEST_F(ApiWithTeams, AKeyReadsOnlyTheBasesWhoseAssistantsItMayUse) {
  const FakeExchange bases = as("a", get("/api/v1/bases"));
  EXPECT_NE(bases.out.find("handbook"), std::string::npos);
  EXPECT_EQ(bases.out.find("plans"), std::string::npos);
  for (const char* path : {"/api/v1/bases/plans/documents", "/api/v1/documents/plans/secret.md",
                           "/api/v1/search?q=plan&base=plans"}) {
    const FakeExchange refused = as("a", get(path));
    EXPECT_EQ(code_of(refused), "unknown_base") << path;
    EXPECT_EQ(as("b", get(path)).answer.status, 200) << path;
    EXPECT_EQ(as("boss", get(path)).answer.status, 200) << path;
  }
  // A name nearly right must not tell what there is.
  EXPECT_EQ(as("a", get("/api/v1/bases/planz/documents")).out.find("'plans'"), std::string::npos);
  EXPECT_EQ(code_of(as("a", post("/api/v1/ask", R"({"question":"q","base":"plans"})"))),
            "unknown_base");
}

TEST_F(ApiWithTeams, AKeyWithAListOfModelsChangesNothingShared) {
  EXPECT_EQ(code_of(as("a", post("/api/v1/bases", R"({"name":"mine"})"))), "key_is_limited");
  EXPECT_EQ(code_of(as("a", FakeExchange("DELETE", "/api/v1/documents/handbook/hbm.md"))),
            "key_is_limited");
  EXPECT_EQ(code_of(as("a", post("/api/v1/bases/handbook/reindex", "{}"))), "key_is_limited");
  EXPECT_EQ(code_of(as("a", post("/api/v1/found/groq/use", "{}"))), "key_is_limited");
  EXPECT_EQ(code_of(as("a", get("/api/v1/usage"))), "key_is_limited");
  EXPECT_EQ(as("boss", get("/api/v1/usage")).answer.status, 200);
  EXPECT_EQ(as("a", get("/api/v1/documents/handbook/hbm.md")).answer.status, 200);
}

TEST_F(ApiWithTeams, AConversationIsItsKeysOwn) {
  const FakeExchange made = as("a", post("/api/v1/conversations", R"({"base":"handbook"})"));
  ASSERT_EQ(made.answer.status, 201);
  const std::string path = "/api/v1/conversations/" + member(made.out, "id");
  const std::string turn = R"({"question":"What is HBM?","target":"assistant/handbook"})";
  const FakeExchange asked = as("a", post(path + "/turns", turn));
  const std::string run = "/api/v1/runs/" + member(asked.out, "run");
  for (const char* key : {"b", "boss"}) {
    EXPECT_EQ(as(key, get("/api/v1/conversations")).out, R"({"conversations":[]})");
    EXPECT_EQ(code_of(as(key, get(path))), "unknown_conversation");
    EXPECT_EQ(code_of(as(key, FakeExchange("DELETE", path))), "unknown_conversation");
    EXPECT_EQ(code_of(as(key, get(run + "/events"))), "unknown_run");
    EXPECT_EQ(code_of(as(key, post(run + "/stop", "{}"))), "unknown_run");
  }
  EXPECT_EQ(code_of(as("boss", post(path + "/turns", turn))), "unknown_conversation");
  EXPECT_EQ(as("a", get(path)).answer.status, 200);
  EXPECT_NE(as("a", get(run + "/events")).out.find("\"done\""), std::string::npos);
}

TEST_F(Api, BasesAreListedMadeAndNotMadeTwice) {
  world.services.base_facts = [](std::string_view) {
    BaseFacts facts;
    facts.mode = "extract";
    facts.about = "From fab to board";
    facts.samples = {"What is HBM?"};
    return facts;
  };
  EXPECT_EQ(send(get("/api/v1/bases")).out,
            R"({"bases":[{"name":"handbook","documents":1,"chunks":0,"vectors":0,)"
            R"("state":"ready","mode":"extract","about":"From fab to board",)"
            R"("samples":["What is HBM?"],"sources":[]}]})");
  EXPECT_EQ(send(post("/api/v1/bases", R"({"name":"mine"})")).answer.status, 201);
  const FakeExchange twice = send(post("/api/v1/bases", R"({"name":"mine"})"));
  EXPECT_EQ(twice.answer.status, 409);
  EXPECT_EQ(code_of(twice), "base_exists");
  EXPECT_EQ(code_of(send(post("/api/v1/bases", R"({"name":"../up"})"))), "invalid_base_name");
  EXPECT_EQ(send(post("/api/v1/bases", R"({"name":7})")).answer.status, 400);
  EXPECT_EQ(send(post("/api/v1/bases", R"({"name":)")).answer.status, 400);
  EXPECT_EQ(send(post("/api/v1/bases", "[]")).answer.status, 400);
}

TEST_F(Api, DocumentsAreListedShownAndRemoved) {
  world.knowledge.put("handbook", "sub/notes.md", "Notes");
  const FakeExchange list = send(get("/api/v1/bases/handbook/documents?offset=1&limit=1"));
  EXPECT_NE(list.out.find(R"("total":2)"), std::string::npos);
  EXPECT_NE(list.out.find("handbook/sub/notes.md"), std::string::npos);
  EXPECT_EQ(list.out.find("hbm.md"), std::string::npos);
  EXPECT_EQ(code_of(send(get("/api/v1/bases/handbook/documents?limit=0"))), "invalid_parameter");
  EXPECT_EQ(code_of(send(get("/api/v1/bases/handbok/documents"))), "unknown_base");

  const FakeExchange shown = send(get("/api/v1/documents/handbook/sub%2Fnotes.md?version=v1"));
  EXPECT_EQ(shown.out,
            R"({"document":"handbook/sub/notes.md","version":"v1","title":"sub/notes.md",)"
            R"("uri":"","bytes":5,"ingested_at":"1970-01-01T00:00:00.000Z","kind":"markdown",)"
            R"("current":true,"text":"Notes","blocks":[{"kind":"heading","level":1,"start":0,)"
            R"("end":5,"page":3}]})");
  EXPECT_EQ(code_of(send(get("/api/v1/documents/handbook/none"))), "unknown_document");
  EXPECT_EQ(code_of(send(get("/api/v1/documents/handbok/hbm.md"))), "unknown_base");

  const FakeExchange gone = send(FakeExchange("DELETE", "/api/v1/documents/handbook/hbm.md"));
  EXPECT_EQ(gone.answer.status, 204);
  EXPECT_TRUE(gone.out.empty());
  EXPECT_EQ(send(FakeExchange("DELETE", "/api/v1/documents/handbook/hbm.md")).answer.status, 404);
}

TEST_F(Api, SearchPassesItsParametersAndPrintsTheContract) {
  const FakeExchange got =
      send(get("/api/v1/search?q=stacked&base=handbook&k=3&legs=lexical&by=document"));
  EXPECT_EQ(got.out, R"([{"rank":1,"score":0.5,"document":"handbook/hbm.md","version":"v1",)"
                     R"("start":7,"end":14,"text":"stacked","legs":{"lexical":2.5,)"
                     R"("vector":null}}])");
  EXPECT_EQ(world.knowledge.asked().k, 3);
  EXPECT_EQ(world.knowledge.asked().legs, knowledge::LegChoice::kLexical);
  EXPECT_TRUE(world.knowledge.asked().by_document);
  EXPECT_EQ(send(get("/api/v1/search?q=nothing")).out, "[]");
  EXPECT_EQ(code_of(send(get("/api/v1/search?q="))), "invalid_parameter");
  EXPECT_EQ(code_of(send(get("/api/v1/search?q=a&legs=both%20legs"))), "invalid_parameter");
  EXPECT_EQ(code_of(send(get("/api/v1/search?q=a&k=many"))), "invalid_parameter");
  EXPECT_EQ(code_of(send(get("/api/v1/search?q=a&base=handbok"))), "unknown_base");
}

TEST_F(Api, AskGivesTheWholeObject) {
  const FakeExchange got =
      send(post("/api/v1/ask", R"({"question":"What is HBM?","mode":"extract","model":"fast"})"));
  EXPECT_EQ(got.answer.status, 200);
  EXPECT_TRUE(got.out.starts_with(
      R"({"question":"What is HBM?","answer":"HBM is stacked.","mode":"extract",)"
      R"("refused":false,"sentences":[{"text":"HBM is stacked.","citations":[1]}],)"
      R"("citations":[{"n":1,"document":"handbook/hbm.md",)"))
      << got.out;
  EXPECT_NE(got.out.find(R"("model":"extract","usage":{)"), std::string::npos);
  ASSERT_EQ(world.backend.requests.size(), 1u);
  EXPECT_EQ(world.backend.requests[0]->model(), "assistant/handbook");
  const auto chat = world.backend.requests[0]->chat();
  ASSERT_EQ((*chat)->extra.size(), 1u);
  EXPECT_EQ((*chat)->extra[0].second, R"({"mode":"extract","answer_with":"fast"})");

  EXPECT_EQ(code_of(send(post("/api/v1/ask", R"({"question":""})"))), "invalid_question");
  EXPECT_EQ(code_of(send(post("/api/v1/ask", R"({"question":"q","base":"none"})"))),
            "unknown_base");
  EXPECT_EQ(code_of(send(post("/api/v1/ask", R"({"question":"q","mode":"guess"})"))),
            "invalid_parameter");
}

TEST_F(Api, AskStreamsEventsAndThenTheObject) {
  const FakeExchange got = send(post("/api/v1/ask", R"({"question":"Q","stream":true})"));
  EXPECT_TRUE(got.started);
  EXPECT_EQ(got.answer.headers.get("content-type"), "text/event-stream");
  const std::size_t start = got.out.find(R"(data: {"n":1,"type":"start")");
  const std::size_t citation = got.out.find(R"(data: {"n":2,"type":"citation")");
  const std::size_t sentence = got.out.find(R"(data: {"n":3,"type":"sentence")");
  const std::size_t answer = got.out.find("event: answer\ndata: {\"question\":\"Q\"");
  ASSERT_NE(answer, std::string::npos) << got.out;
  EXPECT_LT(start, citation);
  EXPECT_LT(citation, sentence);
  EXPECT_LT(sentence, answer);
}

TEST_F(Api, AConversationLivesFromItsFirstQuestionToItsEnd) {
  const FakeExchange made = send(post("/api/v1/conversations", R"({"base":"handbook"})"));
  EXPECT_EQ(made.answer.status, 201);
  const std::string path = "/api/v1/conversations/" + member(made.out, "id");
  const FakeExchange asked =
      send(post(path + "/turns", R"({"question":"What is HBM?","target":"assistant/handbook"})"));
  EXPECT_EQ(asked.answer.status, 202);
  const std::string run = member(asked.out, "run");

  const FakeExchange events = send(get("/api/v1/runs/" + run + "/events?after=1"));
  EXPECT_TRUE(events.out.starts_with("id: 2\ndata: {\"n\":2,\"type\":\"citation\"")) << events.out;
  EXPECT_NE(events.out.find("id: 4\ndata: {\"n\":4,\"type\":\"done\""), std::string::npos);
  FakeExchange resumed = get("/api/v1/runs/" + run + "/events");
  resumed.header("last-event-id", "3");
  EXPECT_TRUE(send(resumed).out.starts_with("id: 4\n"));

  const FakeExchange shown = send(get(path));
  EXPECT_EQ(member(shown.out, "title"), "What is HBM?");
  EXPECT_EQ(member(shown.out, "state"), "done");
  EXPECT_EQ(send(post("/api/v1/runs/" + run + "/stop", "{}")).answer.status, 202);

  FakeExchange rename("PATCH", path);
  rename.json(R"({"title":"Memory"})");
  EXPECT_EQ(member(send(rename).out, "title"), "Memory");
  EXPECT_NE(send(get("/api/v1/conversations")).out.find("\"Memory\""), std::string::npos);
  EXPECT_EQ(send(FakeExchange("DELETE", path)).answer.status, 204);
  EXPECT_EQ(code_of(send(get(path))), "unknown_conversation");
  EXPECT_EQ(code_of(send(get("/api/v1/runs/" + run + "/events"))), "unknown_run");
}

TEST_F(Api, TurnsAreRefusedWithTheNameOfWhatIsWrong) {
  const FakeExchange made = send(post("/api/v1/conversations", "{}"));
  const std::string turns = "/api/v1/conversations/" + member(made.out, "id") + "/turns";
  EXPECT_EQ(code_of(send(post(turns, R"({"question":"q","target":"assistant/handbok"})"))),
            "unknown_base");
  EXPECT_EQ(send(post(turns, R"({"question":"q"})")).answer.status, 400);
  EXPECT_EQ(code_of(send(post(turns, R"({"question":" ","target":"tiny"})"))), "invalid_question");
  EXPECT_EQ(code_of(send(
                post("/api/v1/conversations/none/turns", R"({"question":"q","target":"tiny"})"))),
            "unknown_conversation");
  EXPECT_EQ(code_of(send(post("/api/v1/conversations", R"({"base":"none"})"))), "unknown_base");
  EXPECT_EQ(code_of(send(post("/api/v1/runs/none/stop", "{}"))), "unknown_run");
  EXPECT_EQ(code_of(send(get("/api/v1/runs/none/events?after=x"))), "invalid_parameter");
}

TEST_F(Api, UsageComesFromTheLedger) {
  EXPECT_EQ(send(get("/api/v1/usage")).out,
            R"({"totals":[{"model":"tiny","requests":2,"input_tokens":10,"cached_tokens":0,)"
            R"("output_tokens":0,"cost_usd":null,"joules":null}]})");
}

TEST_F(Api, OperationsAnswer) {
  EXPECT_EQ(send(get("/healthz")).out, "ok\n");
  EXPECT_EQ(send(get("/readyz")).answer.status, 200);
  world.services.ready = [] { return false; };
  EXPECT_EQ(send(get("/readyz")).answer.status, 503);
  EXPECT_EQ(send(get("/metrics")).answer.status, 200);
}

TEST_F(Api, UnknownPathsAndMethodsAreToldApart) {
  EXPECT_EQ(send(get("/api/v1/basis")).answer.status, 404);
  EXPECT_EQ(send(FakeExchange("DELETE", "/api/v1/status")).answer.status, 405);
}

TEST_F(Api, EveryRouteIsInTheOpenApiDocumentAndViceVersa) {
  const auto plain = [](std::string path) {
    const std::size_t star = path.find("*}");
    if (star != std::string::npos) path.erase(star, 1);
    return path;
  };
  std::vector<std::string> routed, documented;
  for (const auto& [method, path] : world.routes) routed.push_back(method + " " + plain(path));
  for (const Operation& operation : operations())
    if (operation.tag != "openai")
      documented.push_back(std::string(operation.method) + " " + std::string(operation.path));
  std::sort(routed.begin(), routed.end());
  std::sort(documented.begin(), documented.end());
  EXPECT_EQ(routed, documented);
}

TEST_F(Api, EveryDocumentedOperationHasAHandler) {
  const auto gateway = gateway::Gateway::create(
      {}, [](const std::string&) { return std::optional<std::string>(); }, nullptr);
  ASSERT_TRUE(gateway);
  register_openai(*world.router, **gateway);
  for (const Operation& operation : operations()) {
    std::string path(operation.path);
    for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{'))
      path.replace(open, path.find('}') - open + 1, "x");
    EXPECT_NE(world.router->find(operation.method, path).handler, nullptr) << operation.path;
  }
}

TEST_F(Api, TheOpenApiDocumentRefersOnlyToSchemasThatItHas) {
  const FakeExchange got = send(get("/api/openapi.json"));
  EXPECT_EQ(got.answer.status, 200);
  const std::string_view marker = "#/components/schemas/";
  int references = 0;
  for (std::size_t at = got.out.find(marker); at != std::string::npos;
       at = got.out.find(marker, at + 1)) {
    const std::size_t begin = at + marker.size();
    const std::string name = got.out.substr(begin, got.out.find('"', begin) - begin);
    EXPECT_NE(got.out.find("\"" + name + "\":{"), std::string::npos) << name;
    references += 1;
  }
  EXPECT_GT(references, 100);
}

}  // namespace
}  // namespace interposer::api
