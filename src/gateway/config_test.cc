#include "gateway/config.h"

#include <gtest/gtest.h>

namespace interposer::gateway {
namespace {

Result<GatewayConfig> read(std::string_view text) {
  IP_TRY(config::Document document, config::parse(text, "f.yaml"));
  config::Section top(document.root());
  GatewayConfig out;
  const Status status = read_config(&top, document.root(), &out);
  top.allow("models").allow("bases").allow("listen");
  IP_OK(top.finish());
  if (!status) return status.error();
  return out;
}

std::string refused(std::string_view text) {
  auto config = read(text);
  EXPECT_FALSE(config.ok());
  return config.ok() ? "" : config.error().to_string();
}

constexpr std::string_view kGood = R"(listen: 127.0.0.1:8080
providers:
  groq: {dialect: openai, base_url: "https://api.groq.com/openai/v1", key_env: GROQ_API_KEY}
  lab: {dialect: openai, base_url: "http://127.0.0.1:9000/v1"}
models:
  local-small: {path: models/some.gguf, kind: chat}
routes:
  fast: [groq/llama-3.3-70b-versatile, local-small]
  sharp: {targets: [groq/openai/gpt-oss-120b, fast], capable: true}
  plain: local-small
keys:
  - {name: team-a, key_env: TEAM_A_KEY, models: [fast, groq/x, assistant/handbook]}
bases:
  handbook: {sources: [data/handbook], answer_with: fast}
)";

TEST(GatewayConfig, TheIssuesShape) {
  auto config = read(kGood);
  ASSERT_TRUE(config.ok()) << config.error().to_string();
  ASSERT_EQ(config->providers.size(), 2u);
  EXPECT_EQ(config->providers[0].key_env, "GROQ_API_KEY");
  ASSERT_EQ(config->routes.size(), 3u);
  EXPECT_EQ(config->routes[0].capable, std::nullopt);
  EXPECT_EQ(config->routes[1].capable, true);
  EXPECT_EQ(config->routes[2].targets, std::vector<std::string>{"local-small"});
  EXPECT_TRUE(config->has_keys);
  EXPECT_EQ(config->keys.at(0).models.size(), 3u);
}

TEST(GatewayConfig, ErrorsNameLineAndNearest) {
  EXPECT_EQ(
      refused("providers:\n  x: {dialect: openai, base_ulr: \"http://h\"}\n").find("f.yaml:2"), 0u);
  EXPECT_NE(refused("providers:\n  x: {base_url: \"ftp://h\"}\n").find("no http or https URL"),
            std::string::npos);
  EXPECT_NE(
      refused("providers:\n  x: {dialect: antropic, base_url: \"http://h\"}\n").find("f.yaml:2"),
      std::string::npos);
  EXPECT_NE(refused("providers:\n  assistant: {base_url: \"http://h\"}\n").find("reserved"),
            std::string::npos);
  const std::string near =
      refused("providers:\n  groq: {base_url: \"http://h\"}\nroutes:\n  a: [grok/x]\n");
  EXPECT_NE(near.find("f.yaml:4"), std::string::npos) << near;
  EXPECT_NE(near.find("'groq'"), std::string::npos) << near;
  EXPECT_NE(refused("models:\n  small: {path: x}\nroutes:\n  a: [smal]\n").find("'small'"),
            std::string::npos);
  EXPECT_NE(refused("routes:\n  a: []\n").find("no targets"), std::string::npos);
  EXPECT_NE(
      refused("bases:\n  handbook: {}\nroutes:\n  a: [assistant/handbok]\n").find("'handbook'"),
      std::string::npos);
  EXPECT_NE(refused("keys:\n  - {name: a, key_env: K, models: [nothing]}\n").find("f.yaml:2"),
            std::string::npos);
  EXPECT_NE(refused("keys:\n  - {name: a}\n").find("key_env"), std::string::npos);
}

TEST(GatewayConfig, CyclesAreRefusedByName) {
  const std::string direct = refused("routes:\n  a: [b]\n  b: [c]\n  c: [a]\n");
  EXPECT_NE(direct.find("f.yaml:2"), std::string::npos) << direct;
  EXPECT_NE(direct.find("a -> b -> c -> a"), std::string::npos) << direct;
  // Through an assistant that would answer with the route that asks it.
  const std::string through =
      refused("bases:\n  h: {answer_with: fast}\nroutes:\n  fast: [assistant/h]\n");
  EXPECT_NE(through.find("fast -> assistant/h -> fast"), std::string::npos) << through;
}

}  // namespace
}  // namespace interposer::gateway
