// Plain chat: the server's OpenAI face, read with the reader that every provider's answer goes
// through.
#include "base/json.h"
#include "client/client.h"
#include "client/parse.h"
#include "client/sse_reader.h"
#include "wire/openai/chat_reader.h"

namespace interposer::client {
namespace {

std::string chat_body(const std::string& model, const std::vector<ChatMessage>& messages) {
  JsonWriter w;
  w.begin_object().field("model", model).field("stream", true).key("messages").begin_array();
  for (const ChatMessage& message : messages)
    w.begin_object().field("role", message.role).field("content", message.text).end_object();
  return w.end_array().end_object().take();
}

void take_text(const std::vector<wire::Event>& events, const Client::OnText& on_text,
               std::string* whole) {
  for (const wire::Event& event : events) {
    const auto* delta = std::get_if<wire::TextDelta>(&event);
    if (delta == nullptr || delta->choice != 0) continue;
    whole->append(delta->text);
    if (on_text) on_text(delta->text);
  }
}

}  // namespace

net::Task<Result<std::string>> Client::chat(std::string model, std::vector<ChatMessage> messages,
                                            OnText on_text) {
  const std::string body = chat_body(model, messages);
  IP_CO_TRY(const Response response,
            co_await open_checked("POST", "/v1/chat/completions", body, "text/event-stream"));
  SseReader frames(response.get());
  wire::openai::ChatReader reader;
  std::vector<wire::Event> events;
  std::string whole;
  while (true) {
    IP_CO_TRY(const std::optional<StreamEvent> event, co_await frames.next());
    events.clear();
    if (!event) break;
    IP_CO_OK(reader.read_frame(event->frame, &events));
    take_text(events, on_text, &whole);
  }
  IP_CO_OK(reader.finish(&events));
  co_return whole;
}

}  // namespace interposer::client
