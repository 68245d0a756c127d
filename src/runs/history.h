// A conversation as the chat that its next question is asked with.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runs/types.h"
#include "wire/chat.h"

namespace interposer::runs {

inline constexpr std::size_t kHistoryTurnsMax = 20;
inline constexpr std::size_t kHistoryBytesMax = 64 * 1024;

// `turns`: those before, oldest first. Turns without an answer (failed, refused, running) are left
// out together with their question; so are the oldest beyond the limits. `context_tokens`: of the
// target, 0 when unknown: the history takes at most about half of it (two bytes a token).
wire::Chat build_chat(const std::vector<Turn>& turns, const TurnRequest& request,
                      std::int64_t context_tokens);

// The first line of a question, at most 60 characters, cut between words where it can be.
std::string title_of(std::string_view question);

}  // namespace interposer::runs
