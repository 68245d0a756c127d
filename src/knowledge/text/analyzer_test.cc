#include "knowledge/text/analyzer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "base/utf8.h"

namespace interposer::knowledge {
namespace {

bool shares(const std::string& a, const std::string& b) {
  const auto x = analyse_terms(a), y = analyse_terms(b);
  return std::any_of(x.begin(), x.end(),
                     [&](const auto& t) { return std::find(y.begin(), y.end(), t) != y.end(); });
}

TEST(Analyzer, StemsAndDropsFrequentWords) {
  EXPECT_EQ(analyse_terms("The connections are connected"),
            (std::vector<std::string>{"connect", "connect"}));
  EXPECT_EQ(analyse_terms("what is it"), std::vector<std::string>{});
}

TEST(Analyzer, FindsIdentifiersByTheirParts) {
  EXPECT_TRUE(shares("getHTTPResponseCode", "response code"));
  EXPECT_TRUE(shares("getHTTPResponseCode", "http"));
  EXPECT_TRUE(shares("std::vector<bool>", "vector"));
  EXPECT_TRUE(shares("error E0277 here", "e0277"));
  EXPECT_TRUE(shares("part no. AB-12/3", "ab-12/3"));
  EXPECT_TRUE(shares("snake_case_name", "SNAKE_CASE_NAME"));
  EXPECT_TRUE(shares("HBM3E stacks", "HBM"));
  EXPECT_TRUE(shares("4.8TB/s", "4.8 TB"));
  EXPECT_TRUE(shares("1,000 dollars", "1000"));
  EXPECT_FALSE(shares("p53", "53"));
  EXPECT_FALSE(shares("H200", "B200"));
}

TEST(Analyzer, FoldsCaseWidthAndDiacriticsBothWays) {
  EXPECT_EQ(analyse_terms("Caf\u00E9"), analyse_terms("CAFE"));
  EXPECT_EQ(analyse_terms("Cafe\u0301"), analyse_terms("cafe"));
  EXPECT_EQ(analyse_terms("\uFF28\uFF22\uFF2D"), analyse_terms("hbm"));
  EXPECT_TRUE(shares("Stra\u00DFe", "STRASSE"));
  EXPECT_TRUE(
      shares("\u041C\u041E\u0421\u041A\u0412\u0410", "\u043C\u043E\u0441\u043A\u0432\u0430"));
}

TEST(Analyzer, CutsScriptsWithoutSpacesIntoBigrams) {
  EXPECT_EQ(analyse_terms("\u4F60\u597D\u5417"),
            (std::vector<std::string>{"\u4F60\u597D", "\u597D\u5417"}));
  EXPECT_TRUE(shares("\u6211\u7231\u4F60\u597D\u5417", "\u4F60\u597D"));
  EXPECT_TRUE(shares("\u0E20\u0E32\u0E29\u0E32\u0E44\u0E17\u0E22", "\u0E44\u0E17\u0E22"));
  EXPECT_EQ(analyse_terms("\u4F60").size(), 1U);
}

TEST(Analyzer, SpansNameTheirWords) {
  const std::string text = "The caf\u00E9's HBM3E, twice";
  for (const Token& token : analyse(text)) {
    EXPECT_TRUE(utf8_border(text, token.start) && utf8_border(text, token.end));
    EXPECT_LT(token.start, token.end);
  }
  EXPECT_EQ(text.substr(analyse(text)[0].start, 5), "caf\u00E9");
}

TEST(Analyzer, TakesAnyBytes) {
  rc::check("terms are valid, not empty and bounded", [](const std::string& noise) {
    for (const Token& token : analyse(noise)) {
      RC_ASSERT(!token.term.empty() && token.term.size() <= 64U);
      RC_ASSERT(token.end <= noise.size());
    }
  });
}

}  // namespace
}  // namespace interposer::knowledge
