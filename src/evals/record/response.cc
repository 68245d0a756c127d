#include "evals/record/response.h"

#include <fmt/format.h>
#include <openssl/sha.h>
#include <simdjson.h>
#include <xxhash.h>

#include <array>

#include "base/hex.h"
#include "base/json.h"

namespace interposer::evals {
namespace {

namespace od = simdjson::ondemand;

// Nothing stands behind the value that was read.
bool at_end(od::document& document) {
  return document.current_location().error() != simdjson::SUCCESS;
}

void optional_number(JsonWriter& w, std::string_view name, const std::optional<double>& value) {
  if (value) w.field(name, *value);
}

void optional_text(JsonWriter& w, std::string_view name, const std::string& value) {
  if (!value.empty()) w.field(name, value);
}

Error damaged(std::string_view what) {
  return make_error(Code::kDataLoss, "a record's " + std::string(what),
                    "the log was changed, or is of a newer version of this program");
}

Result<std::string> text_of(od::value value, std::string_view what) {
  std::string_view out;
  if (value.get_string().get(out) != simdjson::SUCCESS)
    return damaged(fmt::format("'{}' is no text", what));
  return std::string(out);
}

Result<double> number_of(od::value value, std::string_view what) {
  double out = 0;
  if (value.get_double().get(out) != simdjson::SUCCESS)
    return damaged(fmt::format("'{}' is no number", what));
  return out;
}

Result<std::int64_t> count_of(od::value value, std::string_view what) {
  std::int64_t out = 0;
  if (value.get_int64().get(out) != simdjson::SUCCESS || out < 0)
    return damaged(fmt::format("'{}' is no count", what));
  return out;
}

// The members that are plain texts.
std::string* text_member(Response& r, std::string_view key) {
  static constexpr std::pair<std::string_view, std::string Response::*> kMembers[] = {
      {"unit", &Response::unit},
      {"target", &Response::target},
      {"key", &Response::key},
      {"content", &Response::content},
      {"cluster", &Response::cluster},
      {"input", &Response::input},
      {"expected", &Response::expected},
      {"finish", &Response::finish},
      {"text", &Response::text},
      {"reasoning", &Response::reasoning},
      {"error", &Response::error},
      {"idempotency_key", &Response::idempotency_key},
      {"at", &Response::at},
  };
  for (const auto& [name, member] : kMembers) {
    if (name == key) return &(r.*member);
  }
  return nullptr;
}

std::optional<double>* number_member(Response& r, std::string_view key) {
  if (key == "cost_usd") return &r.cost_usd;
  if (key == "ttft_ms") return &r.ttft_ms;
  if (key == "total_ms") return &r.total_ms;
  return nullptr;
}

Status read_count(Response& r, std::string_view key, od::value value) {
  IP_TRY(const std::int64_t count, count_of(value, key));
  if (key == "epoch") r.epoch = static_cast<int>(std::min<std::int64_t>(count, 1'000'000));
  if (key == "http") r.http = static_cast<int>(std::min<std::int64_t>(count, 999));
  if (key == "attempts") r.attempts = static_cast<int>(std::min<std::int64_t>(count, 1'000'000));
  if (key == "round") r.round = static_cast<int>(std::min<std::int64_t>(count, 1'000'000));
  if (key == "input_tokens") r.input_tokens = count;
  if (key == "cached_tokens") r.cached_tokens = count;
  if (key == "output_tokens") r.output_tokens = count;
  return {};
}

Status read_tags(Response& r, od::value value) {
  od::array tags;
  if (value.get_array().get(tags) != simdjson::SUCCESS) return damaged("'tags' is no list");
  for (auto item : tags) {
    std::string_view tag;
    if (item.get_string().get(tag) != simdjson::SUCCESS) return damaged("tag is no text");
    r.tags.emplace_back(tag);
  }
  return {};
}

Status read_raw(std::string& out, od::value value, std::string_view key) {
  std::string_view raw;
  if (simdjson::to_json_string(value).get(raw) != simdjson::SUCCESS)
    return damaged(fmt::format("'{}' is no JSON", key));
  out = raw;
  return {};
}

Status read_member(Response& r, std::string_view key, od::value value) {
  if (std::string* text = text_member(r, key)) {
    IP_TRY(*text, text_of(value, key));
    return {};
  }
  if (std::optional<double>* number = number_member(r, key)) {
    IP_TRY(*number, number_of(value, key));
    return {};
  }
  if (key == "status") {
    IP_TRY(const std::string name, text_of(value, key));
    const auto status = status_by_name(name);
    if (!status) return damaged(fmt::format("status '{}' is unknown", name));
    r.status = *status;
    return {};
  }
  if (key == "tags") return read_tags(r, value);
  if (key == "tool_calls") return read_raw(r.tool_calls, value, key);
  if (key == "extra") return read_raw(r.extra, value, key);
  static constexpr std::string_view kCounts[] = {
      "epoch", "http", "attempts", "round", "input_tokens", "cached_tokens", "output_tokens"};
  for (const std::string_view count : kCounts) {
    if (key == count) return read_count(r, key, value);
  }
  return {};  // of a later minor version
}

// Calls f for every member of the object on one line. All of the line must be that object.
template <class F>
Status each_member(std::string_view line, F&& f) {
  if (line.size() > kRecordBytesMax) return damaged("line is too long");
  thread_local od::parser parser;
  const simdjson::padded_string padded(line);
  od::document document;
  od::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS)
    return damaged("line is no JSON object");
  for (auto field : object) {
    std::string_view key;
    od::value value;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
        field.value().get(value) != simdjson::SUCCESS)
      return damaged("line is no whole JSON object");
    IP_OK(f(std::string(key), value));
  }
  if (!at_end(document)) return damaged("line goes on after its object");
  return {};
}

}  // namespace

