#include "api/router.h"

#include <gtest/gtest.h>

#include "api/reply.h"

namespace interposer::api {
namespace {

http::RequestHead request(std::string method, std::string target,
                          std::vector<std::pair<std::string, std::string>> headers = {}) {
  http::RequestHead head;
  head.method = std::move(method);
  head.target = std::move(target);
  for (auto& [name, value] : headers) head.headers.add(std::move(name), std::move(value));
  return head;
}

std::string kind_of(const Status& status) { return status.ok() ? "" : status.error().kind; }

RouteHandler nothing() {
  return [](http::Exchange*, Parameters) -> net::Task<void> { co_return; };
}

TEST(Router, FixedBeforeBracesAndRest) {
  Router router;
  router.add("GET", "/v1/models/{id*}", nothing());
  router.add("GET", "/v1/models", nothing());
  router.add("GET", "/api/v1/bases/{base}", nothing());
  router.add("GET", "/api/v1/bases/all", nothing());
  router.add("POST", "/api/v1/bases/{base}", nothing());
  auto rest = router.find("GET", "/v1/models/groq/openai%2Fgpt");
  ASSERT_NE(rest.handler, nullptr);
  EXPECT_EQ(rest.parameters.get("id"), "groq/openai/gpt");
  EXPECT_EQ(router.find("GET", "/v1/models").parameters.get("id"), "");
  EXPECT_EQ(router.find("GET", "/v1/models/").handler, nullptr);
  EXPECT_EQ(router.find("GET", "/api/v1/bases/all").parameters.get("base"), "");
  EXPECT_EQ(router.find("HEAD", "/api/v1/bases/a%2Fb").parameters.get("base"), "a/b");
  EXPECT_EQ(router.find("GET", "/api/v1/bases/a/b").handler, nullptr);
  const auto wrong = router.find("DELETE", "/api/v1/bases/x");
  EXPECT_EQ(wrong.handler, nullptr);
  EXPECT_EQ(wrong.methods.size(), 2u);
}

TEST(Guard, ForeignHostsAndOrigins) {
  const GuardOptions options{{"box.example"}};
  const auto check = [&](std::string host, std::string origin) {
    auto head = request("GET", "/api/v1/status", {{"Host", std::move(host)}});
    if (!origin.empty()) head.headers.add("Origin", std::move(origin));
    return kind_of(guard(head, options, false));
  };
  EXPECT_EQ(check("127.0.0.1:8080", ""), "");
  EXPECT_EQ(check("localhost:1", "http://localhost:1"), "");
  EXPECT_EQ(check("[::1]:8080", ""), "");
  EXPECT_EQ(check("box.example", "https://box.example"), "");
  EXPECT_EQ(check("evil.example", ""), "foreign_host");
  EXPECT_EQ(check("", ""), "foreign_host");
  EXPECT_EQ(check("127.0.0.1.evil.example", ""), "foreign_host");
  EXPECT_EQ(check("127.0.0.1:8080", "http://evil.example"), "foreign_origin");
  EXPECT_EQ(check("127.0.0.1:8080", "http://127.0.0.1:9999"), "foreign_origin");
  EXPECT_EQ(check("127.0.0.1:8080", "null"), "foreign_origin");
  auto cross =
      request("GET", "/v1/models", {{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}});
  EXPECT_EQ(kind_of(guard(cross, options, false)), "foreign_origin");
  cross.target = "/";  // following a link to the page is fine
  EXPECT_EQ(kind_of(guard(cross, options, false)), "");
}

TEST(Guard, OnlyJsonAndDeclaredUploads) {
  const auto check = [&](std::string method, std::string type) {
    auto head = request(std::move(method), "/api/v1/ask", {{"Host", "localhost"}});
    if (!type.empty()) head.headers.add("Content-Type", std::move(type));
    return kind_of(guard(head, {}, false));
  };
  EXPECT_EQ(check("POST", "application/json"), "");
  EXPECT_EQ(check("POST", "Application/JSON; charset=utf-8"), "");
  EXPECT_EQ(check("POST", "text/plain"), "unsupported_media_type");
  EXPECT_EQ(check("POST", "application/x-www-form-urlencoded"), "unsupported_media_type");
  EXPECT_EQ(check("POST", ""), "unsupported_media_type");
  EXPECT_EQ(check("PUT", "application/octet-stream"), "");
  EXPECT_EQ(check("PUT", "text/html"), "unsupported_media_type");
  EXPECT_EQ(check("DELETE", ""), "");
}

TEST(Guard, KeysFromHeaders) {
  EXPECT_EQ(bearer_key(request("GET", "/", {{"Authorization", "bearer  k1"}})), "k1");
  EXPECT_EQ(bearer_key(request("GET", "/", {{"X-Api-Key", "k2"}})), "k2");
  EXPECT_EQ(bearer_key(request("GET", "/", {{"Authorization", "Basic abc"}})), std::nullopt);
  EXPECT_EQ(bearer_key(request("GET", "/")), std::nullopt);
}

TEST(Reply, ShapesAndStatuses) {
  const Error error = make_error(Code::kNotFound, "no base 'x'", "make it", "unknown_base");
  EXPECT_EQ(error_body(error, ErrorShape::kOwn),
            R"({"error":{"code":"unknown_base","message":"no base 'x'","remedy":"make it"}})");
  EXPECT_NE(error_body(error, ErrorShape::kOpenAi).find("\"type\""), std::string::npos);
  EXPECT_EQ(status_of(error), 404);
  EXPECT_EQ(status_of(make_error(Code::kUnsupported, "", "", "unsupported_media_type")), 415);
  EXPECT_EQ(status_of(make_error(Code::kInvalidArgument, "", "", "method_not_allowed")), 405);
}

}  // namespace
}  // namespace interposer::api
