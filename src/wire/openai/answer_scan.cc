#include "wire/openai/answer_scan.h"

#include <simdjson.h>

#include <string>

#include "wire/openai/chat_reader.h"

namespace interposer::wire::openai {
namespace {

namespace sj = simdjson::ondemand;

struct Part {
  std::string_view name;
  std::string_view AnswerScan::* to;
};
constexpr Part kParts[] = {
    {"usage", &AnswerScan::usage},     {"x_groq", &AnswerScan::groq},
    {"timings", &AnswerScan::timings}, {"time_info", &AnswerScan::time_info},
    {"metrics", &AnswerScan::metrics}, {"perf_metrics", &AnswerScan::perf_metrics},
    {"energy", &AnswerScan::energy}};

// True: a choice has a finish_reason that is a string.
simdjson::error_code read_choices(sj::value& value, bool* finished) {
  sj::json_type type{};
  if (const auto failure = value.type().get(type)) return failure;
  if (type != sj::json_type::array) return simdjson::INCORRECT_TYPE;
  sj::array choices;
  if (const auto failure = value.get_array().get(choices)) return failure;
  for (auto item : choices) {
    sj::object choice;
    if (const auto failure = item.get_object().get(choice)) return failure;
    for (auto member : choice) {
      sj::field field;
      if (const auto failure = std::move(member).get(field)) return failure;
      if (!(field.key() == "finish_reason")) continue;
      sj::json_type kind{};
      if (const auto failure = field.value().type().get(kind)) return failure;
      if (kind == sj::json_type::string) *finished = true;
    }
  }
  return simdjson::SUCCESS;
}

simdjson::error_code read_member(sj::field& field, AnswerScan* out) {
  const auto key = field.key();
  sj::json_type type{};
  if (const auto failure = field.value().type().get(type)) return failure;
  if (key == "choices") {
    if (type == sj::json_type::null) return simdjson::SUCCESS;
    out->has_choices = true;
    return read_choices(field.value(), &out->finished);
  }
  if (key == "data") out->has_data = true;
  if (key == "error" && type != sj::json_type::null) out->has_error = true;
  if (type != sj::json_type::object) return simdjson::SUCCESS;
  for (const Part& part : kParts) {
    if (!(key == part.name.data())) continue;
    sj::object object;
    if (const auto failure = field.value().get_object().get(object)) return failure;
    return object.raw_json().get(out->*part.to);
  }
  return simdjson::SUCCESS;
}

}  // namespace

Result<AnswerScan> scan_answer(std::string_view json) {
  thread_local sj::parser parser;
  thread_local std::string padded;            // the reader looks a little past the text's end
  constexpr std::size_t kKept = 1024 * 1024;  // bytes
  if (padded.capacity() > kKept && json.size() < kKept) std::string().swap(padded);
  padded.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  padded.assign(json);
  const simdjson::padded_string_view text(padded.data(), padded.size(), padded.capacity());
  AnswerScan out;
  sj::document document;
  sj::object object;
  simdjson::error_code failure = parser.iterate(text).get(document);
  if (!failure) failure = document.get_object().get(object);
  if (!failure) {
    for (auto item : object) {
      sj::field field;
      failure = std::move(item).get(field);
      if (!failure) failure = read_member(field, &out);
      if (failure) break;
    }
  }
  if (failure) return broken_stream(simdjson::error_message(failure));
  return out;
}

}  // namespace interposer::wire::openai
