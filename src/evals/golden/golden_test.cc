#include "evals/golden/golden.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace interposer::evals::golden {
namespace {

class Golden : public testing::TestWithParam<Set> {};

TEST_P(Golden, VerdictsAreEqual) {
  const Set set = GetParam();
  const std::filesystem::path data = data_folder(INTERPOSER_SOURCE_DIR);
  if (data.empty() || !std::filesystem::is_directory(data / set.folder)) {
    GTEST_SKIP() << "no test data";
  }
  const Result<Agreement> checked = set.check(data / set.folder);
  ASSERT_TRUE(checked.ok()) << checked.error().to_string();
  const auto number = [](std::int64_t n) { return static_cast<long long>(n); };
  std::printf("%s: expected %lld, checked %lld, equal %lld, skipped %lld, known faults %lld\n",
              std::string(set.name).c_str(), number(checked->expected), number(checked->checked),
              number(checked->equal), number(checked->skipped), number(checked->known));
  for (const std::string& note : checked->notes) std::printf("  %s\n", note.c_str());
  for (const std::string& place : checked->unequal) std::printf("  unequal: %s\n", place.c_str());
  EXPECT_TRUE(checked->holds());
  EXPECT_EQ(checked->checked + checked->skipped, checked->expected);
}

INSTANTIATE_TEST_SUITE_P(Sets, Golden, testing::ValuesIn(sets().begin(), sets().end()));

TEST(Agreement, OneUnlistedDifferenceIsEnough) {
  Agreement agreement;
  EXPECT_FALSE(agreement.holds());  // nothing was checked
  agreement.count(true, "a");
  EXPECT_TRUE(agreement.holds());
  agreement.count(false, "b");
  EXPECT_FALSE(agreement.holds());
  agreement.known = 1;
  EXPECT_TRUE(agreement.holds());
  EXPECT_EQ(agreement.unequal, std::vector<std::string>{"b"});
}

}  // namespace
}  // namespace interposer::evals::golden
