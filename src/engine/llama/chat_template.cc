#include "engine/llama/chat_template.h"

#include <chat.h>
#include <llama.h>

#include <exception>
#include <utility>

#include "engine/llama/guard.h"
#include "engine/llama/log.h"
#include "engine/llama/output_parser.h"
#include "engine/llama/prompt_tokens.h"

namespace interposer::engine::llama {
namespace {

constexpr const char* role_name(wire::Role role) {
  switch (role) {
    case wire::Role::kSystem:
      return "system";
    case wire::Role::kDeveloper:
      return "developer";
    case wire::Role::kUser:
      return "user";
    case wire::Role::kAssistant:
      return "assistant";
    case wire::Role::kTool:
      return "tool";
  }
  return "user";
}

Result<common_chat_msg> convert(const wire::Message& message, std::size_t index) {
  common_chat_msg out;
  out.role = role_name(message.role);
  for (const wire::ContentPart& part : message.content) {
    if (part.kind != wire::ContentPart::Kind::kText &&
        part.kind != wire::ContentPart::Kind::kRefusal) {
      return make_error(Code::kInvalidArgument,
                        "messages[" + std::to_string(index) +
                            "].content: this model reads text, not images, audio or files",
                        "send text, or choose a model that can see", "unsupported_content");
    }
    out.content += part.text;
  }
  for (const wire::ToolCall& call : message.tool_calls) {
    out.tool_calls.push_back({call.name, call.arguments, call.id});
  }
  out.tool_name = message.role == wire::Role::kTool ? message.name : "";
  out.tool_call_id = message.tool_call_id;
  return out;
}

bool wants_tools(const wire::Chat& chat) {
  return !chat.tools.empty() &&
         !(chat.tool_choice && chat.tool_choice->kind == wire::ToolChoice::Kind::kNone);
}

bool forced(const wire::Chat& chat) {
  return chat.tool_choice && (chat.tool_choice->kind == wire::ToolChoice::Kind::kRequired ||
                              chat.tool_choice->kind == wire::ToolChoice::Kind::kNamed);
}

// The template's grammar lets a model talk before it calls a tool, and one that must call may talk
// to its last token. That part is optional ("until-N?" in the root rule), so it can be left out.
std::string without_preamble(const std::string& gbnf) {
  std::size_t root = gbnf.find("root ::= ");
  if (root == std::string::npos || (root != 0 && gbnf[root - 1] != '\n')) return gbnf;
  std::size_t end = gbnf.find('\n', root);
  std::size_t at = gbnf.find(" until-", root);
  if (at == std::string::npos || at > end) return gbnf;
  std::size_t stop = gbnf.find_first_not_of("0123456789", at + 7);
  if (stop == std::string::npos || gbnf[stop] != '?') return gbnf;
  return gbnf.substr(0, at) + gbnf.substr(stop + 1);
}

class Template final : public ChatTemplate {
 public:
  Template(std::shared_ptr<const Model> model, common_chat_templates_ptr templates)
      : model_(std::move(model)), templates_(std::move(templates)) {
    auto caps = common_chat_templates_get_caps(templates_.get());
    auto it = caps.find("supports_tools");
    tools_ = it != caps.end() && it->second;
    it = caps.find("supports_parallel_tool_calls");
    parallel_ = it != caps.end() && it->second;
  }

  bool supports_tools() const override { return tools_; }
  Result<Rendered> render(const wire::Chat& chat, std::string_view begun) const override;

 private:
  Status add_tools(const wire::Chat& chat, common_chat_templates_inputs* inputs) const;
  GrammarSpec grammar_of(const common_chat_params& params) const;

