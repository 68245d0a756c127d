#include "base/log.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "base/json.h"

namespace interposer::log {
namespace {

TEST(Log, ALineIsAJsonObjectWhoseFieldsKeepTheirTypes) {
  ::testing::internal::CaptureStderr();
  info("a \"message\"\n", {{"text", "x"}, {"count", 3}, {"real", 0.5}, {"flag", true}});
  const std::string line = ::testing::internal::GetCapturedStderr();
  ASSERT_TRUE(line.ends_with('\n'));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const boost::json::value read = boost::json::parse(line.substr(0, line.size() - 1));
  const boost::json::object& fields = read.as_object();
  EXPECT_EQ(fields.at("level"), "info");
  EXPECT_EQ(fields.at("message"), "a \"message\"\n");
  EXPECT_EQ(fields.at("text"), "x");
  EXPECT_EQ(fields.at("count"), 3);
  EXPECT_EQ(fields.at("real"), 0.5);
  EXPECT_EQ(fields.at("flag"), true);
  EXPECT_TRUE(fields.contains("time"));
}

TEST(Log, AnyBytesMakeALineOfValidJson) {
  std::string long_text(200000, 'x');
  for (const std::string& text : {std::string("\0\x1f\x7f\"\\/", 6), std::string("\xff\xfe broken"),
                                  std::string("\u00e9\u4e2d"), std::string(), long_text,
                                  std::string(5000, '\x01'), std::string("plain again")}) {
    ::testing::internal::CaptureStderr();
    info(text, {{"text", text}, {"least", std::numeric_limits<std::int64_t>::min()}, {"nan", NAN}});
    const std::string line = ::testing::internal::GetCapturedStderr();
    ASSERT_EQ(line.find('\n'), line.size() - 1);
    const boost::json::object read = boost::json::parse(line).as_object();
    std::string expected;
    append_json_string(expected, text);
    EXPECT_EQ(read.at("text"), boost::json::parse(expected));
    EXPECT_EQ(read.at("message"), read.at("text"));
    EXPECT_EQ(read.at("least"), std::numeric_limits<std::int64_t>::min());
    EXPECT_TRUE(read.at("nan").is_null());
  }
}

TEST(Log, LevelsBelowTheOneSetAreSilent) {
  ::testing::internal::CaptureStderr();
  debug("hidden");
  set_level(Level::kError);
  warn("hidden");
  error("shown");
  set_level(Level::kInfo);
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(text.find("hidden"), std::string::npos);
  EXPECT_NE(text.find("shown"), std::string::npos);
}

}  // namespace
}  // namespace interposer::log
