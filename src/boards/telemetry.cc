#include "boards/telemetry.h"

#include <boost/json.hpp>
#include <charconv>

namespace interposer::boards {
namespace {

namespace bj = boost::json;

struct Source {
  const char* object;  // the member that holds it
  const char* field;
  std::optional<double> TelemetryRecord::* to;
  double scale;  // to the record's unit
};

constexpr double kSecond = 1000;  // ms

// Names as the providers' SDKs and documents give them (gateway.md 5.1 and 5.2, read 2026-11).
const Source kSources[] = {
    {"usage", "queue_time", &TelemetryRecord::queue_ms, kSecond},
    {"usage", "prompt_time", &TelemetryRecord::prefill_ms, kSecond},
    {"usage", "completion_time", &TelemetryRecord::decode_ms, kSecond},
    {"usage", "total_time", &TelemetryRecord::total_ms, kSecond},
    {"usage", "time_to_first_token", &TelemetryRecord::ttft_ms, kSecond},
    {"usage", "total_latency", &TelemetryRecord::total_ms, kSecond},
    {"usage", "completion_tokens_per_sec", &TelemetryRecord::tokens_per_s, 1},
    {"usage", "acceptance_rate", &TelemetryRecord::draft_accept, 1},
    {"time_info", "queue_time", &TelemetryRecord::queue_ms, kSecond},
    {"time_info", "prompt_time", &TelemetryRecord::prefill_ms, kSecond},
    {"time_info", "completion_time", &TelemetryRecord::decode_ms, kSecond},
    {"time_info", "total_time", &TelemetryRecord::total_ms, kSecond},
    {"perf_metrics", "prefill-queue-duration", &TelemetryRecord::queue_ms, kSecond},
    {"perf_metrics", "server-time-to-first-token", &TelemetryRecord::ttft_ms, kSecond},
    {"perf_metrics", "generation-duration", &TelemetryRecord::decode_ms, kSecond},
    {"perf_metrics", "speculation-acceptance", &TelemetryRecord::draft_accept, 1},
    {"metrics", "queue_time_ms", &TelemetryRecord::queue_ms, 1},
    {"metrics", "time_to_first_token_ms", &TelemetryRecord::ttft_ms, 1},
    {"metrics", "generation_time_ms", &TelemetryRecord::decode_ms, 1},
    {"metrics", "tokens_per_second", &TelemetryRecord::tokens_per_s, 1},
    {"timings", "prompt_ms", &TelemetryRecord::prefill_ms, 1},
    {"timings", "predicted_ms", &TelemetryRecord::decode_ms, 1},
    {"timings", "predicted_per_second", &TelemetryRecord::tokens_per_s, 1},
    {"energy", "joules", &TelemetryRecord::joules, 1},
    {"energy", "energy_joules", &TelemetryRecord::joules, 1},
    {"energy", "average_watts", &TelemetryRecord::watts, 1},
    {"energy", "avg_power_watts", &TelemetryRecord::watts, 1},
    {"energy", "grams_co2", &TelemetryRecord::grams_co2, 1},
};

std::optional<double> number(const bj::object& object, const char* field) {
  const bj::value* value = object.if_contains(field);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return value->to_number<double>();
  if (!value->is_string()) return std::nullopt;  // Fireworks writes "0.012s"
  const std::string_view text = value->get_string();
  double parsed = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (failure != std::errc()) return std::nullopt;
  return parsed;
}

TelemetryRecord read_object(const bj::object& answer) {
  TelemetryRecord out;
  for (const Source& source : kSources) {
    const bj::value* inner = answer.if_contains(source.object);
    if (inner == nullptr || !inner->is_object()) continue;
    const auto value = number(inner->get_object(), source.field);
    if (value && *value >= 0) out.*source.to = *value * source.scale;
  }
  const bj::value* timings = answer.if_contains("timings");
  if (timings != nullptr && timings->is_object()) {
    const auto drafted = number(timings->get_object(), "draft_n");
    const auto accepted = number(timings->get_object(), "draft_n_accepted");
    if (drafted && accepted && *drafted > 0) out.draft_accept = *accepted / *drafted;
  }
  if (const bj::value* tier = answer.if_contains("service_tier"); tier && tier->is_string()) {
    out.tier = std::string(tier->get_string());
  }
  return out;
}

}  // namespace

bool TelemetryRecord::empty() const { return *this == TelemetryRecord{}; }

void TelemetryRecord::merge(const TelemetryRecord& other) {
  for (const auto field :
       {&TelemetryRecord::queue_ms, &TelemetryRecord::prefill_ms, &TelemetryRecord::ttft_ms,
        &TelemetryRecord::decode_ms, &TelemetryRecord::total_ms, &TelemetryRecord::tokens_per_s,
        &TelemetryRecord::draft_accept, &TelemetryRecord::joules, &TelemetryRecord::watts,
        &TelemetryRecord::grams_co2}) {
    if (other.*field) this->*field = other.*field;
  }
  if (!other.tier.empty()) tier = other.tier;
}

TelemetryRecord read_telemetry(std::string_view json) {
  bj::error_code failure;
  const bj::value tree = bj::parse(json, failure);
  if (failure || !tree.is_object()) return {};
  TelemetryRecord out = read_object(tree.get_object());
  const bj::value* groq = tree.get_object().if_contains("x_groq");
  if (groq != nullptr && groq->is_object()) out.merge(read_object(groq->get_object()));
  return out;
}

TelemetryRecord read_telemetry_comment(std::string_view comment) {
  constexpr std::string_view kEnergy = ": energy ";
  const std::size_t at = comment.find(kEnergy);
  if (at == std::string_view::npos) return {};
  comment.remove_prefix(at + kEnergy.size());
  comment = comment.substr(0, comment.find_first_of("\r\n"));
  return read_telemetry("{\"energy\":" + std::string(comment) + "}");
}

bool may_hold_telemetry(std::string_view frame) {
  for (const std::string_view name :
       {"\"usage\"", "\"time_info\"", "\"perf_metrics\"", "\"metrics\"", "\"timings\"", "energy"}) {
    if (frame.find(name) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace interposer::boards
