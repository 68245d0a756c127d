#include "engine/llama/output_parser.h"

#include <chat.h>

#include <exception>
#include <utility>

#include "base/ids.h"
#include "base/log.h"
#include "engine/llama/guard.h"

namespace interposer::engine::llama {
namespace {

class PegParser final : public OutputParser {
 public:
  PegParser(const common_chat_params& params, std::string begun)
      : params_(params), text_(std::move(begun)) {
    params_.reasoning_format = COMMON_REASONING_FORMAT_DEEPSEEK;
    if (!params.parser.empty()) params_.parser.load(params.parser);
    if (!text_.empty()) seen_ = parse(true).value_or(common_chat_msg{});
  }

  std::vector<wire::Event> push(std::string_view text, bool last) override {
    text_ += text;
    std::vector<wire::Event> events;
    if (lost_) {
      if (!text.empty()) events.emplace_back(wire::TextDelta{.text = std::string(text)});
      return events;
    }
    std::optional<common_chat_msg> now = parse(!last);
    if (!now) {
      if (last) rescue(&events);
      return events;
    }
    emit(*now, &events);
    return events;
  }

  bool has_tool_calls() const override { return !seen_.tool_calls.empty(); }

 private:
  std::optional<common_chat_msg> parse(bool partial) {
    try {
      return common_chat_parse(text_, partial, params_);
    } catch (const std::exception& e) {
      log::debug("the answer does not fit the model's format", {{"why", e.what()}});
      return std::nullopt;
    }
  }

  void emit(common_chat_msg now, std::vector<wire::Event>* events) {
    try {
      now.set_tool_call_ids(ids_, [] { return new_id("call_"); });
      for (auto& diff : common_chat_msg_diff::compute_diffs(seen_, now)) {
        if (!diff.reasoning_content_delta.empty()) {
          events->emplace_back(
              wire::ReasoningDelta{.text = std::move(diff.reasoning_content_delta)});
        }
        if (!diff.content_delta.empty()) {
          events->emplace_back(wire::TextDelta{.text = std::move(diff.content_delta)});
        }
        if (diff.tool_call_index != std::string::npos) {
          auto& call = diff.tool_call_delta;
          events->emplace_back(wire::ToolCallDelta{.index = static_cast<int>(diff.tool_call_index),
                                                   .id = std::move(call.id),
                                                   .name = std::move(call.name),
                                                   .arguments = std::move(call.arguments)});
        }
      }
      seen_ = std::move(now);
      parsed_ = text_.size();
    } catch (const std::exception& e) {
      log::debug("the answer's parse went back on itself", {{"why", e.what()}});
    }
  }

  // The whole does not parse (cut off, or free text): what was not given out becomes content.
  void rescue(std::vector<wire::Event>* events) {
    lost_ = true;
    if (std::optional<common_chat_msg> part = parse(true); part && !part->empty()) {
      emit(std::move(*part), events);
      return;
    }
    if (parsed_ < text_.size()) {
      events->emplace_back(wire::TextDelta{.text = text_.substr(parsed_)});
    }
  }

  common_chat_parser_params params_;
  std::string text_;
  std::size_t parsed_ = 0;  // bytes of text_ that `seen_` stands for
  common_chat_msg seen_;
  std::vector<std::string> ids_;
  bool lost_ = false;
};

}  // namespace

std::unique_ptr<OutputParser> make_output_parser(const common_chat_params& params,
                                                 std::string begun) {
  return std::make_unique<PegParser>(params, std::move(begun));
}

}  // namespace interposer::engine::llama
