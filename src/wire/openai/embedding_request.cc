#include "wire/openai/embedding_request.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/json.h"
#include "wire/json_read.h"

namespace interposer::wire::openai {
namespace {

constexpr std::size_t kInputsMax = 2048;  // texts a request

Status read_texts(ObjectReader& body, std::vector<std::string>* out) {
  const JsonValue* input = body.find("input");
  if (input == nullptr)
    return body.error("input", "it is missing", "send a text or a list of texts");
  if (input->is_string()) {
    out->emplace_back(input->get_string());
    return {};
  }
  if (!input->is_array()) return body.error("input", "it must be a text or a list of texts");
  const auto& items = input->get_array();
  if (items.empty()) return body.error("input", "it is empty", "send at least one text");
  if (items.size() > kInputsMax) {
    return body.error("input", fmt::format("{} texts are more than {}", items.size(), kInputsMax),
                      "split the request");
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].is_number() || items[i].is_array()) {
      return make_error(Code::kUnsupported, "field 'input': token ids are not taken here",
                        "send the texts themselves", "unsupported_input");
    }
    if (!items[i].is_string()) return field_error(fmt::format("input[{}]", i), "it must be a text");
    out->emplace_back(items[i].get_string());
  }
  return {};
}

}  // namespace

Result<EmbedInput> decode_embedding(std::string_view text) {
  IP_TRY(auto tree, parse_json(text, "the body"));
  IP_TRY(ObjectReader body, ObjectReader::open(*tree, ""));
  EmbedInput input;
  IP_OK(read_texts(body, &input.texts));
  IP_OK(body.integer("dimensions", &input.dimensions, 1));
  IP_OK(body.text("user", &input.user));
  std::string format = "float";
  IP_OK(body.text("encoding_format", &format));
  if (format != "float" && format != "base64") {
    return body.error("encoding_format", fmt::format("'{}' is unknown", format),
                      "use float or base64");
  }
  input.base64 = format == "base64";
  return input;
}

std::string encode_embedding(const EmbedInput& input, std::string_view model) {
  JsonWriter json;
  json.begin_object().field("model", model).key("input").begin_array();
  for (const std::string& text : input.texts) json.string(text);
  json.end_array();
  if (input.dimensions) json.field("dimensions", *input.dimensions);
  if (input.base64) json.field("encoding_format", "base64");
  if (!input.user.empty()) json.field("user", input.user);
  json.end_object();
  return json.take();
}

}  // namespace interposer::wire::openai
