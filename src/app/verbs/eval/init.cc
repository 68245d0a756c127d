// interposer eval init: a suite to begin with, which runs at once.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/exit_codes.h"
#include "app/share.h"
#include "app/verbs/eval/eval.h"
#include "app/verbs/eval/output.h"
#include "base/strings.h"
#include "net/file.h"

namespace interposer::app {
namespace {

constexpr std::uint64_t kFileBytesMax = 4 << 20;

struct Options {
  std::string folder = "evals", suite = "grounding";
};

Result<std::vector<std::string>> shipped() {
  IP_TRY(const std::vector<net::DirEntry> entries,
         net::FileSystem::real().list(share_file("evals/suites")));
  std::vector<std::string> out;
  for (const net::DirEntry& entry : entries) {
    if (entry.directory) out.push_back(entry.name);
  }
  return out;
}

Status copy_suite(const Options& options) {
  net::FileSystem& files = net::FileSystem::real();
  IP_TRY(const std::vector<std::string> known, shipped());
  if (std::find(known.begin(), known.end(), options.suite) == known.end())
    return make_error(Code::kNotFound, "no suite '" + options.suite + "' ships",
                      did_you_mean(options.suite, known));
  if (files.exists(options.folder + "/suite.yaml"))
    return make_error(Code::kAlreadyExists, options.folder + " has a suite already",
                      "name another folder: interposer eval init FOLDER");
  const std::string from = share_file("evals/suites/" + options.suite);
  IP_TRY(const std::vector<net::DirEntry> entries, files.list(from));
  IP_OK(files.make_directories(options.folder, 0755));
  for (const net::DirEntry& entry : entries) {
    if (entry.directory) continue;
    IP_TRY(const std::string text, files.read(from + "/" + entry.name, kFileBytesMax));
    IP_OK(files.write_atomic(options.folder + "/" + entry.name, text, 0644));
  }
  return {};
}

int work(const Options& options) {
  const Status copied = copy_suite(options);
  if (!copied) return fail(copied.error());
  fmt::print(
      "{0}/suite.yaml is made from '{1}'. Now:\n"
      "  interposer eval plan {0}/suite.yaml\n"
      "  interposer eval run {0}/suite.yaml --out runs/first\n",
      options.folder, options.suite);
  return kEvalPass;
}

}  // namespace

void add_eval_init(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = eval->add_subcommand("init", "write a suite to begin with; it runs at once");
  verb->footer(
      "Examples:\n  interposer eval init mine\n  interposer eval init tools --suite tools");
  verb->add_option("folder", options->folder, "where to")->capture_default_str();
  verb->add_option("--suite", options->suite, "which: grounding, retrieval, tools, smoke")
      ->capture_default_str();
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
