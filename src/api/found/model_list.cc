#include <boost/json.hpp>

#include "api/found/found.h"
#include "base/strings.h"

namespace interposer::api {

std::vector<std::string> parse_model_list(std::string_view text) {
  namespace json = boost::json;
  std::vector<std::string> out;
  json::error_code failed;
  const json::value value = json::parse(text, failed);
  if (failed || !value.is_object()) return out;
  const json::value* data = value.get_object().if_contains("data");
  if (data == nullptr || !data->is_array()) return out;
  for (const json::value& item : data->get_array()) {
    const json::object* model = item.if_object();
    const json::value* id = model == nullptr ? nullptr : model->if_contains("id");
    if (id != nullptr && id->is_string()) out.emplace_back(id->get_string());
  }
  return out;
}

std::optional<std::string> first_chat_model(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    const std::string lower = to_lower(id);
    bool other = false;
    for (const std::string_view word :
         {"embed", "whisper", "tts", "dall-e", "image", "rerank", "moderation", "guard", "audio",
          "transcribe", "realtime", "sora"})
      other = other || lower.find(word) != std::string::npos;
    if (!other) return id;
  }
  return std::nullopt;
}

}  // namespace interposer::api
