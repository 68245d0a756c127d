// trec_eval's own suite, byte for byte (COMMANDS.md beside the data).
#include <array>

#include "base/strings.h"
#include "evals/golden/golden.h"
#include "evals/read/files.h"
#include "evals/trec/command.h"

namespace interposer::evals::golden {
namespace {

struct Output {
  std::string_view arguments;  // "@NAME" is a file of the data folder
  std::string_view expected;
  bool only_10 = false;
};

constexpr std::array kOutputs{
    Output{"@qrels.test @results.test", "out.test"},
    Output{"@qrels.test.with-comments @results.test", "out.test", true},
    Output{"@qrels.comment.test @results.comment.test", "out.comment.test", true},
    Output{"-m all_trec @qrels.test @results.test", "out.test.a"},
    Output{"-m all_trec -q @qrels.test @results.test", "out.test.aq"},
    Output{"-m all_trec -q -c @qrels.test @results.trunc", "out.test.aqc"},
    Output{"-m all_trec -q -c -M100 @qrels.test @results.trunc", "out.test.aqcM"},
    Output{"-m all_trec -mrelstring.20 -q -l2 @qrels.rel_level @results.test", "out.test.aql"},
    Output{"-m all_prefs -q -R prefs @prefs.test @prefs.results.test", "out.test.prefs"},
    Output{"-m all_prefs -q -R prefs @prefs.comment.test @prefs.results.test", "out.test.prefs",
           true},
    Output{"-m all_prefs -q -R qrels_prefs @qrels.test @results.test", "out.test.qrels_prefs"},
    Output{"-m qrels_jg -q -R qrels_jg @qrels.123 @results.test", "out.test.qrels_jg"},
    Output{"-m qrels_jg -q -R qrels_jg @qrels.comments.123 @results.test", "out.test.qrels_jg",
           true},
    Output{"-q -miprec_at_recall..10,.20,.25,.75,.50 -m P.5,7,3 -m recall.20,2000 "
           "-m Rprec_mult.5.0,0.2,0.35 -mutility.2,-1,0,0 -m 11pt_avg..25,.5,.75 "
           "-mndcg.1=3,2=9,4=4.5 -mndcg_cut.10,20,23.4 -msuccess.2,5,20 @qrels.test @results.test",
           "out.test.meas_params"},
    Output{"-q -m all_trec -Z @zscores_file @qrels.test @results.test", "out.test.aqZ"},
};

// Files that differ in 9.0.8 are in v9/.
std::filesystem::path file_of(const std::filesystem::path& folder, std::string_view name,
                              bool version_9) {
  const std::filesystem::path older = folder / "v9" / name;
  return version_9 && std::filesystem::exists(older) ? older : folder / name;
}

Result<Agreement> check(const std::filesystem::path& folder, bool version_9) {
  Agreement out;
  for (const Output& output : kOutputs) {
    if (output.only_10 && version_9) continue;
    ++out.expected;
    std::vector<std::string> arguments{"--as", version_9 ? "9" : "10"};
    for (std::string_view word : split(output.arguments, ' ')) {
      arguments.push_back(word.starts_with('@')
                              ? file_of(folder, word.substr(1), version_9).string()
                              : std::string(word));
    }
    IP_TRY(const std::string want, read_file(file_of(folder, output.expected, version_9)));
    const trec::CommandResult got = trec::run_command(arguments);
    out.count(got.exit_status == 0 && got.output == want, output.arguments);
  }
  // The Makefile of 9.0.8 has these 11 command lines; 12 is the number of distinct
  // outputs of 10.0's 15.
  if (version_9)
    out.notes.emplace_back("9.0.8's own suite has 11 command lines; 4 of 10.0's need comments");
  return out;
}

}  // namespace

Result<Agreement> check_trec_10(const std::filesystem::path& folder) {
  return check(folder, false);
}
Result<Agreement> check_trec_9(const std::filesystem::path& folder) { return check(folder, true); }

}  // namespace interposer::evals::golden
