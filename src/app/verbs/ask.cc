// interposer ask: a cited answer over a base, or over one's own folder.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/folder_base.h"
#include "app/output/answer.h"
#include "app/verb.h"
#include "base/json.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string question, base, mode, model;
  std::vector<std::string> paths;
};

// One command over one's own folder: what changed is ingested before the question is asked.
Result<std::string> base_of_paths(client::Session& session, const Options& options) {
  IP_TRY(FolderBase folder, folder_base(options.paths));
  JsonWriter body;
  body.begin_object().field("base", folder.name).key("paths").begin_array();
  for (const std::string& path : folder.paths) body.string(path);
  body.end_array().end_object();
  IP_TRY(std::string accepted, session.post("/api/v1/ingest", body.str()));
  const auto job = boost::json::parse(accepted).at("job").as_string();
  IP_TRY(JobOutcome outcome, follow_job(session, std::string(job), options.common.json));
  for (const auto& file : boost::json::parse(outcome.failures).as_array()) {
    fmt::print(stderr, "interposer: left out {}: {}\n", file.at("file").as_string().c_str(),
               file.at("reason").as_string().c_str());
  }
  return folder.name;
}

int work(const Options& options) {
  auto connection = Connection::open(options.common);
  if (!connection) return fail(connection.error());
  client::Session& session = (*connection)->session();
  std::string base = options.base;
  if (!options.paths.empty()) {
    auto made = base_of_paths(session, options);
    if (!made) return fail(made.error());
    base = *made;
  }
  JsonWriter body;
  body.begin_object().field("question", options.question);
  if (!base.empty()) body.field("base", base);
  if (!options.mode.empty()) body.field("mode", options.mode);
  if (!options.model.empty()) body.field("model", options.model);
  body.end_object();
  auto answer = session.post("/api/v1/ask", body.str());
  if (!answer) return fail(answer.error());
  const auto value = boost::json::parse(*answer);
  if (options.common.json) {
    fmt::print("{}\n", *answer);
  } else {
    print_answer(*answer);
  }
  return value.at("refused").as_bool() ? kExitRefused : kExitOk;
}

}  // namespace

void add_ask(CLI::App* app, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = subcommand(app, "ask", "answer a question with citations of real documents",
                              "  interposer ask \"Which suppliers make HBM?\"\n"
                              "  interposer ask \"Who signs the lease?\" ./contracts\n"
                              "  interposer ask \"Compare H200 and B200 memory\" --base handbook --json",
                              &options->common);
  verb->add_option("question", options->question, "the question, in quotes")->required();
  verb->add_option("paths", options->paths, "files or folders to answer from; ingested when changed");
  verb->add_option("--base", options->base, "the knowledge base (default: the only one, else handbook)");
  verb->add_option("--mode", options->mode, "auto, extract or generate")
      ->check(CLI::IsMember({"auto", "extract", "generate"}));
  verb->add_option("--model", options->model, "the model that writes, in generate mode");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
