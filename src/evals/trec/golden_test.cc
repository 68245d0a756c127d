// trec_eval's own suite, 10.0 and 9.0.8, byte for byte (COMMANDS.md beside the data).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "base/strings.h"
#include "evals/trec/command.h"

namespace interposer::evals::trec {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> data_folder() {
  const char* const given = std::getenv("INTERPOSER_TEST_DATA");
  const fs::path root =
      given != nullptr ? fs::path(given) : fs::path(INTERPOSER_SOURCE_DIR) / "../shared/data";
  const fs::path folder = root / "evals/trec_eval";
  if (fs::exists(folder / "out.test")) return folder;
  return std::nullopt;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Golden {
  std::string arguments;  // "@NAME" is a file of the data folder
  std::string expected;
  bool only_10 = false;
};

const std::vector<Golden>& goldens() {
  static const std::vector<Golden> all{
      {"@qrels.test @results.test", "out.test"},
      {"@qrels.test.with-comments @results.test", "out.test", true},
      {"@qrels.comment.test @results.comment.test", "out.comment.test", true},
      {"-m all_trec @qrels.test @results.test", "out.test.a"},
      {"-m all_trec -q @qrels.test @results.test", "out.test.aq"},
      {"-m all_trec -q -c @qrels.test @results.trunc", "out.test.aqc"},
      {"-m all_trec -q -c -M100 @qrels.test @results.trunc", "out.test.aqcM"},
      {"-m all_trec -mrelstring.20 -q -l2 @qrels.rel_level @results.test", "out.test.aql"},
      {"-m all_prefs -q -R prefs @prefs.test @prefs.results.test", "out.test.prefs"},
      {"-m all_prefs -q -R prefs @prefs.comment.test @prefs.results.test", "out.test.prefs", true},
      {"-m all_prefs -q -R qrels_prefs @qrels.test @results.test", "out.test.qrels_prefs"},
      {"-m qrels_jg -q -R qrels_jg @qrels.123 @results.test", "out.test.qrels_jg"},
      {"-m qrels_jg -q -R qrels_jg @qrels.comments.123 @results.test", "out.test.qrels_jg", true},
      {"-q -miprec_at_recall..10,.20,.25,.75,.50 -m P.5,7,3 -m recall.20,2000 "
       "-m Rprec_mult.5.0,0.2,0.35 -mutility.2,-1,0,0 -m 11pt_avg..25,.5,.75 -mndcg.1=3,2=9,4=4.5 "
       "-mndcg_cut.10,20,23.4 -msuccess.2,5,20 @qrels.test @results.test",
       "out.test.meas_params"},
      {"-q -m all_trec -Z @zscores_file @qrels.test @results.test", "out.test.aqZ"},
  };
  return all;
}

fs::path file_of(const fs::path& folder, std::string_view name, bool version_9) {
  const fs::path older = folder / "v9" / name;
  return version_9 && fs::exists(older) ? older : folder / name;
}

class GoldenSuite : public testing::TestWithParam<bool> {};  // true: 9.0.8

TEST_P(GoldenSuite, OutputsAreEqual) {
  const bool version_9 = GetParam();
  const auto folder = data_folder();
  if (!folder) GTEST_SKIP() << "no test data";
  int expected = 0, checked = 0, equal = 0;
  for (const Golden& golden : goldens()) {
    if (golden.only_10 && version_9) continue;
    ++expected;
    std::vector<std::string> arguments{"--as", version_9 ? "9" : "10"};
    for (std::string_view word : split(golden.arguments, ' ')) {
      const bool file = word.starts_with('@');
      arguments.push_back(file ? file_of(*folder, word.substr(1), version_9).string()
                               : std::string(word));
    }
    const std::string want = text_of(file_of(*folder, golden.expected, version_9));
    ASSERT_FALSE(want.empty()) << golden.expected;
    const CommandResult got = run_command(arguments);
    ++checked;
    EXPECT_EQ(got.exit_status, 0) << got.error;
    EXPECT_TRUE(got.output == want) << golden.arguments;
    equal += got.output == want ? 1 : 0;
  }
  std::cout << "trec_eval " << (version_9 ? "9.0.8" : "10.0") << ": expected " << expected
            << ", checked " << checked << ", equal " << equal << "\n";
}

INSTANTIATE_TEST_SUITE_P(Versions, GoldenSuite, testing::Bool());

}  // namespace
}  // namespace interposer::evals::trec
