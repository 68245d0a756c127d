// interposer search: what a base holds for a question, or a TREC run for a file of them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/verb.h"
#include "base/strings.h"
#include "base/utf8.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string query, base, legs = "both", queries_file, run_file;
  int k = 10;
};

client::SearchQuery query_of(const Options& options, const std::string& query, bool by_document) {
  return {query, options.base, options.k, options.legs, by_document};
}

void print_hits(const std::vector<client::SearchHit>& hits) {
  constexpr std::size_t kShown = 400;  // bytes of a passage
  for (const client::SearchHit& hit : hits) {
    std::string passage = printable(hit.text);
    std::replace(passage.begin(), passage.end(), '\n', ' ');
    if (passage.size() > kShown) passage = passage.substr(0, utf8_floor(passage, kShown)) + " ...";
    const std::string place =
        fmt::format("{}@{} {}:{}", hit.document, hit.version, hit.start, hit.end);
    fmt::print("{} {}  {}\n   {}\n", styled(fmt::format("{}.", hit.rank), "1"),
               styled(fmt::format("{:.3f}", hit.score), "36"), styled(place, "2"), passage);
  }
}

// One line a document in TREC's run format: query Q0 document rank score tag.
Result<std::string> trec_lines(client::Session& session, const Options& options,
                               const std::string& id, const std::string& query) {
  IP_TRY(client::SearchAnswer answer, session.search(query_of(options, query, true)));
  std::string out;
  for (const client::SearchHit& hit : answer.hits) {
    out += fmt::format("{} Q0 {} {} {:.6f} interposer\n", id,
                       hit.document.substr(hit.document.find('/') + 1), hit.rank, hit.score);
  }
  return out;
}

Status write_run(client::Session& session, const Options& options) {
  std::ifstream queries(options.queries_file);
  if (!queries) {
    return make_error(Code::kNotFound, options.queries_file + ": cannot be opened",
                      "give a file of lines id<TAB>query");
  }
  std::ofstream run(options.run_file, std::ios::trunc);
  Progress progress(options.common.json);
  std::string line;
  for (std::int64_t number = 1; std::getline(queries, line); ++number) {
    if (trim(line).empty()) continue;
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) {
      return make_error(Code::kInvalidArgument,
                        fmt::format("{}:{}: no tab", options.queries_file, number),
                        "write the query's id, a tab, the query");
    }
    IP_TRY(std::string lines,
           trec_lines(session, options, line.substr(0, tab), line.substr(tab + 1)));
    run << lines;
    progress.show("queries", number, 0);
  }
  run.close();
  if (!run) return make_error(Code::kResourceExhausted, options.run_file + ": cannot be written");
  return {};
}

int work(const Options& options) {
  auto connection = Connection::open(options.common);
  if (!connection) return fail(connection.error());
  client::Session& session = (*connection)->session();
  if (!options.queries_file.empty()) {
    const Status written = write_run(session, options);
    return written ? kExitOk : fail(written.error());
  }
  auto answer = session.search(query_of(options, options.query, false));
  if (!answer) return fail(answer.error());
  if (options.common.json) {
    fmt::print("{}\n", answer->json);
  } else {
    print_hits(answer->hits);
  }
  return kExitOk;
}

}  // namespace

void add_search(CLI::App* app, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      subcommand(app, "search", "find passages by words and by meaning",
                 "  interposer search \"who makes HBM\" --base handbook --k 5\n"
                 "  interposer search \"transformer lead time\" --legs lexical --json\n"
                 "  interposer search --queries q.tsv --run out.trec --base scifact --k 100",
                 &options->common);
  auto* query = verb->add_option("query", options->query, "what to look for");
  verb->add_option("--base", options->base, "the base (default: the only one, else handbook)");
  verb->add_option("--k", options->k, "passages to give (documents with --queries)")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--legs", options->legs, "lexical, vector or both")
      ->check(CLI::IsMember({"lexical", "vector", "both"}))
      ->capture_default_str();
  auto* queries =
      verb->add_option("--queries", options->queries_file, "file of lines id<TAB>query");
  auto* run = verb->add_option("--run", options->run_file, "where to write the TREC run");
  queries->needs(run);
  run->needs(queries);
  queries->excludes(query);
  verb->callback([options, chosen] {
    if (options->query.empty() && options->queries_file.empty()) {
      throw CLI::RequiredError("a query, or --queries FILE --run OUT");
    }
    chosen->work = [options] { return work(*options); };
  });
}

}  // namespace interposer::app
