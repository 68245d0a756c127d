#include "assistant/config.h"

#include <gtest/gtest.h>

namespace interposer::assistant {
namespace {

Result<BaseSettings> read(const std::string& yaml) {
  IP_TRY(auto document, config::parse(yaml, "interposer.yaml"));
  const auto entries = document.root()["bases"].entries();
  return parse_base(entries.at(0).first, entries.at(0).second);
}

TEST(BaseSettings, ReadsTheShapeOfTheGuide) {
  const auto base = read(
      "bases:\n  handbook: {sources: [data/handbook], embedder: meaning, answer_with: fast, mode: "
      "auto}\n");
  ASSERT_TRUE(base.ok()) << base.error().message;
  EXPECT_EQ(base->name, "handbook");
  EXPECT_EQ(base->sources, (std::vector<std::string>{"data/handbook"}));
  EXPECT_EQ(base->embedder, "meaning");
  EXPECT_EQ(base->answer_with, "fast");
  EXPECT_EQ(base->mode, Mode::kAuto);
  EXPECT_FALSE(base->flag_unsupported);
}

TEST(BaseSettings, ErrorsNameLineAndRemedy) {
  const auto message = [](const std::string& yaml) {
    const auto base = read(yaml);
    return base.ok() ? std::string("accepted") : base.error().to_string();
  };
  EXPECT_NE(message("bases:\n  b:\n    mode: extrct\n").find("interposer.yaml:3"),
            std::string::npos);
  EXPECT_NE(message("bases:\n  b:\n    mode: extrct\n").find("extract"), std::string::npos);
  EXPECT_NE(message("bases:\n  b:\n    sorces: [x]\n").find("sources"), std::string::npos);
  EXPECT_NE(message("bases:\n  b: {mode: generate}\n").find("answer_with"), std::string::npos);
  EXPECT_NE(message("bases:\n  \"a/b\": {}\n").find("cannot name a base"), std::string::npos);
}

TEST(BaseSettings, NamesAreSafeInPathsAndModels) {
  for (const char* good : {"handbook", "our-filings", "a.b_c", "9"})
    EXPECT_TRUE(valid_base_name(good));
  for (const char* bad : {"", "a/b", "..", ".x", "a b", "\xc3\xa9"})
    EXPECT_FALSE(valid_base_name(bad));
  EXPECT_FALSE(valid_base_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace interposer::assistant
