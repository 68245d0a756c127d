#include "web/assets.h"

#include <gtest/gtest.h>

#include <string>

namespace interposer::web {
namespace {

TEST(Assets, PathsThatAreNotThereGiveNull) {
  EXPECT_EQ(find_asset(""), nullptr);
  EXPECT_EQ(find_asset("/nothing.js"), nullptr);
  EXPECT_EQ(find_asset("/../etc/passwd"), nullptr);
  EXPECT_EQ(find_asset("index.html"), nullptr);
}

TEST(Assets, EveryAssetIsFoundByItsOwnPathAndIsWhole) {
  for (const Asset& asset : assets()) {
    SCOPED_TRACE(std::string(asset.path));
    EXPECT_EQ(find_asset(asset.path), &asset);
    EXPECT_FALSE(asset.bytes.empty());
    EXPECT_LT(asset.brotli.size(), asset.bytes.size());
    ASSERT_GE(asset.etag.size(), 3U);
    EXPECT_EQ(asset.etag.front(), '"');
    EXPECT_EQ(asset.etag.back(), '"');
    EXPECT_EQ(asset.immutable, asset.path.starts_with("/assets/"));
  }
}

TEST(Assets, ThePageNamesOnlyAssetsThatAreEmbedded) {
  if (assets().empty()) GTEST_SKIP() << "built without the page (npm run build in src/web/ui)";
  const Asset* page = find_asset("/");
  ASSERT_NE(page, nullptr);
  EXPECT_EQ(page->path, "/index.html");
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  int named = 0;
  for (size_t at = page->bytes.find("\"/"); at != std::string_view::npos;
       at = page->bytes.find("\"/", at + 1)) {
    const size_t end = page->bytes.find('"', at + 1);
    const std::string_view path = page->bytes.substr(at + 1, end - at - 1);
    EXPECT_NE(find_asset(path), nullptr) << path;
    ++named;
  }
  EXPECT_GE(named, 2) << "a script and a style sheet";
}

TEST(Assets, ThePolicyForbidsInlineCode) {
  EXPECT_NE(kContentSecurityPolicy.find("default-src 'none'"), std::string_view::npos);
  EXPECT_EQ(kContentSecurityPolicy.find("unsafe"), std::string_view::npos);
}

}  // namespace
}  // namespace interposer::web
