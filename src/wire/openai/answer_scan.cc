#include "wire/openai/answer_scan.h"

#include <simdjson.h>

#include <algorithm>
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

struct Counts {
  std::int64_t prompt = -1, answer = -1, cached = 0, written = 0, reasoning = 0;
};

struct CountName {
  std::string_view outer, name;  // outer empty: in usage itself
  std::int64_t Counts::* to;     // null: known, and of no interest
};
constexpr CountName kCounts[] = {
    {"", "prompt_tokens", &Counts::prompt},
    {"", "completion_tokens", &Counts::answer},
    {"", "total_tokens", nullptr},
    {"prompt_tokens_details", "cached_tokens", &Counts::cached},
    {"prompt_tokens_details", "cache_write_tokens", &Counts::written},
    {"prompt_tokens_details", "audio_tokens", nullptr},
    {"completion_tokens_details", "reasoning_tokens", &Counts::reasoning},
    {"completion_tokens_details", "audio_tokens", nullptr},
    {"completion_tokens_details", "accepted_prediction_tokens", nullptr},
    {"completion_tokens_details", "rejected_prediction_tokens", nullptr},
};

// False: something is there that the careful reader (usage_json.h) has to look at.
bool read_counts(sj::object object, std::string_view outer, Counts* out) {
  for (auto member : object) {
    sj::field field;
    if (std::move(member).get(field)) return false;
    const auto key = field.key();
    sj::json_type type{};
    if (field.value().type().get(type)) return false;
    if (type == sj::json_type::object && outer.empty()) {
      std::string_view name;
      if (key == "prompt_tokens_details") name = "prompt_tokens_details";
      if (key == "completion_tokens_details") name = "completion_tokens_details";
      sj::object inner;
      if (name.empty() || field.value().get_object().get(inner)) return false;
      if (!read_counts(inner, name, out)) return false;
      continue;
    }
    bool known = false;
    for (const CountName& row : kCounts) {
      if (row.outer != outer || !(key == row.name.data())) continue;
      std::int64_t count = 0;
      if (field.value().get_int64().get(count) || count < 0) return false;
      if (row.to != nullptr) out->*row.to = count;
      known = true;
      break;
    }
    if (!known) return false;
  }
  return true;
}

std::optional<TokenUsage> plain_usage(sj::object object) {
  Counts counts;
  if (!read_counts(object, "", &counts) || counts.prompt < 0 || counts.answer < 0) {
    return std::nullopt;
  }
  TokenUsage out;
  out.cache_read = std::min(counts.prompt, counts.cached);
  out.cache_write = std::min(counts.prompt - out.cache_read, counts.written);
  out.input = counts.prompt - out.cache_read - out.cache_write;
  out.reasoning = std::min(counts.answer, counts.reasoning);
  out.output = counts.answer - out.reasoning;
  return out;
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
    if (const auto failure = object.raw_json().get(out->*part.to)) return failure;
    if (part.to != &AnswerScan::usage) return simdjson::SUCCESS;
    if (object.reset().error()) return simdjson::SUCCESS;
    out->plain_usage = plain_usage(object);
    return simdjson::SUCCESS;
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
  const bool others = !out.groq.empty() || !out.timings.empty() || !out.time_info.empty() ||
                      !out.metrics.empty() || !out.perf_metrics.empty() || !out.energy.empty();
  if (others) out.plain_usage.reset();
  return out;
}

}  // namespace interposer::wire::openai
