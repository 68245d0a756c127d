#include <gtest/gtest.h>

#include "api/page/handlers.h"

namespace interposer::api {
namespace {

web::Asset asset() {
  web::Asset out{};
  out.path = "/assets/index-Ab12.js";
  out.content_type = "text/javascript; charset=utf-8";
  out.etag = "\"abc\"";
  out.immutable = true;
  out.bytes = "plain";
  out.brotli = "small";
  return out;
}

PageAnswer answer(std::string encoding, std::string tag, const web::Asset& of) {
  http::RequestHead head;
  if (!encoding.empty()) head.headers.add("accept-encoding", encoding);
  if (!tag.empty()) head.headers.add("if-none-match", tag);
  return page_answer(head, of);
}

TEST(Page, SendsBrotliOnlyToThoseWhoTakeIt) {
  EXPECT_EQ(answer("gzip, br", "", asset()).body, "small");
  EXPECT_EQ(answer("gzip, br", "", asset()).head.headers.get("content-encoding"), "br");
  EXPECT_EQ(answer("gzip", "", asset()).body, "plain");
  EXPECT_EQ(answer("br;q=0", "", asset()).body, "plain");
  EXPECT_EQ(answer("br;q=0.5", "", asset()).body, "small");
  EXPECT_EQ(answer("", "", asset()).head.headers.has("content-encoding"), false);
}

TEST(Page, ATagIsOfOneRepresentation) {
  const std::string plain(*answer("", "", asset()).head.headers.get("etag"));
  const std::string brotli(*answer("br", "", asset()).head.headers.get("etag"));
  EXPECT_NE(plain, brotli);
  EXPECT_EQ(answer("", plain, asset()).head.status, 304);
  EXPECT_EQ(answer("br", brotli, asset()).head.status, 304);
  EXPECT_EQ(answer("br", "W/\"x\", " + brotli, asset()).head.status, 304);
  EXPECT_EQ(answer("br", plain, asset()).head.status, 200);
  EXPECT_TRUE(answer("", plain, asset()).body.empty());
}

TEST(Page, OnlyHashedNamesAreKeptForEver) {
  web::Asset index = asset();
  index.immutable = false;
  EXPECT_EQ(answer("", "", index).head.headers.get("cache-control"), "no-cache");
  EXPECT_NE(answer("", "", asset()).head.headers.get("cache-control")->find("immutable"),
            std::string_view::npos);
}

TEST(Page, CarriesItsShell) {
  const PageAnswer got = answer("", "", asset());
  EXPECT_EQ(got.head.headers.get("content-security-policy"), web::kContentSecurityPolicy);
  EXPECT_EQ(got.head.headers.get("x-content-type-options"), "nosniff");
  EXPECT_EQ(got.head.headers.get("referrer-policy"), "no-referrer");
  EXPECT_NE(web::kContentSecurityPolicy.find("require-trusted-types-for 'script'"),
            std::string_view::npos);
}

}  // namespace
}  // namespace interposer::api
