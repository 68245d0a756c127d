#include "runs/history.h"

#include <algorithm>

#include "base/json.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "runs/answer.h"

namespace interposer::runs {
namespace {

constexpr std::size_t kTitleCharacters = 60;

wire::Message message(wire::Role role, std::string text) {
  wire::Message out;
  out.role = role;
  wire::ContentPart part;
  part.text = std::move(text);
  out.content.push_back(std::move(part));
  return out;
}

// The routing of a grounded answer, beside the chat: {"mode":...,"answer_with":...}.
std::string assistant_options(const TurnRequest& request) {
  JsonWriter w;
  w.begin_object();
  if (!request.mode.empty()) w.field("mode", request.mode);
  if (!request.answer_with.empty()) w.field("answer_with", request.answer_with);
  return w.end_object().take();
}

}  // namespace

wire::Chat build_chat(const std::vector<Turn>& turns, const TurnRequest& request,
                      std::int64_t context_tokens) {
  std::size_t room = kHistoryBytesMax;
  if (context_tokens > 0) room = std::min(room, static_cast<std::size_t>(context_tokens));
  std::vector<wire::Message> newest_first;
  std::size_t taken = 0;
  for (auto turn = turns.rbegin(); turn != turns.rend() && taken < kHistoryTurnsMax; ++turn) {
    if (turn->state != State::kDone && turn->state != State::kStopped) continue;
    std::string text = answer_text(turn->answer);
    const std::size_t bytes = text.size() + turn->question.size();
    if (trim(text).empty()) continue;
    if (bytes > room) break;
    room -= bytes;
    taken += 1;
    newest_first.push_back(message(wire::Role::kAssistant, std::move(text)));
    newest_first.push_back(message(wire::Role::kUser, turn->question));
  }
  wire::Chat chat;
  chat.messages.assign(std::make_move_iterator(newest_first.rbegin()),
                       std::make_move_iterator(newest_first.rend()));
  chat.messages.push_back(message(wire::Role::kUser, request.question));
  chat.stream = true;
  chat.include_usage = true;
  if (!request.mode.empty() || !request.answer_with.empty())
    chat.extra.emplace_back("interposer", assistant_options(request));
  return chat;
}

std::string title_of(std::string_view question) {
  std::string_view line = trim(question);
  line = trim(line.substr(0, line.find_first_of("\r\n")));
  if (utf8_count(line) <= kTitleCharacters) return std::string(line);
  std::size_t end = 0;
  std::size_t characters = 0;
  for (const std::string_view point : Utf8Points(line)) {
    if (characters++ == kTitleCharacters) break;
    end += point.size();
  }
  std::string_view cut = line.substr(0, end);
  const std::size_t space = cut.find_last_of(' ');
  if (space != std::string_view::npos && space > end / 2) cut = cut.substr(0, space);
  return std::string(cut) + "\u2026";
}

}  // namespace interposer::runs