  std::shared_ptr<const Model> model_;
  common_chat_templates_ptr templates_;
  bool tools_ = false, parallel_ = false;
};

Status Template::add_tools(const wire::Chat& chat, common_chat_templates_inputs* inputs) const {
  if (chat.tools.empty() || !wants_tools(chat)) return {};
  if (!tools_) {
    return make_error(
        Code::kInvalidArgument, "tools: the chat template of this model has no place for tools",
        "leave the tools out (or tool_choice: none), or choose a model made for tools",
        "tools_unsupported");
  }
  for (const wire::Tool& tool : chat.tools) {
    bool named = chat.tool_choice && chat.tool_choice->kind == wire::ToolChoice::Kind::kNamed;
    if (named && tool.name != chat.tool_choice->name) continue;  // one is left: it must be called
    std::string parameters =
        tool.parameters.empty() ? R"({"type":"object","properties":{}})" : tool.parameters;
    inputs->tools.push_back({tool.name, tool.description, std::move(parameters)});
  }
  if (inputs->tools.empty()) {
    return make_error(Code::kInvalidArgument,
                      "tool_choice: there is no tool '" + chat.tool_choice->name + "' in tools",
                      "name one of the tools", "unknown_tool");
  }
  inputs->tool_choice =
      forced(chat) ? COMMON_CHAT_TOOL_CHOICE_REQUIRED : COMMON_CHAT_TOOL_CHOICE_AUTO;
  inputs->parallel_tool_calls = chat.parallel_tool_calls.value_or(parallel_);
  return {};
}

GrammarSpec Template::grammar_of(const common_chat_params& params) const {
  GrammarSpec spec;
  spec.gbnf = params.grammar;
  spec.lazy = params.grammar_lazy;
  spec.prefilled = params.generation_prompt;
  for (const common_grammar_trigger& trigger : params.grammar_triggers) {
    switch (trigger.type) {
      case COMMON_GRAMMAR_TRIGGER_TYPE_TOKEN:
        spec.trigger_tokens.push_back(trigger.token);
        break;
      case COMMON_GRAMMAR_TRIGGER_TYPE_WORD: {
        std::vector<Token> tokens = model_->tokenize(trigger.value, false, true);
        if (tokens.size() == 1) {
          spec.trigger_tokens.push_back(tokens.front());
        } else {
          spec.trigger_patterns.push_back(regex_escape(trigger.value));
        }
        break;
      }
      case COMMON_GRAMMAR_TRIGGER_TYPE_PATTERN:
        spec.trigger_patterns.push_back(trigger.value);
        break;
      case COMMON_GRAMMAR_TRIGGER_TYPE_PATTERN_FULL:
        spec.trigger_patterns.push_back("^" + trigger.value + "$");
        break;
    }
  }
  return spec;
}

Result<Rendered> Template::render(const wire::Chat& chat, std::string_view begun) const {
  common_chat_templates_inputs inputs;
  std::vector<std::string> contents;
  for (std::size_t i = 0; i < chat.messages.size(); ++i) {
    IP_TRY(common_chat_msg message, convert(chat.messages[i], i));
    contents.push_back(message.content);
    inputs.messages.push_back(std::move(message));
  }
  IP_OK(add_tools(chat, &inputs));
  inputs.reasoning_format = COMMON_REASONING_FORMAT_DEEPSEEK;
  if (chat.reasoning_effort == "none") inputs.enable_thinking = false;
  common_chat_params params;
  try {
    params = common_chat_templates_apply(templates_.get(), inputs);
  } catch (const std::exception& e) {
    return make_error(Code::kInvalidArgument,
                      std::string("messages: the model's chat template refuses them: ") + e.what(),
                      "put the messages in the order the model knows (system, user, assistant...)",
                      "template_refused");
  }
  Rendered out;
  out.prompt = prompt_tokens(*model_, params.prompt, contents);
  if (!begun.empty()) {
    std::vector<Token> more = model_->tokenize(begun, false, false);
    out.prompt.insert(out.prompt.end(), more.begin(), more.end());
  }
  out.stops = params.additional_stops;
  if (!inputs.tools.empty()) out.grammar = grammar_of(params);
  if (forced(chat)) out.grammar.gbnf = without_preamble(out.grammar.gbnf);
  if (!inputs.tools.empty() || params.supports_thinking) {
    for (const std::string& text : params.preserved_tokens) {
      std::vector<Token> tokens = model_->tokenize(text, false, true);
      if (tokens.size() == 1) out.preserved.push_back(tokens.front());
    }
    out.parser = make_output_parser(params, std::string(begun));
  }
  return out;
}

}  // namespace

Result<std::shared_ptr<const ChatTemplate>> ChatTemplate::create(
    std::shared_ptr<const Model> model) {
  start_backend();
  try {
    auto templates = common_chat_templates_init(model->raw(), "");
    return std::shared_ptr<const ChatTemplate>(
        std::make_shared<Template>(std::move(model), std::move(templates)));
  } catch (const std::exception& e) {
    return make_error(Code::kDataLoss,
                      "the chat template of model " + model->path() + " is damaged: " + e.what(),
                      "convert the model again with its template", "template_damaged");
  }
}

}  // namespace interposer::engine::llama
