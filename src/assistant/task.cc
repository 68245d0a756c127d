#include "assistant/task.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "assistant/extract/question.h"
#include "assistant/followup.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

namespace bj = boost::json;

Status read_options(const wire::Chat& chat, Task& task) {
  for (const auto& [name, raw] : chat.extra) {
    if (name != "interposer") continue;
    boost::system::error_code failed;
    const bj::value value = bj::parse(raw, failed);
    if (failed || !value.is_object()) {
      return make_error(Code::kInvalidArgument, "'interposer' must be an object",
                        R"(write {"mode": "extract"})", "invalid_options");
    }
    for (const auto& member : value.get_object()) {
      if (!member.value().is_string()) {
        return make_error(
            Code::kInvalidArgument,
            fmt::format("'interposer.{}' must be a text", std::string_view(member.key())), "",
            "invalid_options");
      }
      const std::string text(member.value().get_string());
      if (member.key() == "mode") {
        IP_TRY(task.mode, parse_mode(text));
      } else if (member.key() == "answer_with") {
        task.answer_with = text;
      } else {
        const std::string key(member.key());
        return make_error(Code::kInvalidArgument, fmt::format("'interposer.{}' is not known", key),
                          did_you_mean(key, {"mode", "answer_with"}), "invalid_options");
      }
    }
  }
  return {};
}

}  // namespace

Result<Task> read_task(const wire::Chat& chat, std::string model, const BaseSettings& settings) {
  Task task;
  task.model = std::move(model);
  task.base = settings.name;
  task.mode = settings.mode;
  task.answer_with = settings.answer_with;
  task.flag_unsupported = settings.flag_unsupported;
  IP_OK(read_options(chat, task));
  std::vector<std::string> questions;
  for (const wire::Message& message : chat.messages) {
    if (message.role == wire::Role::kUser) questions.push_back(message.text());
  }
  if (questions.empty() || trim(questions.back()).empty()) {
    return make_error(Code::kInvalidArgument,
                      "there is no question: the last user message is empty",
                      "send a user message with text", "no_question");
  }
  if (questions.back().size() > kQuestionBytesMax) {
    return make_error(
        Code::kTooLarge, fmt::format("the question has {} bytes", questions.back().size()),
        fmt::format("at most {} bytes are allowed", kQuestionBytesMax), "question_too_long");
  }
  const std::string last = std::move(questions.back());
  questions.pop_back();
  task.question = resolve_followup(questions, last);
  return task;
}

}  // namespace interposer::assistant
