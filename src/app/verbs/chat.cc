// interposer chat: plain chat with a model, one line a turn.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/verb.h"
#include "base/json.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string prompt, model, system;
};

using Turns = std::vector<client::ChatMessage>;

Result<std::string> default_model(const client::Session& session) {
  if (!session.server().default_chat.empty()) return session.server().default_chat;
  return make_error(Code::kFailedPrecondition, "no chat model is configured",
                    "name one with --model, or add one to models: in interposer.yaml");
}

Result<std::string> answer(client::Session& session, const Options& options,
                           const std::string& model, const Turns& turns) {
  return session.chat(model, turns, [&](std::string_view piece) {
    if (options.common.json) return;
    std::fputs(printable(piece).c_str(), stdout);
    std::fflush(stdout);
  });
}

int one_turn(client::Session& session, const Options& options, const std::string& model,
             Turns turns) {
  turns.push_back({"user", options.prompt});
  auto text = answer(session, options, model, turns);
  if (!text) return fail(text.error());
  if (options.common.json) {
    JsonWriter out;
    out.begin_object().field("model", model).field("text", *text).end_object();
    fmt::print("{}\n", out.str());
  } else {
    fmt::print("\n");
  }
  return kExitOk;
}

int conversation(client::Session& session, const Options& options, const std::string& model,
                 Turns turns) {
  fmt::print("{} (an empty line or Ctrl-D ends)\n", styled(model, "1"));
  std::string line;
  for (;;) {
    fmt::print("{}", styled("> ", "36"));
    std::fflush(stdout);
    if (!std::getline(std::cin, line) || line.empty()) return kExitOk;
    turns.push_back({"user", line});
    auto text = answer(session, options, model, turns);
    fmt::print("\n");
    if (!text) return fail(text.error());
    turns.push_back({"assistant", *text});
  }
}

int work(const Options& options) {
  auto connection = Connection::open(options.common);
  if (!connection) return fail(connection.error());
  client::Session& session = (*connection)->session();
  auto model = options.model.empty() ? default_model(session) : Result<std::string>(options.model);
  if (!model) return fail(model.error());
  Turns turns;
  if (!options.system.empty()) turns.push_back({"system", options.system});
  return options.prompt.empty() ? conversation(session, options, *model, turns)
                                : one_turn(session, options, *model, turns);
}

}  // namespace

void add_chat(CLI::App* app, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      subcommand(app, "chat", "plain chat with a model (no retrieval)",
                 "  interposer chat\n"
                 "  interposer chat \"Write a haiku about wafers\" --model local-chat\n"
                 "  interposer chat --model groq/llama-3.3-70b-versatile",
                 &options->common);
  verb->add_option("prompt", options->prompt, "one question; without it a conversation starts");
  verb->add_option("--model", options->model, "any model or route (interposer models lists them)");
  verb->add_option("--system", options->system, "a system message");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
