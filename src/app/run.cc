#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <vector>

#include "app/exit_codes.h"
#include "app/verb.h"
#include "app/verbs/eval/eval.h"
#include "base/strings.h"

namespace interposer::app {
namespace {

constexpr const char* kAbout =
    "Interposer stands between a product and every model, board and source: a model gateway,\n"
    "an embedded inference server, and a grounded assistant whose citations are spans of real "
    "documents.";

constexpr const char* kFooter =
    "Try:\n"
    "  interposer serve                               the page and the API on 127.0.0.1:8080\n"
    "  interposer ask \"Which suppliers make HBM?\"      a cited answer from the sample base\n"
    "  interposer ask \"What changed in May?\" ./docs    the same over your own folder\n"
    "\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage or unknown name, 3 refused to answer,\n"
    "4 done but some files failed, 130 interrupted.";

bool knows(const CLI::App& app, const std::string& word) {
  const auto verbs = app.get_subcommands({});
  return std::any_of(verbs.begin(), verbs.end(),
                     [&](const CLI::App* verb) { return verb->get_name() == word; });
}

// The word that names no verb, with the verbs a person may have meant.
int unknown_verb(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands({})) names.push_back(verb->get_name());
  const std::string outer = app.get_parent() == nullptr ? "" : app.get_name() + " ";
  return fail(
      make_error(Code::kInvalidArgument, "there is no verb '" + outer + word + "'",
                 did_you_mean(word, names) + " (interposer " + outer + "--help lists them)"));
}

}  // namespace

CLI::App* subcommand(CLI::App* app, const std::string& name, const std::string& summary,
                     const std::string& examples, Common* common) {
  CLI::App* verb = app->add_subcommand(name, summary);
  verb->footer("Examples:\n" + examples);
  verb->add_option("--home", common->home,
                   "the state folder (default: $INTERPOSER_HOME, else the XDG data folder)");
  verb->add_option("--config", common->config,
                   "configuration file (default: ./interposer.yaml when it is there)");
  verb->add_flag("--json", common->json, "print JSON for machines");
  return verb;
}

int run(int argc, char** argv) {
  CLI::App app(kAbout, "interposer");
  app.footer(kFooter);
  app.set_version_flag("--version", "interposer " INTERPOSER_VERSION);
  app.require_subcommand(0, 1);
  Chosen chosen;
  add_serve(&app, &chosen);
  add_ask(&app, &chosen);
  add_ingest(&app, &chosen);
  add_search(&app, &chosen);
  add_chat(&app, &chosen);
  add_source(&app, &chosen);
  add_models(&app, &chosen);
  add_usage(&app, &chosen);
  add_reindex(&app, &chosen);
  add_config(&app, &chosen);
  add_doctor(&app, &chosen);
  add_eval(&app, &chosen);
  add_plan(&app, &chosen);

  if (const auto done = run_eval_trec(argc, argv)) return *done;
  const CLI::App* within = &app;
  for (int i = 1; i < argc && i <= 2 && argv[i][0] != '-'; ++i) {
    if (!knows(*within, argv[i])) return unknown_verb(*within, argv[i]);
    if (std::string_view(argv[i]) != "eval") break;
    within = app.get_subcommand(argv[i]);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  if (!chosen.work) {
    std::fputs(app.help().c_str(), stdout);
    return kExitOk;
  }
  return chosen.work();
}

}  // namespace interposer::app
