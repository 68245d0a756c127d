#include "remote/usage_tap.h"

#include <algorithm>

#include "backends/telemetry.h"
#include "base/strings.h"
#include "boards/telemetry.h"
#include "wire/openai/chat_reader.h"
#include "wire/openai/usage_json.h"

namespace interposer::remote {
namespace {

constexpr std::int64_t kBytesPerToken = 4;  // of English text, for estimates only

std::string_view skip_space(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n' || text.front() == '\t' ||
                           text.front() == '\r')) {
    text.remove_prefix(1);
  }
  return text;
}

// The value after `"name":`, wherever the name stands last; empty where it does not.
std::string_view value_after(std::string_view json, std::string_view quoted_name) {
  const std::size_t at = json.rfind(quoted_name);
  if (at == std::string_view::npos) return {};
  std::string_view rest = skip_space(json.substr(at + quoted_name.size()));
  if (!rest.starts_with(':')) return {};
  return skip_space(rest.substr(1));
}

// "data: {...}" on one line, as every server writes it; anything else is looked at closely.
std::optional<std::string_view> plain_object(std::string_view frame) {
  if (!frame.starts_with("data:")) return std::nullopt;
  frame = trim(frame.substr(5));
  if (frame.find_first_of("\r\n") != std::string_view::npos) return std::nullopt;
  const bool object = frame.starts_with('{') && frame.ends_with('}');
  return object ? std::optional(frame) : std::nullopt;
}

Status read_closely(std::string_view frame) {
  wire::openai::ChatReader reader;
  std::vector<wire::Event> events;
  return reader.read_frame(frame, &events);
}

bool comment_or_empty(std::string_view frame) {
  const std::string_view text = trim(frame);
  return text.empty() || (text.front() == ':' && text.find("data:") == std::string_view::npos);
}

}  // namespace

std::optional<std::string_view> find_object(std::string_view json, std::string_view quoted_name) {
  const std::string_view value = value_after(json, quoted_name);
  if (!value.starts_with('{')) return std::nullopt;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return value.substr(0, i + 1);
  }
  return std::nullopt;
}

// Only the objects that tell something are parsed, not the answer around them.
void UsageTap::tap(std::string_view json) {
  std::string told = "{";
  for (const std::string_view name : {"\"usage\"", "\"timings\"", "\"time_info\"", "\"metrics\"",
                                      "\"perf_metrics\"", "\"energy\""}) {
    if (const auto object = find_object(json, name)) {
      if (told.size() > 1) told.push_back(',');
      told.append(name).append(":").append(*object);
    }
  }
  if (told.size() == 1) return;
  told.push_back('}');
  if (const auto counts = wire::openai::find_usage(told)) {
    seen_.tokens = *counts;
    seen_.reported = true;
  }
  backends::apply(boards::read_telemetry(told), &seen_.telemetry);
}

Status UsageTap::frame(std::string_view frame) {
  if (comment_or_empty(frame)) {
    if (frame.find("energy") != std::string_view::npos) {
      backends::apply(boards::read_telemetry_comment(frame), &seen_.telemetry);
    }
    return {};
  }
  const auto json = plain_object(frame);
  const bool first = data_frames_ == 0;
  ++data_frames_;
  if (!json) {
    if (trim(frame) == "data: [DONE]" || trim(frame) == "data:[DONE]") {
      done_ = true;
      return {};
    }
    return read_closely(frame);
  }
  if (first || json->find("\"error\"") != std::string_view::npos) {
    IP_OK(read_closely(frame));
  }
  if (value_after(*json, "\"finish_reason\"").starts_with('"')) finished_ = true;
  if (json->find("\"usage\"") != std::string_view::npos || boards::may_hold_telemetry(*json)) {
    tap(*json);
  }
  return {};
}

Status UsageTap::body(std::string_view body) {
  body_bytes_ = body.size();
  const std::string_view text = trim(body);
  if (!text.starts_with('{') || !text.ends_with('}')) {
    return wire::openai::broken_stream("it is no JSON object");
  }
  const bool known = text.find("\"choices\"") != std::string_view::npos ||
                     text.find("\"data\"") != std::string_view::npos;
  if (!known) {
    wire::openai::ChatReader reader;
    std::vector<wire::Event> events;
    IP_OK(reader.read_body(text, &events));
  }
  tap(text);
  return {};
}

Status UsageTap::end_of_stream() const {
  if (done_ || finished_) return {};
  return make_error(Code::kUnavailable, "the target's answer was cut before its end",
                    "try again, or another target", "truncated");
}

void UsageTap::settle(std::size_t request_bytes, wire::Usage* usage) const {
  *usage = seen_;
  usage->final = true;
  if (seen_.reported) return;
  usage->tokens.input = static_cast<std::int64_t>(request_bytes) / kBytesPerToken;
  const std::int64_t from_body = static_cast<std::int64_t>(body_bytes_) / kBytesPerToken;
  usage->tokens.output = std::max(data_frames_, from_body);
}

}  // namespace interposer::remote
