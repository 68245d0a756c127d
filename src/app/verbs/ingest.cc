// interposer ingest: files and folders into a base; safe to repeat.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/folder_base.h"
#include "app/output/terminal.h"
#include "app/verb.h"
#include "base/json.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::vector<std::string> paths;
  std::string base = "handbook";
  std::string format = "auto";
  bool no_vectors = false;
};

void print_summary(const Options& options, const JobOutcome& outcome) {
  const auto summary = boost::json::parse(outcome.summary).as_object();
  const auto count = [&](const char* key) { return summary.at(key).to_number<std::int64_t>(); };
  fmt::print("{}: {} added, {} changed, {} unchanged, {} deleted, {} failed; {} chunks, {} vectors\n",
             options.base, count("added"), count("changed"), count("unchanged"), count("deleted"),
             count("failed"), count("chunks"), count("vectors"));
  for (const auto& file : boost::json::parse(outcome.failures).as_array()) {
    const auto& object = file.as_object();
    fmt::print("  failed: {}: {}\n", printable(object.at("file").as_string()),
               printable(object.at("reason").as_string()));
    if (const auto* remedy = object.if_contains("remedy"); remedy != nullptr && remedy->is_string()) {
      fmt::print("          {}\n", printable(remedy->as_string()));
    }
  }
}

int work(const Options& options) {
  JsonWriter body;
  body.begin_object().field("base", options.base).field("format", options.format);
  body.field("vectors", !options.no_vectors).key("paths").begin_array();
  for (const std::string& path : options.paths) {
    auto real = real_path(path);
    if (!real) return fail(real.error());
    body.string(*real);
  }
  body.end_array().end_object();
  auto connection = Connection::open(options.common);
  if (!connection) return fail(connection.error());
  client::Session& session = (*connection)->session();
  auto accepted = session.post("/api/v1/ingest", body.str());
  if (!accepted) return fail(accepted.error());
  const auto job = boost::json::parse(*accepted).at("job").as_string();
  auto outcome = follow_job(session, std::string(job), options.common.json);
  if (!outcome) return fail(outcome.error());
  if (options.common.json) {
    JsonWriter out;
    out.begin_object().field("base", options.base).key("summary").raw(outcome->summary);
    out.key("failed").raw(outcome->failures).end_object();
    fmt::print("{}\n", out.str());
  } else {
    print_summary(options, *outcome);
  }
  return outcome->failed > 0 ? kExitPartial : kExitOk;
}

}  // namespace

void add_ingest(CLI::App* app, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = subcommand(app, "ingest", "bring files and folders into a knowledge base",
                              "  interposer ingest ./docs --base ours\n"
                              "  interposer ingest corpus.tsv --format tsv --base scifact\n"
                              "  interposer ingest ./docs --base ours --no-vectors",
                              &options->common);
  verb->add_option("paths", options->paths,
                   "Markdown, text, HTML, PDF, CSV files, or folders of them; what was deleted "
                   "there since is deleted from the base")
      ->required();
  verb->add_option("--base", options->base, "the base; made when it is new")->capture_default_str();
  verb->add_option("--format", options->format, "auto, tsv (id<TAB>text) or jsonl ({id,text,title})")
      ->check(CLI::IsMember({"auto", "tsv", "jsonl"}))
      ->capture_default_str();
  verb->add_flag("--no-vectors", options->no_vectors,
                 "return when words are searchable; the server makes the vectors later");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
