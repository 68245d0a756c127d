#include "api/openai/answer.h"

#include "api/reply.h"
#include "backends/answer_reader.h"
#include "wire/openai/chat_writer.h"
#include "wire/openai/embedding_answer.h"
#include "wire/openai/error_json.h"

namespace interposer::api {
namespace {

using backends::Answer;
using backends::Frames;

using First = Result<std::optional<Frames>>;

bool event_stream(const backends::Head& head) {
  return head.content_type.starts_with("text/event-stream");
}

http::ResponseHead response_head(const backends::Head& from, std::string_view content_type,
                                 const wire::LossReceipt& losses) {
  http::ResponseHead head;
  head.headers.reserve(from.headers.size() + 3);
  head.headers.add("Content-Type", std::string(content_type));
  if (content_type == "text/event-stream") head.headers.add("Cache-Control", "no-cache");
  for (const auto& [name, value] : from.headers) head.headers.add(name, value);
  if (!losses.empty()) head.headers.add("x-interposer-loss", losses.header());
  return head;
}

wire::openai::WriterOptions writer_options(const Delivery& to) {
  wire::openai::WriterOptions options;
  options.operation = to.request->operation();
  options.model = to.request->model();
  options.page_origin = std::string(to.scheme) + "://" +
                        std::string(to.exchange->head().headers.get("host").value_or("127.0.0.1"));
  options.now_s = wall_now_ms() / 1000;
  if (to.request->operation() != wire::Operation::kEmbed) {
    const auto chat = to.request->chat();
    options.include_usage = chat && (*chat)->include_usage;
  }
  return options;
}

// The target's own frames, as they come.
net::Task<void> pass_stream(Delivery to, Answer* answer, First frames) {
  Status sent = co_await to.exchange->start(response_head(answer->head(), "text/event-stream", {}));
  while (sent && frames && frames->has_value()) {
    sent = co_await to.exchange->write((*frames)->raw);
    if (sent) frames = co_await answer->next();
  }
  if (!sent) {
    co_await answer->stop();
    co_return;
  }
  if (!frames) sent = co_await to.exchange->write(wire::openai::write_error_frame(frames.error()));
  sent = co_await to.exchange->finish();
}

net::Task<void> pass_body(Delivery to, Answer* answer, First frames) {
  std::string body;
  while (frames && frames->has_value()) {
    if (body.empty()) {
      body = std::move((*frames)->raw);
    } else {
      body += (*frames)->raw;
    }
    frames = co_await answer->next();
  }
  if (!frames) {
    co_await reply_error(to.exchange, std::move(frames).error());
    co_return;
  }
  http::ResponseHead head = response_head(answer->head(), "application/json", {});
  const Status sent = co_await to.exchange->respond(std::move(head), std::move(body));
  (void)sent;
}

net::Task<void> write_stream(Delivery to, Answer* answer, First frames) {
  Status sent = co_await to.exchange->start(
      response_head(answer->head(), "text/event-stream", request_losses(*to.request)));
  wire::openai::StreamWriter writer(writer_options(to));
  std::string out;
  while (sent && frames && frames->has_value()) {
    out.clear();
    for (const wire::Event& event : (*frames)->events) writer.write(event, &out);
    if (!out.empty()) sent = co_await to.exchange->write(out);
    if (sent) frames = co_await answer->next();
  }
  if (!sent) {
    co_await answer->stop();
    co_return;
  }
  out.clear();
  if (frames)
    writer.finish(&out);
  else
    writer.fail(frames.error(), &out);
  sent = co_await to.exchange->write(out);
  if (sent) sent = co_await to.exchange->finish();
}

net::Task<void> write_whole(Delivery to, Answer* answer, First frames) {
  const wire::Operation operation = to.request->operation();
  backends::AnswerReader reader(operation, answer->head());
  std::vector<wire::Event> events;
  Status read;
  while (read && frames && frames->has_value()) {
    read = reader.read(std::move(**frames), &events);
    if (read) frames = co_await answer->next();
  }
  if (read && !frames) read = std::move(frames).error();
  if (read) read = reader.finish(&events);
  if (!read) {
    co_await answer->stop();
    co_await reply_error(to.exchange, read.error());
    co_return;
  }
  std::string body;
  if (operation == wire::Operation::kEmbed) {
    const auto input = to.request->embed();
    body = wire::openai::write_embeddings(events, to.request->model(), input && (*input)->base64);
  } else {
    body = wire::openai::write_body(events, writer_options(to));
  }
  http::ResponseHead head =
      response_head(answer->head(), "application/json", request_losses(*to.request));
  const Status sent = co_await to.exchange->respond(std::move(head), std::move(body));
  (void)sent;
}

}  // namespace

wire::LossReceipt request_losses(const wire::Request& request) {
  wire::LossReceipt losses;
  if (request.operation() == wire::Operation::kEmbed) return losses;
  const auto chat = request.chat();
  if (!chat) return losses;
  for (const auto& [name, value] : (*chat)->extra) {
    losses.add(name, "not known to this target");
  }
  return losses;
}

net::Task<void> deliver(Delivery to, std::unique_ptr<Answer> answer) {
  First first = co_await answer->next();
  if (!first) {
    co_await reply_error(to.exchange, std::move(first).error());
    co_return;
  }
  const bool raw = first->has_value() && (*first)->dialect == wire::Dialect::kOpenAi;
  if (raw && event_stream(answer->head())) {
    co_await pass_stream(std::move(to), answer.get(), std::move(first));
  } else if (raw) {
    co_await pass_body(std::move(to), answer.get(), std::move(first));
  } else if (to.request->stream()) {
    co_await write_stream(std::move(to), answer.get(), std::move(first));
  } else {
    co_await write_whole(std::move(to), answer.get(), std::move(first));
  }
}

}  // namespace interposer::api
