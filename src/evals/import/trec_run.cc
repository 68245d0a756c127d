// A retrieval run as a ResultSet: a topic an item, trec_eval's measures as metrics.
#include <charconv>

#include "base/strings.h"
#include "evals/import/builder.h"
#include "evals/import/formats.h"
#include "evals/read/files.h"
#include "evals/trec/command.h"

namespace interposer::evals {
namespace {

constexpr const char* kMeasures[] = {"ndcg_cut.10", "map", "recip_rank", "P.10", "recall.100"};

}  // namespace

Result<ResultSet> read_trec_run(const std::string& path, const ReadOptions& options) {
  std::vector<std::string> arguments = {"-q", "-n"};
  for (const char* measure : kMeasures) {
    arguments.emplace_back("-m");
    arguments.emplace_back(measure);
  }
  arguments.push_back(options.qrels);
  arguments.push_back(path);
  const trec::CommandResult table = trec::run_command(arguments);
  // 4: a judged topic that the run lacks. It is then in the other run only, and listed.
  if (table.exit_status != 0 && table.output.empty())
    return make_error(
        Code::kInvalidArgument, table.error,
        "a run has lines 'topic Q0 document rank score name'; --qrels names judgments");
  SetBuilder builder;
  builder.set.source = path;
  builder.set.format = "trec";
  IP_TRY(std::size_t metric, builder.metric("ndcg_cut_10@trec10"));  // it decides
  for (const std::string_view line : lines_of(table.output)) {
    const std::vector<std::string_view> fields = split(line, '\t');
    if (fields.size() != 3 || fields[1] == "all") continue;
    const std::string_view text = trim(fields[2]);
    double value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) continue;
    const std::uint32_t row = builder.row(fields[1], 1);
    if (builder.set.rows[row].text_size == 0) put_texts(builder.set, builder.set.rows[row], {});
    IP_TRY(metric, builder.metric(std::string(trim(fields[0])) + "@trec10"));
    builder.score(row, metric, value);
  }
  return builder.finish();
}

}  // namespace interposer::evals