std::string to_line(const Response& r) {
  JsonWriter w;
  w.begin_object().field("v", 1).field("unit", r.unit).field("epoch", r.epoch);
  optional_text(w, "target", r.target);
  w.field("key", r.key).field("content", r.content).field("status", status_name(r.status));
  optional_text(w, "cluster", r.cluster);
  if (!r.tags.empty()) {
    w.key("tags").begin_array();
    for (const std::string& tag : r.tags) w.string(tag);
    w.end_array();
  }
  optional_text(w, "finish", r.finish);
  if (r.http != 0) w.field("http", r.http);
  w.field("attempts", r.attempts);
  if (r.round != 0) w.field("round", r.round);
  w.field("input_tokens", r.input_tokens).field("output_tokens", r.output_tokens);
  if (r.cached_tokens > 0) w.field("cached_tokens", r.cached_tokens);
  optional_number(w, "cost_usd", r.cost_usd);
  optional_number(w, "ttft_ms", r.ttft_ms);
  optional_number(w, "total_ms", r.total_ms);
  optional_text(w, "idempotency_key", r.idempotency_key);
  optional_text(w, "at", r.at);
  optional_text(w, "error", r.error);
  optional_text(w, "input", r.input);
  optional_text(w, "expected", r.expected);
  optional_text(w, "reasoning", r.reasoning);
  if (!r.tool_calls.empty()) w.key("tool_calls").raw(r.tool_calls);
  if (!r.extra.empty()) w.key("extra").raw(r.extra);
  w.field("text", r.text).end_object();
  return w.take() + "\n";
}

Result<Response> parse_response(std::string_view line) {
  Response out;
  IP_OK(each_member(
      line, [&](const std::string& key, od::value value) { return read_member(out, key, value); }));
  if (out.unit.empty()) return damaged("'unit' is missing");
  if (out.epoch < 1) return damaged("'epoch' is not 1 or more");
  return out;
}

std::string to_line(const Dispatch& d) {
  JsonWriter w;
  w.begin_object().field("unit", d.unit).field("epoch", d.epoch).field("target", d.target);
  w.field("key", d.key).field("idempotency_key", d.idempotency_key);
  w.field("reserved_usd", d.reserved_usd).end_object();
  return w.take() + "\n";
}

Result<Dispatch> parse_dispatch(std::string_view line) {
  Dispatch out;
  IP_OK(each_member(line, [&](const std::string& key, od::value value) -> Status {
    if (key == "epoch") {
      IP_TRY(const std::int64_t epoch, count_of(value, key));
      out.epoch = static_cast<int>(std::min<std::int64_t>(epoch, 1'000'000));
    } else if (key == "reserved_usd") {
      IP_TRY(out.reserved_usd, number_of(value, key));
    } else if (key == "unit") {
      IP_TRY(out.unit, text_of(value, key));
    } else if (key == "target") {
      IP_TRY(out.target, text_of(value, key));
    } else if (key == "key") {
      IP_TRY(out.key, text_of(value, key));
    } else if (key == "idempotency_key") {
      IP_TRY(out.idempotency_key, text_of(value, key));
    }
    return {};
  }));
  if (out.unit.empty() || out.idempotency_key.empty()) return damaged("dispatch is not whole");
  return out;
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string out;
  for (const unsigned char byte : digest) append_hex(out, byte);
  return out;
}

std::string request_key(std::string_view endpoint, std::string_view body, int epoch) {
  return sha256(fmt::format("{}\n{}\n{}", endpoint, epoch, body));
}

std::string idempotency_key(std::string_view run_id, std::string_view unit, int epoch,
                            std::string_view target, std::string_view key, int round) {
  return "interposer-" +
         sha256(fmt::format("{}\n{}\n{}\n{}\n{}\n{}", run_id, unit, epoch, target, key, round))
             .substr(0, 32);
}

std::uint64_t hash_text(std::string_view text) {
  const std::uint64_t hash = XXH3_64bits(text.data(), text.size());
  return hash == 0 ? 1 : hash;
}

std::string content_hash(const std::vector<std::string_view>& parts) {
  std::string all;
  for (const std::string_view part : parts) {
    all += fmt::format("{}:", part.size());
    all += part;
  }
  return fmt::format("{:016x}", hash_text(all));
}

}  // namespace interposer::evals
