#include "wire/openai/models_json.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "wire/json_read.h"
#include "wire/openai/chat_reader.h"

namespace interposer::wire::openai {
namespace {

void write(JsonWriter& json, const ModelEntry& model) {
  json.begin_object().field("id", model.id).field("object", "model");
  json.field("created", model.created_s).field("owned_by", model.owned_by);
  json.key("interposer").begin_object().field("kind", model.kind);
  if (model.parameters) json.field("parameters", *model.parameters);
  if (model.context_tokens > 0) json.field("context_tokens", model.context_tokens);
  if (model.self_test) json.field("self_test", true);
  json.field("capable", model.capable).end_object().end_object();
}

}  // namespace

std::string write_model(const ModelEntry& model) {
  JsonWriter json;
  write(json, model);
  return json.take();
}

std::string write_models(const std::vector<ModelEntry>& models) {
  JsonWriter json;
  json.begin_object().field("object", "list").key("data").begin_array();
  for (const ModelEntry& model : models) write(json, model);
  json.end_array().end_object();
  return json.take();
}

Result<std::vector<std::string>> read_model_ids(std::string_view body) {
  const auto tree = parse_json(body, "the list of models");
  if (!tree) return broken_stream(tree.error().message);
  const auto* object = (*tree)->if_object();
  const JsonValue* data = object == nullptr ? nullptr : object->if_contains("data");
  if (data == nullptr || !data->is_array()) return broken_stream("it is no list of models");
  std::vector<std::string> ids;
  for (const JsonValue& item : data->get_array()) {
    const auto* model = item.if_object();
    const JsonValue* id = model == nullptr ? nullptr : model->if_contains("id");
    if (id != nullptr && id->is_string()) ids.emplace_back(id->get_string());
  }
  return ids;
}

}  // namespace interposer::wire::openai
