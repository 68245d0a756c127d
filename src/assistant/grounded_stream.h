// The answer to one question in progress. Used by assistant.cc.
#pragma once

#include <memory>

#include "assistant/task.h"
#include "backends/backend.h"
#include "knowledge/knowledge.h"

namespace interposer::assistant {

inline constexpr std::size_t kWrittenBytesMax = 32 * 1024;  // of a model's text for one answer
inline constexpr int kWrittenSentencesMax = 40;

// `writer`: null when no model is to write. Everything pointed to outlives the answer.
std::unique_ptr<backends::Answer> make_grounded_answer(const knowledge::Knowledge* knowledge,
                                                       backends::Backend* writer, Task task,
                                                       backends::CallRef call);

}  // namespace interposer::assistant
