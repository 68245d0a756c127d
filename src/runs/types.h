// What the conversation store holds (contract: docs/guide/api.md, "Conversations and runs").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace interposer::runs {

struct Conversation {
  std::string id;           // conv_...
  std::string owner;        // the principal's name; others are told that it does not exist
  std::string title;        // of the first question until somebody names it; empty before
  std::string base, model;  // what it was begun with; may be empty
  WallMs created_at = 0, updated_at = 0;
};

enum class State : std::uint8_t { kRunning, kDone, kRefused, kStopped, kFailed };
std::string_view state_name(State state);  // "running", ...

struct Turn {
  std::string run;  // run_...
  std::string conversation;
  std::string question;
  std::string target;  // "assistant/<base>" or a model's name
  State state = State::kRunning;
  std::string answer;  // Answer as JSON; of a running turn what came so far
  WallMs created_at = 0;
};

struct Thread {
  Conversation conversation;
  std::vector<Turn> turns;  // oldest first
};

struct TurnRequest {
  std::string question;     // UTF-8, 1 byte to kQuestionBytesMax
  std::string target;       // as in Turn
  std::string mode;         // assistants: "auto", "extract", "generate"; empty: the base's own
  std::string answer_with;  // assistants: the model that writes; empty: the base's own
};

inline constexpr std::size_t kQuestionBytesMax = 256 * 1024;
inline constexpr std::size_t kTitleBytesMax = 200;
inline constexpr int kConversationsListed = 1000;  // newest first

}  // namespace interposer::runs
