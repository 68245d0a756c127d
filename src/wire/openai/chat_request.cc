#include "wire/openai/chat_request.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "wire/json_read.h"
#include "wire/openai/messages.h"
#include "wire/openai/sampling_fields.h"

namespace interposer::wire::openai {
namespace {

Result<Tool> read_tool(const JsonValue& value, std::string path) {
  IP_TRY(ObjectReader reader, ObjectReader::open(value, std::move(path)));
  std::string type = "function";
  IP_OK(reader.text("type", &type));
  Tool tool;
  if (type != "function") {
    tool.raw = json_text(value);
    return tool;
  }
  const JsonValue* function = reader.find("function");
  if (function == nullptr) return reader.error("function", "it is missing");
  IP_TRY(ObjectReader inner, ObjectReader::open(*function, reader.path_of("function")));
  IP_OK(inner.need_text("name", &tool.name));
  IP_OK(inner.text("description", &tool.description));
  IP_OK(inner.boolean("strict", &tool.strict));
  inner.raw("parameters", &tool.parameters);
  return tool;
}

Status read_tools(ObjectReader& body, Chat* chat) {
  const JsonValue* tools = body.find("tools");
  if (tools == nullptr) return {};
  if (!tools->is_array()) return body.error("tools", "it must be a list");
  const auto& items = tools->get_array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    IP_TRY(Tool tool, read_tool(items[i], fmt::format("tools[{}]", i)));
    chat->tools.push_back(std::move(tool));
  }
  return {};
}

Status read_tool_choice(ObjectReader& body, Chat* chat) {
  const JsonValue* choice = body.find("tool_choice");
  if (choice == nullptr) return {};
  ToolChoice out;
  if (choice->is_string()) {
    const std::string_view word = choice->get_string();
    if (word == "auto")
      out.kind = ToolChoice::Kind::kAuto;
    else if (word == "none")
      out.kind = ToolChoice::Kind::kNone;
    else if (word == "required")
      out.kind = ToolChoice::Kind::kRequired;
    else
      return body.error("tool_choice", "it must be auto, none, required or a function's name");
  } else {
    IP_TRY(ObjectReader named, ObjectReader::open(*choice, "tool_choice"));
    const JsonValue* function = named.find("function");
    if (function == nullptr) return named.error("function", "it is missing");
    IP_TRY(ObjectReader inner, ObjectReader::open(*function, "tool_choice.function"));
    out.kind = ToolChoice::Kind::kNamed;
    IP_OK(inner.need_text("name", &out.name));
  }
  chat->tool_choice = out;
  return {};
}

Status read_response_format(ObjectReader& body, Chat* chat) {
  std::string grammar;
  IP_OK(body.text("grammar", &grammar));
  if (!grammar.empty()) {
    chat->response_format = ResponseFormat{ResponseFormat::Kind::kGrammar, {}, grammar, {}};
  }
  const JsonValue* value = body.find("response_format");
  if (value == nullptr) return {};
  IP_TRY(ObjectReader reader, ObjectReader::open(*value, "response_format"));
  std::string type;
  IP_OK(reader.need_text("type", &type));
  ResponseFormat format;
  if (type == "text") {
    format.kind = ResponseFormat::Kind::kText;
  } else if (type == "json_object") {
    format.kind = ResponseFormat::Kind::kJsonObject;
  } else if (type == "json_schema") {
    format.kind = ResponseFormat::Kind::kJsonSchema;
    const JsonValue* schema = reader.find("json_schema");
    if (schema == nullptr) return reader.error("json_schema", "it is missing");
    IP_TRY(ObjectReader inner, ObjectReader::open(*schema, "response_format.json_schema"));
    IP_OK(inner.text("name", &format.name));
    IP_OK(inner.boolean("strict", &format.strict));
    const JsonValue* tree = inner.find("schema");
    if (tree != nullptr && !tree->is_object()) return inner.error("schema", "it must be an object");
    inner.raw("schema", &format.schema);
  } else {
    return reader.error("type", fmt::format("'{}' is unknown", type),
                        "use text, json_object or json_schema");
  }
  chat->response_format = std::move(format);
  return {};
}

// The deprecated members that tools replaced; old clients still send them.
Status read_functions(ObjectReader& body, Chat* chat) {
  if (const JsonValue* functions = body.find("functions"); functions != nullptr) {
    if (!functions->is_array()) return body.error("functions", "it must be a list");
    for (const JsonValue& item : functions->get_array()) {
      IP_TRY(ObjectReader reader, ObjectReader::open(item, "functions[]"));
      Tool tool;
      IP_OK(reader.need_text("name", &tool.name));
      IP_OK(reader.text("description", &tool.description));
      reader.raw("parameters", &tool.parameters);
      chat->tools.push_back(std::move(tool));
    }
  }
  const JsonValue* call = body.find("function_call");
  if (call == nullptr) return {};
  ToolChoice choice;
  if (call->is_string()) {
    choice.kind = call->get_string() == "none" ? ToolChoice::Kind::kNone : ToolChoice::Kind::kAuto;
  } else {
    IP_TRY(ObjectReader reader, ObjectReader::open(*call, "function_call"));
    choice.kind = ToolChoice::Kind::kNamed;
    IP_OK(reader.need_text("name", &choice.name));
  }
  chat->tool_choice = choice;
  return {};
}

}  // namespace

Result<Chat> decode_chat(std::string_view text) {
  IP_TRY(auto tree, parse_json(text, "the body"));
  IP_TRY(ObjectReader body, ObjectReader::open(*tree, ""));
  Chat chat;
  body.find("model");
  IP_OK(read_messages(body, &chat.messages));
  IP_OK(read_tools(body, &chat));
  IP_OK(read_tool_choice(body, &chat));
  IP_OK(read_functions(body, &chat));
  IP_OK(read_response_format(body, &chat));
  IP_OK(body.boolean("parallel_tool_calls", &chat.parallel_tool_calls));
  IP_OK(body.text("reasoning_effort", &chat.reasoning_effort));
  IP_OK(read_sampling(body, &chat.sampling));
  IP_OK(body.boolean("logprobs", &chat.sampling.logprobs));
  IP_OK(body.integer("top_logprobs", &chat.sampling.top_logprobs, 0));
  IP_OK(read_streaming(body, &chat));
  auto rest = body.rest();
  chat.extra.insert(chat.extra.end(), std::make_move_iterator(rest.begin()),
                    std::make_move_iterator(rest.end()));
  return chat;
}

}  // namespace interposer::wire::openai
