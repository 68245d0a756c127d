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

// "data: {...}" on one line, as every server writes it; anything else is looked at closely.
std::optional<std::string_view> plain_object(std::string_view frame) {
  if (!frame.starts_with("data:")) return std::nullopt;
  frame = trim(frame.substr(5));
  const bool one_line =
      frame.find('\n') == std::string_view::npos && frame.find('\r') == std::string_view::npos;
  if (!one_line) return std::nullopt;
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

// Only the objects that tell something are parsed, not the answer around them.
void UsageTap::tap(const wire::openai::AnswerScan& scan) {
  // The common case, counts and nothing else, takes no tree.
  if (scan.plain_usage) {
    seen_.tokens = *scan.plain_usage;
    seen_.reported = true;
    return;
  }
  std::string told = "{";
  const auto add = [&](std::string_view name, std::string_view object) {
    if (object.empty()) return;
    if (told.size() > 1) told.push_back(',');
    told.append(name).append(object);
  };
  add("\"usage\":", scan.usage);
  add("\"x_groq\":", scan.groq);
  add("\"timings\":", scan.timings);
  add("\"time_info\":", scan.time_info);
  add("\"metrics\":", scan.metrics);
  add("\"perf_metrics\":", scan.perf_metrics);
  add("\"energy\":", scan.energy);
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
  ++data_frames_;
  if (!json) {
    const std::string_view text = trim(frame);
    if (text == "data: [DONE]" || text == "data:[DONE]") {
      done_ = true;
      return {};
    }
    return read_closely(frame);
  }
  IP_TRY(const wire::openai::AnswerScan scan, wire::openai::scan_answer(*json));
  // With an error, or without choices, the careful reader decides what it is.
  if (scan.has_error || !scan.has_choices) {
    IP_OK(read_closely(frame));
  }
  if (scan.finished) finished_ = true;
  if (scan.tells()) tap(scan);
  return {};
}

Status UsageTap::body(std::string_view body) {
  body_bytes_ = body.size();
  IP_TRY(const wire::openai::AnswerScan scan, wire::openai::scan_answer(body));
  if (!scan.has_choices && !scan.has_data) {
    wire::openai::ChatReader reader;
    std::vector<wire::Event> events;
    IP_OK(reader.read_body(body, &events));
  }
  if (scan.tells()) tap(scan);
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
