// A verb of the command line: its options, help and work. One file a verb in verbs/.
#pragma once

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace interposer::app {

// Options that every verb has.
struct Common {
  std::string home;    // --home
  std::string config;  // --config
  bool json = false;   // --json
};

// Filled by the parser: what to do, decided by the verb that was named.
struct Chosen {
  std::function<int()> work;
};

// Each adds its subcommand to `app`; when the person names it, `chosen` gets its work.
void add_ask(CLI::App* app, Chosen* chosen);
void add_ingest(CLI::App* app, Chosen* chosen);
void add_search(CLI::App* app, Chosen* chosen);
void add_chat(CLI::App* app, Chosen* chosen);
void add_serve(CLI::App* app, Chosen* chosen);
void add_models(CLI::App* app, Chosen* chosen);
void add_usage(CLI::App* app, Chosen* chosen);
void add_doctor(CLI::App* app, Chosen* chosen);
void add_reindex(CLI::App* app, Chosen* chosen);
void add_source(CLI::App* app, Chosen* chosen);
void add_config(CLI::App* app, Chosen* chosen);
void add_eval(CLI::App* app, Chosen* chosen);
void add_plan(CLI::App* app, Chosen* chosen);

// A subcommand with the common options, a summary, and examples at the foot of its help.
CLI::App* subcommand(CLI::App* app, const std::string& name, const std::string& summary,
                     const std::string& examples, Common* common);

// The whole program behind main(): parses, dispatches, gives the exit code.
int run(int argc, char** argv);

}  // namespace interposer::app
