#include "wire/openai/messages.h"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace interposer::wire::openai {
namespace {

using Kind = ContentPart::Kind;

Status read_image(ObjectReader& part, ContentPart* out) {
  out->kind = Kind::kImage;
  const JsonValue* image = part.find("image_url");
  if (image == nullptr) return part.error("image_url", "it is missing");
  if (image->is_string()) {  // a shape that several compatible servers take
    out->url = std::string(image->get_string());
    return {};
  }
  IP_TRY(ObjectReader inner, ObjectReader::open(*image, part.path_of("image_url")));
  IP_OK(inner.need_text("url", &out->url));
  return inner.text("detail", &out->detail);
}

Status read_audio(ObjectReader& part, ContentPart* out) {
  out->kind = Kind::kAudio;
  const JsonValue* audio = part.find("input_audio");
  if (audio == nullptr) return part.error("input_audio", "it is missing");
  IP_TRY(ObjectReader inner, ObjectReader::open(*audio, part.path_of("input_audio")));
  IP_OK(inner.need_text("data", &out->url));
  return inner.need_text("format", &out->format);
}

Status read_file(ObjectReader& part, ContentPart* out) {
  out->kind = Kind::kFile;
  const JsonValue* file = part.find("file");
  if (file == nullptr) return part.error("file", "it is missing");
  IP_TRY(ObjectReader inner, ObjectReader::open(*file, part.path_of("file")));
  IP_OK(inner.text("file_id", &out->url));
  IP_OK(inner.text("file_data", &out->url));
  if (out->url.empty()) return inner.error("file_data", "either it or file_id is needed");
  return inner.text("filename", &out->format);
}

Result<ContentPart> read_part(const JsonValue& value, std::string path) {
  ContentPart out;
  IP_TRY(ObjectReader part, ObjectReader::open(value, std::move(path)));
  std::string type;
  IP_OK(part.need_text("type", &type));
  if (type == "text") {
    IP_OK(part.need_text("text", &out.text));
  } else if (type == "refusal") {
    out.kind = Kind::kRefusal;
    IP_OK(part.need_text("refusal", &out.text));
  } else if (type == "image_url") {
    IP_OK(read_image(part, &out));
  } else if (type == "input_audio") {
    IP_OK(read_audio(part, &out));
  } else if (type == "file") {
    IP_OK(read_file(part, &out));
  } else {
    out.kind = Kind::kUnknown;
    out.raw = json_text(value);
  }
  return out;
}

Status read_content(ObjectReader& message, Message* out) {
  const JsonValue* content = message.find("content");
  if (content == nullptr) return {};
  if (content->is_string()) {
    ContentPart part;
    part.text = std::string(content->get_string());
    out->content.push_back(std::move(part));
    return {};
  }
  if (!content->is_array()) {
    return message.error("content", "it must be a string or a list of parts");
  }
  const auto& parts = content->get_array();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    IP_TRY(ContentPart part,
           read_part(parts[i], fmt::format("{}[{}]", message.path_of("content"), i)));
    out->content.push_back(std::move(part));
  }
  return {};
}

// Arguments are JSON text; some servers and clients send the object itself.
void read_arguments(ObjectReader& function, std::string* out) {
  const JsonValue* arguments = function.find("arguments");
  if (arguments == nullptr) return;
  if (arguments->is_string())
    *out = std::string(arguments->get_string());
  else
    *out = json_text(*arguments);
}

Status read_tool_calls(ObjectReader& message, Message* out) {
  const JsonValue* calls = message.find("tool_calls");
  if (calls == nullptr) return {};
  if (!calls->is_array()) return message.error("tool_calls", "it must be a list");
  const auto& items = calls->get_array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    IP_TRY(ObjectReader call,
           ObjectReader::open(items[i], fmt::format("{}[{}]", message.path_of("tool_calls"), i)));
    ToolCall tool;
    IP_OK(call.text("id", &tool.id));
    const JsonValue* function = call.find("function");
    if (function == nullptr) return call.error("function", "it is missing");
    IP_TRY(ObjectReader inner, ObjectReader::open(*function, call.path_of("function")));
    IP_OK(inner.need_text("name", &tool.name));
    read_arguments(inner, &tool.arguments);
    out->tool_calls.push_back(std::move(tool));
  }
  return {};
}

