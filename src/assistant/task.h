// One question on its way: what was asked, of which base, how, and who writes.
#pragma once

#include <string>
#include <vector>

#include "assistant/config.h"
#include "wire/request.h"

namespace interposer::assistant {

struct Task {
  std::string model;  // "assistant/handbook", as asked for
  std::string base;
  std::string question;  // resolved against the earlier turns
  Mode mode = Mode::kAuto;
  std::string answer_with;  // empty: nobody writes
  bool flag_unsupported = false;
};

// Reads the chat: the last user message is the question. kInvalidArgument without one, or with
// unknown options; kTooLarge for one over kQuestionBytesMax.
Result<Task> read_task(const wire::Chat& chat, std::string model, const BaseSettings& settings);

}  // namespace interposer::assistant
