// interposer chat: plain chat with a model, one line a turn.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
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

namespace json = boost::json;

struct Options {
  Common common;
  std::string prompt, model, system;
  int max_tokens = 512;
};

struct Turn {
  std::string role, text;
};

Result<std::string> default_model(client::Session& session) {
  IP_TRY(std::string answer, session.get("/api/v1/status"));
  const auto status = json::parse(answer).as_object();
  if (const auto* name = status.if_contains("default_chat"); name != nullptr && name->is_string()) {
    return std::string(name->as_string());
  }
  return make_error(Code::kFailedPrecondition, "no chat model is configured",
                    "name one with --model, or add one to models: in interposer.yaml");
}

std::string request_of(const Options& options, const std::string& model,
                       const std::vector<Turn>& turns) {
  JsonWriter body;
  body.begin_object().field("model", model).field("stream", true);
  body.field("max_tokens", options.max_tokens).key("messages").begin_array();
  for (const Turn& turn : turns) {
    body.begin_object().field("role", turn.role).field("content", turn.text).end_object();
  }
  body.end_array().end_object();
  return body.take();
}

std::string delta_of(std::string_view chunk) {
  const auto value = json::parse(chunk);
  const auto* choices = value.is_object() ? value.as_object().if_contains("choices") : nullptr;
  if (choices == nullptr || !choices->is_array() || choices->as_array().empty()) return {};
  const auto* delta = choices->as_array()[0].as_object().if_contains("delta");
  const auto* content =
      delta != nullptr && delta->is_object() ? delta->as_object().if_contains("content") : nullptr;
  return content != nullptr && content->is_string() ? std::string(content->as_string())
                                                    : std::string();
}

Result<std::string> answer(client::Session& session, const Options& options,
                           const std::string& model, const std::vector<Turn>& turns) {
  std::string text;
  IP_OK(session.stream("/v1/chat/completions", request_of(options, model, turns),
                       [&](const client::StreamEvent& event) {
                         const std::string piece = delta_of(event.json);
                         text += piece;
                         if (!options.common.json) {
                           std::fputs(printable(piece).c_str(), stdout);
                           std::fflush(stdout);
                         }
                         return true;
                       }));
  return text;
}

int one_turn(client::Session& session, const Options& options, const std::string& model,
             std::vector<Turn> turns) {
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
                 std::vector<Turn> turns) {
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
  std::vector<Turn> turns;
  if (!options.system.empty()) turns.push_back({"system", options.system});
  return options.prompt.empty() ? conversation(session, options, *model, turns)
                                : one_turn(session, options, *model, turns);
}

}  // namespace

void add_chat(CLI::App* app, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = subcommand(app, "chat", "plain chat with a model (no retrieval)",
                              "  interposer chat\n"
                              "  interposer chat \"Write a haiku about wafers\" --model local-chat\n"
                              "  interposer chat --model groq/llama-3.3-70b-versatile",
                              &options->common);
  verb->add_option("prompt", options->prompt, "one question; without it a conversation starts");
  verb->add_option("--model", options->model, "any model or route (interposer models lists them)");
  verb->add_option("--system", options->system, "a system message");
  verb->add_option("--max-tokens", options->max_tokens, "longest answer, in tokens")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