Status read_role(ObjectReader& message, Role* out) {
  std::string role;
  IP_OK(message.need_text("role", &role));
  if (role == "system")
    *out = Role::kSystem;
  else if (role == "developer")
    *out = Role::kDeveloper;
  else if (role == "user")
    *out = Role::kUser;
  else if (role == "assistant")
    *out = Role::kAssistant;
  else if (role == "tool" || role == "function")
    *out = Role::kTool;
  else
    return message.error("role", fmt::format("'{}' is unknown", role),
                         "use system, developer, user, assistant or tool");
  return {};
}

Result<Message> read_message(const JsonValue& value, std::string path) {
  IP_TRY(ObjectReader reader, ObjectReader::open(value, std::move(path)));
  Message message;
  IP_OK(read_role(reader, &message.role));
  IP_OK(reader.text("name", &message.name));
  IP_OK(read_content(reader, &message));
  if (message.role == Role::kAssistant) {
    IP_OK(read_tool_calls(reader, &message));
    std::string refusal;
    IP_OK(reader.text("refusal", &refusal));
    if (!refusal.empty()) {
      ContentPart part;
      part.kind = Kind::kRefusal;
      part.text = std::move(refusal);
      message.content.push_back(std::move(part));
    }
  }
  if (message.role == Role::kTool) {
    IP_OK(reader.text("tool_call_id", &message.tool_call_id));
  }
  message.extra = reader.rest();
  return message;
}

std::string_view role_name(Role role, bool developer_role) {
  switch (role) {
    case Role::kSystem:
      return "system";
    case Role::kDeveloper:
      return developer_role ? "developer" : "system";
    case Role::kUser:
      return "user";
    case Role::kAssistant:
      return "assistant";
    case Role::kTool:
      return "tool";
  }
  return "user";
}

void write_part(JsonWriter& json, const ContentPart& part) {
  if (part.kind == Kind::kUnknown) {
    json.raw(part.raw);
    return;
  }
  json.begin_object();
  switch (part.kind) {
    case Kind::kText:
      json.field("type", "text").field("text", part.text);
      break;
    case Kind::kRefusal:
      json.field("type", "refusal").field("refusal", part.text);
      break;
    case Kind::kImage:
      json.field("type", "image_url").key("image_url").begin_object().field("url", part.url);
      if (!part.detail.empty()) json.field("detail", part.detail);
      json.end_object();
      break;
    case Kind::kAudio:
      json.field("type", "input_audio").key("input_audio").begin_object();
      json.field("data", part.url).field("format", part.format).end_object();
      break;
    case Kind::kFile:
      json.field("type", "file").key("file").begin_object();
      json.field(part.url.starts_with("data:") ? "file_data" : "file_id", part.url);
      if (!part.format.empty()) json.field("filename", part.format);
      json.end_object();
      break;
    case Kind::kUnknown:
      break;
  }
  json.end_object();
}

void write_content(JsonWriter& json, const Message& message) {
  if (message.content.empty()) {
    json.key("content").null();
    return;
  }
  const ContentPart& first = message.content.front();
  if (message.content.size() == 1 && first.kind == Kind::kText) {
    json.field("content", first.text);
    return;
  }
  json.key("content").begin_array();
  for (const ContentPart& part : message.content) write_part(json, part);
  json.end_array();
}

}  // namespace

Status read_messages(ObjectReader& body, std::vector<Message>* out) {
  const JsonValue* messages = body.find("messages");
  if (messages == nullptr) return body.error("messages", "it is missing");
  if (!messages->is_array()) return body.error("messages", "it must be a list");
  const auto& items = messages->get_array();
  if (items.empty()) return body.error("messages", "it is empty", "send at least one message");
  for (std::size_t i = 0; i < items.size(); ++i) {
    IP_TRY(Message message, read_message(items[i], fmt::format("messages[{}]", i)));
    out->push_back(std::move(message));
  }
  return {};
}

void write_messages(JsonWriter& json, const std::vector<Message>& messages, bool developer_role) {
  json.begin_array();
  for (const Message& message : messages) {
    json.begin_object().field("role", role_name(message.role, developer_role));
    if (!message.name.empty()) json.field("name", message.name);
    write_content(json, message);
    if (!message.tool_calls.empty()) {
      json.key("tool_calls").begin_array();
      for (const ToolCall& call : message.tool_calls) {
        json.begin_object().field("id", call.id).field("type", "function");
        json.key("function").begin_object().field("name", call.name);
        json.field("arguments", call.arguments).end_object().end_object();
      }
      json.end_array();
    }
    if (!message.tool_call_id.empty()) json.field("tool_call_id", message.tool_call_id);
    for (const auto& [name, value] : message.extra) json.key(name).raw(value);
    json.end_object();
  }
  json.end_array();
}

}  // namespace interposer::wire::openai
