#include "boards/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/config.h"

namespace interposer::boards {
namespace {

std::string text(const config::Node& node, std::string_view key) {
  auto value = node[key].text();
  EXPECT_TRUE(value.ok()) << node.where() << " lacks " << key;
  return value.ok() ? *value : std::string();
}

TEST(Catalogue, TableIsTheDataFile) {
  auto document = config::load(INTERPOSER_SOURCE_DIR "/data/providers.yaml");
  ASSERT_TRUE(document.ok()) << document.error().message;
  const auto providers = document->root()["providers"].entries();
  ASSERT_EQ(providers.size(), known_providers().size());
  for (std::size_t i = 0; i < providers.size(); ++i) {
    const auto& [name, node] = providers[i];
    const Provider& entry = known_providers()[i];
    std::vector<std::string> quirks;
    for (const auto& item : node["quirks"].items()) quirks.push_back(*item.text());
    const auto has = [&](const char* quirk) {
      return std::find(quirks.begin(), quirks.end(), quirk) != quirks.end();
    };
    EXPECT_EQ(entry.name, name);
    EXPECT_EQ(entry.title, text(node, "title"));
    EXPECT_EQ(entry.base_url, text(node, "base_url"));
    EXPECT_EQ(entry.key_env, text(node, "key_env"));
    EXPECT_EQ(entry.max_completion_tokens, has("max_completion_tokens")) << name;
    EXPECT_EQ(entry.sampling_extensions, has("sampling_extensions")) << name;
    EXPECT_EQ(entry.stream_options, !has("no_stream_options")) << name;
    EXPECT_EQ(entry.developer_role, has("developer_role")) << name;
    EXPECT_FALSE(text(node, "source").empty());
    EXPECT_EQ(text(node, "date").size(), 10u);
  }
  const auto servers = document->root()["servers"].entries();
  ASSERT_EQ(servers.size(), known_servers().size());
  for (std::size_t i = 0; i < servers.size(); ++i) {
    EXPECT_EQ(known_servers()[i].provider, servers[i].first);
    EXPECT_EQ(known_servers()[i].base_url, text(servers[i].second, "base_url"));
  }
}

TEST(Catalogue, FindsByNameAndByHost) {
  ASSERT_NE(find_provider("groq"), nullptr);
  EXPECT_EQ(find_provider("nobody"), nullptr);
  ASSERT_NE(find_provider_by_url("https://api.mistral.ai/v2"), nullptr);
  EXPECT_EQ(find_provider_by_url("https://api.mistral.ai/v2")->name, "mistral");
  EXPECT_EQ(find_provider_by_url("http://127.0.0.1:9000/v1"), nullptr);
}

}  // namespace
}  // namespace interposer::boards
