#include "runs/answer.h"

#include <boost/json.hpp>

namespace interposer::runs {
namespace {

namespace json = boost::json;

json::object parse_object(std::string_view text) {
  json::error_code failed;
  json::value value = json::parse(text, failed);
  if (failed || !value.is_object()) return {};
  return std::move(value.get_object());
}

std::string_view text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

class Folder {
 public:
  void add(json::object event) {
    const std::string type(text_of(event, "type"));
    if (type == "start") {
      move(event, {"mode", "model", "base", "searched"});
    } else if (type == "sentence") {
      event.stable_erase("n");
      event.stable_erase("type");
      sentences_.push_back(std::move(event));
    } else if (type == "citation") {
      if (json::value* citation = event.if_contains("citation")) citations_.push_back(*citation);
    } else if (type == "delta") {
      text_ += text_of(event, "text");
      has_text_ = true;
    } else if (type == "table" || type == "chart") {
      move(event, {type});
    } else if (type == "refusal") {
      refused_ = true;
      move(event, {"reason", "searched", "nearest"});
    } else if (type == "done") {
      move(event, {"usage", "timings_ms", "cost_usd", "joules", "finish_reason", "why"});
    } else if (type == "error") {
      event.stable_erase("n");
      event.stable_erase("type");
      answer_["error"] = std::move(event);
    }
  }

  std::string take() {
    answer_["refused"] = refused_;
    answer_["sentences"] = std::move(sentences_);
    answer_["citations"] = std::move(citations_);
    if (has_text_) answer_["text"] = text_;
    return json::serialize(answer_);
  }

 private:
  void move(json::object& event, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys)
      if (json::value* value = event.if_contains(key)) answer_[key] = std::move(*value);
  }

  json::object answer_;
  json::array sentences_, citations_;
  std::string text_;
  bool has_text_ = false;
  bool refused_ = false;
};

}  // namespace

std::string fold_answer(const std::vector<LogEvent>& events) {
  Folder folder;
  for (const LogEvent& event : events) folder.add(parse_object(event.json));
  return folder.take();
}

State end_state(const std::vector<LogEvent>& events) {
  if (events.empty()) return State::kRunning;
  const json::object last = parse_object(events.back().json);
  const std::string_view type = text_of(last, "type");
  if (type == "error") return State::kFailed;
  if (type == "stopped") return State::kStopped;
  if (type != "done") return State::kRunning;
  for (const LogEvent& event : events)
    if (event.json.find("\"type\":\"refusal\"") < 32) return State::kRefused;
  return State::kDone;
}

std::string answer_text(std::string_view answer_json) {
  const json::object answer = parse_object(answer_json);
  std::string out(text_of(answer, "text"));
  if (const json::value* sentences = answer.if_contains("sentences");
      sentences != nullptr && sentences->is_array()) {
    for (const json::value& sentence : sentences->get_array()) {
      if (!sentence.is_object()) continue;
      if (!out.empty()) out += ' ';
      out += text_of(sentence.get_object(), "text");
    }
  }
  return out;
}

}  // namespace interposer::runs
