#include "runs/mapper.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"

namespace interposer::runs {
namespace {

namespace json = boost::json;

// {"type":TYPE,<the object's members>}
std::string object_of(std::string_view type, const json::object& members) {
  std::string out = "{\"type\":";
  append_json_string(out, type);
  for (const auto& [key, value] : members) {
    if (key == "type" || key == "n") continue;
    out += ',';
    append_json_string(out, std::string_view(key.data(), key.size()));
    out += ':';
    out += json::serialize(value);
  }
  out += '}';
  return out;
}

std::string_view text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

void write_usage(JsonWriter& w, const wire::Usage& usage) {
  w.key("usage").begin_object();
  w.field("input_tokens", usage.tokens.prompt());
  w.field("output_tokens", usage.tokens.answer());
  w.field("cached_tokens", usage.tokens.cache_read);
  w.end_object();
}

}  // namespace

Mapper::Mapper(std::string target, bool grounded, Sink sink)
    : target_(std::move(target)), grounded_(grounded), sink_(std::move(sink)) {}

void Mapper::start(std::string_view model) {
  if (started_) return;
  started_ = true;
  JsonWriter w;
  w.begin_object().field("type", "start").field("mode", mode_).field("model", model).end_object();
  sink_(w.take());
}

void Mapper::flush() {
  if (held_.empty() || grounded_) return;
  start(target_);
  JsonWriter w;
  w.begin_object().field("type", "delta").field("text", held_).end_object();
  held_.clear();
  sink_(w.take());
}

void Mapper::accept(const wire::Event& event, double at_ms) {
  if (const auto* text = std::get_if<wire::TextDelta>(&event)) {
    if (text->choice == 0) held_ += text->text;
  } else if (const auto* said_no = std::get_if<wire::RefusalDelta>(&event)) {
    if (said_no->choice == 0) held_ += said_no->text;
  } else if (const auto* started = std::get_if<wire::Started>(&event)) {
    if (!grounded_) start(started->model.empty() ? target_ : started->model);
  } else if (const auto* found = std::get_if<wire::Citation>(&event)) {
    citation(*found);
  } else if (const auto* finished_sentence = std::get_if<wire::Sentence>(&event)) {
    sentence(*finished_sentence);
  } else if (const auto* structured = std::get_if<wire::Part>(&event)) {
    part(*structured, at_ms);
  } else if (const auto* finished = std::get_if<wire::Finished>(&event)) {
    if (finished->choice == 0) reason_ = finished->reason;
  }
}

void Mapper::part(const wire::Part& part, double at_ms) {
  flush();
  json::error_code failed;
  const json::value value = json::parse(part.json, failed);
  if (failed || !value.is_object()) {
    log::error("a structured part of an answer is no JSON object", {{"type", part.type}});
    return;
  }
  const json::object& object = value.get_object();
  if (part.type == "why") {
    why_ = part.json;
  } else if (part.type == "start") {
    if (started_) return;
    started_ = true;
    if (const std::string_view mode = text_at(object, "mode"); !mode.empty()) mode_ = mode;
    retrieved_ms_ = at_ms;
    sink_(object_of("start", object));
  } else if (part.type == "refusal") {
    refused_ = true;
    held_.clear();  // the same in words, for clients that know only text
    sink_(object_of("refusal", object));
  } else {
    shown_ = true;
    // {"table":{...}} and the bare table are the same part.
    const bool wrapped = object.size() == 1 && object.contains(part.type);
    std::string out = "{\"type\":";
    append_json_string(out, part.type);
    out += ',';
    append_json_string(out, part.type);
    out += ':';
    out += wrapped ? json::serialize(object.at(part.type)) : part.json;
    out += '}';
    sink_(std::move(out));
  }
}

void Mapper::sentence(const wire::Sentence& sentence) {
  if (sentence.choice != 0) return;
  held_.clear();
  shown_ = true;
  JsonWriter w;
  w.begin_object().field("type", "sentence").field("text", sentence.text);
  w.key("citations").begin_array();
  for (const int n : sentence.citations) w.number(n);
  w.end_array();
  if (sentence.unsupported) w.field("flag", "unsupported");
  sink_(w.end_object().take());
}

void Mapper::citation(const wire::Citation& c) {
  flush();
  JsonWriter w;
  w.begin_object().field("type", "citation").key("citation").begin_object();
  w.field("n", c.n).field("document", c.document).field("version", c.version);
  w.field("title", c.title).field("uri", c.uri).field("start", c.start).field("end", c.end);
  if (c.page) w.field("page", *c.page);
  w.field("quote", c.quote).end_object();
  sink_(w.end_object().take());
}

// The text of a grounded answer that came without any sentence or table: shown, and cited by
// nothing. Beside those it is what they say, for clients that know only text.
void Mapper::rest_as_sentence() {
  if (!grounded_ || shown_ || trim(held_).empty()) return;
  wire::Sentence rest;
  rest.text = std::string(trim(held_));
  sentence(rest);
}

std::string Mapper::done(const wire::Usage& usage, double total_ms) {
  if (!refused_) rest_as_sentence();
  flush();
  start(target_);
  JsonWriter w;
  w.begin_object().field("type", "done");
  write_usage(w, usage);
  w.key("timings_ms").begin_object();
  if (retrieved_ms_) w.field("retrieve", *retrieved_ms_);
  w.field("answer", total_ms - retrieved_ms_.value_or(0)).field("total", total_ms).end_object();
  // Evidence and tables are answered by code; what a model costs, the ledger's prices say.
  w.key("cost_usd");
  if (mode_ == "extract" || mode_ == "table")
    w.number(0);
  else
    w.null();
  w.key("joules");
  if (usage.telemetry.joules)
    w.number(*usage.telemetry.joules);
  else
    w.null();
  if (reason_ == wire::FinishReason::kLength) w.field("finish_reason", "length");
  if (reason_ == wire::FinishReason::kContentFilter) w.field("finish_reason", "content_filter");
  if (!why_.empty()) w.key("why").raw(why_);
  return w.end_object().take();
}

std::string Mapper::error(const Error& error) {
  flush();
  JsonWriter w;
  w.begin_object().field("type", "error");
  w.field("code", error.kind.empty() ? code_name(error.code) : std::string_view(error.kind));
  w.field("message", error.message).field("remedy", error.remedy);
  return w.end_object().take();
}

std::string Mapper::stopped() {
  flush();
  return R"({"type":"stopped"})";
}

}  // namespace interposer::runs
