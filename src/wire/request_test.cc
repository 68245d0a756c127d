#include "wire/request.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>

namespace interposer::wire {
namespace {

Result<RequestRef> parse(std::string body, Operation op = Operation::kChat) {
  return Request::parse(op, Dialect::kOpenAi, std::move(body));
}

std::string refused(std::string body) {
  auto request = parse(std::move(body));
  EXPECT_FALSE(request.ok());
  if (request.ok()) return "";
  EXPECT_EQ(request.error().code, Code::kInvalidArgument);
  return request.error().message;
}

TEST(Request, ReadsRoutingFields) {
  const std::string body =
      R"({"messages":[{"role":"user","content":"model"}],"model" : "a\/b" ,"stream":true,)"
      R"("max_tokens":7})";
  auto request = parse(body);
  ASSERT_TRUE(request.ok()) << request.error().message;
  const Request& r = **request;
  EXPECT_EQ(r.model(), "a/b");
  EXPECT_EQ(r.bytes(), body);
  EXPECT_EQ(body.substr(r.model_span().begin, r.model_span().end - r.model_span().begin), "a\\/b");
  EXPECT_TRUE(r.stream());
  EXPECT_EQ(r.max_tokens(), 7);
}

TEST(Request, AbsentStaysAbsent) {
  auto request = parse(R"({"model":"m","stream":null,"max_tokens":null})");
  ASSERT_TRUE(request.ok());
  EXPECT_FALSE((*request)->stream());
  EXPECT_FALSE((*request)->max_tokens().has_value());
}

TEST(Request, NewerNameOfTheLimitWins) {
  auto request = parse(R"({"max_completion_tokens":5,"model":"m","max_tokens":9})");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ((*request)->max_tokens(), 5);
}

TEST(Request, RefusesWhatItCannotRoute) {
  EXPECT_NE(refused("").find("empty"), std::string::npos);
  EXPECT_NE(refused("[]").find("not a JSON object"), std::string::npos);
  EXPECT_NE(refused("{}").find("field 'model'"), std::string::npos);
  EXPECT_NE(refused(R"({"model":7})").find("field 'model'"), std::string::npos);
  EXPECT_NE(refused(R"({"model":""})").find("empty"), std::string::npos);
  EXPECT_NE(refused(R"({"model":"m","stream":"yes"})").find("field 'stream'"), std::string::npos);
  EXPECT_NE(refused(R"({"model":"m","max_tokens":-1})").find("'max_tokens'"), std::string::npos);
  EXPECT_NE(refused(R"({"model":"m")").find("malformed JSON"), std::string::npos);
  EXPECT_NE(refused(R"({"model":"m"} x)").find("malformed JSON"), std::string::npos);
  EXPECT_NE(refused("{\"model\":\"\xff\"}").find("UTF-8"), std::string::npos);
}

TEST(Request, RefusesAModelThatStandsTwice) {
  // The gateway would judge one and the target might read the other.
  EXPECT_NE(refused(R"({"model":"allowed","model":"other"})").find("twice"), std::string::npos);
  EXPECT_NE(refused(R"({"model":"allowed","mod\u0065l":"other"})").find("twice"),
            std::string::npos);
}

TEST(Request, AModelInsideOtherFieldsIsNotTheModel) {
  auto request = parse(R"({"metadata":{"model":"inner"},"model":"outer"})");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ((*request)->model(), "outer");
}

TEST(Request, OtherDialectsAreSaidToBeUnsupported) {
  auto request = Request::parse(Operation::kChat, Dialect::kAnthropic, R"({"model":"m"})");
  ASSERT_FALSE(request.ok());
  EXPECT_EQ(request.error().code, Code::kUnsupported);
}

TEST(Request, NativeRequestsKeepTheirChatUnderAnotherModel) {
  Chat chat;
  chat.sampling.max_tokens = 3;
  const RequestRef request = Request::from_chat("a", chat)->with_model("b");
  EXPECT_EQ(request->model(), "b");
  EXPECT_TRUE(request->bytes().empty());
  auto decoded = request->chat();
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(**decoded, chat);
  EXPECT_FALSE(request->embed().ok());
}

// Random bodies around a model: the splice must change the model and nothing else.
std::string random_json(std::mt19937& rng, int depth) {
  const auto pick = [&](int n) { return static_cast<int>(rng() % static_cast<unsigned>(n)); };
  static const char* const kTexts[] = {
      "\"\"", "\"a\"", "\"\\u00e9\\n\\\"\"", "\"model\"", "\"\xF0\x9F\x98\x80\"", "\"}{][\""};
  static const char* const kScalars[] = {"null", "true", "-0.5e3", "12345678901234", "0"};
  const int kind = depth <= 0 ? pick(2) : pick(4);
  if (kind == 0) return kTexts[pick(6)];
  if (kind == 1) return kScalars[pick(5)];
  std::string out = kind == 2 ? "[" : "{";
  const int count = pick(4);
  for (int i = 0; i < count; ++i) {
    if (i > 0) out += pick(2) == 0 ? "," : " ,\n";
    if (kind == 3) out += "\"k" + std::to_string(i) + "\":";
    out += random_json(rng, depth - 1);
  }
  return out + (kind == 2 ? "]" : "}");
}

TEST(Request, SpliceChangesNothingElse) {
  std::mt19937 rng(20261122);
  for (int round = 0; round < 2000; ++round) {
    const std::string before = "{\"x\": " + random_json(rng, 4) + ",";
    const std::string after = ", \"y\":" + random_json(rng, 4) + " }";
    const std::string body = before + "\"model\":\t\"old\\\"name\" " + after;
    auto request = parse(body);
    ASSERT_TRUE(request.ok()) << body << request.error().message;
    const RequestRef spliced = (*request)->with_model("new \"q\" \xC3\xA9/x");
    EXPECT_EQ(spliced->bytes(), before + "\"model\":\t\"new \\\"q\\\" \xC3\xA9/x\" " + after);
    const auto tree = boost::json::parse(spliced->bytes());
    EXPECT_EQ(tree.at("model").as_string(), "new \"q\" \xC3\xA9/x");
    EXPECT_EQ(tree.at("x"), boost::json::parse(body).at("x"));
    EXPECT_EQ(spliced->with_model("old\"name")->bytes(), body);
  }
}

}  // namespace
}  // namespace interposer::wire
