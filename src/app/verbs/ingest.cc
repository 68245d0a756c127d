// interposer ingest: files and folders into a base; safe to repeat.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/folder_base.h"
#include "app/output/job_progress.h"
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

void print_json(const Options& options, const client::IngestSummary& s,
                const std::vector<FailedFile>& failed) {
  JsonWriter out;
  out.begin_object().field("base", options.base).key("summary").begin_object();
  out.field("added", s.added).field("changed", s.changed).field("unchanged", s.unchanged);
  out.field("deleted", s.deleted).field("failed", s.failed).field("chunks", s.chunks);
  out.field("vectors", s.vectors).end_object().key("failed").begin_array();
  for (const FailedFile& file : failed) {
    out.begin_object().field("file", file.file).field("reason", file.reason);
    out.field("remedy", file.remedy).end_object();
  }
  out.end_array().end_object();
  fmt::print("{}\n", out.str());
}

void print_text(const Options& options, const client::IngestSummary& s,
                const std::vector<FailedFile>& failed) {
  fmt::print(
      "{}: {} added, {} changed, {} unchanged, {} deleted, {} failed; {} chunks, {} vectors\n",
      options.base, s.added, s.changed, s.unchanged, s.deleted, s.failed, s.chunks, s.vectors);
  for (const FailedFile& file : failed) {
    fmt::print("  failed: {}: {}\n", printable(file.file), printable(file.reason));
    if (!file.remedy.empty()) fmt::print("          {}\n", printable(file.remedy));
  }
}

int work(const Options& options) {
  client::Ingest ingest{options.base, {}, options.format, !options.no_vectors};
  for (const std::string& path : options.paths) {
    auto real = real_path(path);
    if (!real) return fail(real.error());
    ingest.paths.push_back(*real);
  }
  auto connection = Connection::open(options.common);
  if (!connection) return fail(connection.error());
  JobProgress progress(options.common.json);
  auto summary = (*connection)->session().ingest(ingest, progress.callback());
  if (!summary) return fail(summary.error());
  if (options.common.json) {
    print_json(options, *summary, progress.failed());
  } else {
    print_text(options, *summary, progress.failed());
  }
  return summary->failed > 0 ? kExitPartial : kExitOk;
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
  verb->add_option("--format", options->format,
                   "auto, tsv (id<TAB>text) or jsonl ({id,text,title})")
      ->check(CLI::IsMember({"auto", "tsv", "jsonl"}))
      ->capture_default_str();
  verb->add_flag("--no-vectors", options->no_vectors,
                 "return when words are searchable; the server makes the vectors later");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
