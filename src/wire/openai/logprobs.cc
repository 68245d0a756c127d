#include "wire/openai/logprobs.h"

#include <boost/json.hpp>

#include "base/utf8.h"

namespace interposer::wire::openai {
namespace {

namespace bj = boost::json;

TokenLogprob read_token(const bj::object& object, bool with_top) {
  TokenLogprob out;
  if (const bj::value* token = object.if_contains("token"); token && token->is_string()) {
    out.token = std::string(token->get_string());
  }
  if (const bj::value* p = object.if_contains("logprob"); p && p->is_number()) {
    out.logprob = p->to_number<double>();
  }
  if (const bj::value* bytes = object.if_contains("bytes"); bytes && bytes->is_array()) {
    for (const bj::value& byte : bytes->get_array()) {
      if (byte.is_int64()) out.bytes.push_back(static_cast<char>(byte.get_int64() & 0xff));
    }
  } else {
    out.bytes = out.token;
  }
  const bj::value* top = object.if_contains("top_logprobs");
  if (!with_top || top == nullptr || !top->is_array()) return out;
  for (const bj::value& item : top->get_array()) {
    if (item.is_object()) out.top.push_back(read_token(item.get_object(), false));
  }
  return out;
}

void write_token(JsonWriter& json, const TokenLogprob& token, bool with_top) {
  json.begin_object().field("token", token.token).field("logprob", token.logprob);
  json.key("bytes").begin_array();
  for (const char c : token.bytes) json.number(static_cast<int>(static_cast<unsigned char>(c)));
  json.end_array();
  if (with_top) {
    json.key("top_logprobs").begin_array();
    for (const TokenLogprob& item : token.top) write_token(json, item, false);
    json.end_array();
  }
  json.end_object();
}

}  // namespace

std::vector<TokenLogprob> read_logprobs(const JsonValue& logprobs) {
  std::vector<TokenLogprob> out;
  const bj::object* object = logprobs.if_object();
  const bj::value* content = object == nullptr ? nullptr : object->if_contains("content");
  if (content == nullptr || !content->is_array()) return out;
  for (const bj::value& item : content->get_array()) {
    if (item.is_object()) out.push_back(read_token(item.get_object(), true));
  }
  return out;
}

void write_logprobs(JsonWriter& json, const std::vector<TokenLogprob>& tokens) {
  json.begin_object().key("content").begin_array();
  for (const TokenLogprob& token : tokens) write_token(json, token, true);
  json.end_array().key("refusal").null().end_object();
}

void write_legacy_logprobs(JsonWriter& json, const std::vector<TokenLogprob>& tokens,
                           std::int64_t text_offset) {
  json.begin_object().key("tokens").begin_array();
  for (const TokenLogprob& token : tokens) json.string(token.token);
  json.end_array().key("token_logprobs").begin_array();
  for (const TokenLogprob& token : tokens) json.number(token.logprob);
  json.end_array().key("top_logprobs").begin_array();
  for (const TokenLogprob& token : tokens) {
    json.begin_object();
    for (const TokenLogprob& top : token.top) json.field(top.token, top.logprob);
    json.end_object();
  }
  json.end_array().key("text_offset").begin_array();
  for (const TokenLogprob& token : tokens) {
    json.number(text_offset);
    text_offset += static_cast<std::int64_t>(utf8_count(token.token));
  }
  json.end_array().end_object();
}

}  // namespace interposer::wire::openai
