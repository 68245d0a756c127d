#include "api/openapi/operations.h"
#include "base/json.h"
#include "base/strings.h"

namespace interposer::api {
namespace {

void write_parameter(JsonWriter& w, std::string_view name, std::string_view in, bool required) {
  w.begin_object().field("name", name).field("in", in).field("required", required);
  w.key("schema").raw(R"({"type":"string"})").end_object();
}

void write_parameters(JsonWriter& w, const Operation& operation) {
  w.key("parameters").begin_array();
  for (const std::string_view part : split(operation.path, '/'))
    if (part.starts_with('{')) write_parameter(w, part.substr(1, part.size() - 2), "path", true);
  for (std::string_view name : split(operation.query, ' ')) {
    if (name.empty()) continue;
    const bool required = name.ends_with('!');
    if (required) name.remove_suffix(1);
    write_parameter(w, name, "query", required);
  }
  w.end_array();
}

// {"content":{TYPE:{"schema":...}}} without its braces.
void write_content(JsonWriter& w, std::string_view schema) {
  std::string_view type = "application/json";
  std::string text = R"({"$ref":"#/components/schemas/)" + std::string(schema) + R"("})";
  if (schema == "octets") {
    type = "application/octet-stream";
    text = R"({"type":"string","format":"binary"})";
  } else if (schema == "events") {
    type = "text/event-stream";
    text = R"({"type":"string"})";
  } else if (schema == "text") {
    type = "text/plain";
    text = R"({"type":"string"})";
  }
  w.key("content").begin_object().key(type).begin_object().key("schema").raw(text);
  w.end_object().end_object();
}

void write_operation(JsonWriter& w, const Operation& operation) {
  w.key(to_lower(operation.method)).begin_object();
  w.field("summary", operation.summary).key("tags").begin_array().string(operation.tag).end_array();
  write_parameters(w, operation);
  if (!operation.body.empty()) {
    w.key("requestBody").begin_object().field("required", true);
    write_content(w, operation.body);
    w.end_object();
  }
  w.key("responses").begin_object().key(std::to_string(operation.status)).begin_object();
  w.field("description", operation.answer.empty() ? "done" : operation.summary);
  if (!operation.answer.empty()) write_content(w, operation.answer);
  w.end_object().key("default").begin_object().field("description",
                                                     "what went wrong, and the remedy");
  write_content(w, operation.tag == "openai" ? "OpenAi" : "Error");
  w.end_object().end_object().end_object();
}

net::Task<Result<Reply>> openapi(Request* request) {
  co_return Reply{200, openapi_document(request->services->version)};
}

}  // namespace

std::string openapi_document(std::string_view version) {
  JsonWriter w;
  w.begin_object().field("openapi", "3.1.0").key("info").begin_object();
  w.field("title", "Interposer").field("version", version).end_object();
  w.key("security").raw(R"([{},{"key":[]}])").key("paths").begin_object();
  std::vector<std::string_view> written;
  for (const Operation& operation : operations()) {
    bool first = true;
    for (const std::string_view path : written) first = first && path != operation.path;
    if (!first) continue;
    written.push_back(operation.path);
    w.key(operation.path).begin_object();
    for (const Operation& same : operations())
      if (same.path == operation.path) write_operation(w, same);
    w.end_object();
  }
  w.end_object().key("components").begin_object();
  w.key("securitySchemes").raw(R"({"key":{"type":"http","scheme":"bearer"}})");
  w.key("schemas").raw(schemas_json()).end_object();
  return w.end_object().take();
}

void add_openapi_routes(Registrar* routes) { routes->json("GET", "/api/openapi.json", openapi); }

}  // namespace interposer::api
