#include <cmath>

#include "backends/answer_reader.h"
#include "backends/backend.h"

namespace interposer::backends {
namespace {

net::Task<Result<std::vector<wire::Event>>> pull(Answer* answer, wire::Operation operation) {
  std::vector<wire::Event> events;
  AnswerReader reader(operation, answer->head());
  for (;;) {
    Result<std::optional<Frames>> frames = co_await answer->next();
    if (!frames) co_return std::move(frames).error();
    if (!frames->has_value()) break;
    const Status read = reader.read(std::move(**frames), &events);
    if (!read) {
      co_await answer->stop();
      co_return read.error();
    }
  }
  IP_CO_OK(reader.finish(&events));
  co_return events;
}

// Providers differ in whether rows come normalised; here they always are.
void make_unit(std::vector<float>& row) {
  double square = 0;
  for (const float value : row) square += static_cast<double>(value) * static_cast<double>(value);
  if (square <= 0) return;
  const double scale = 1 / std::sqrt(square);
  for (float& value : row) value = static_cast<float>(static_cast<double>(value) * scale);
}

}  // namespace

net::Task<Result<Collected>> collect(std::unique_ptr<Answer> answer) {
  Result<std::vector<wire::Event>> events = co_await pull(answer.get(), wire::Operation::kChat);
  if (!events) co_return std::move(events).error();
  Collected out;
  out.events = std::move(*events);
  out.usage = answer->usage();
  for (const wire::Event& event : out.events) {
    const auto* text = std::get_if<wire::TextDelta>(&event);
    if (text != nullptr && text->choice == 0) out.text += text->text;
  }
  co_return out;
}

net::Task<Result<Embeddings>> embed(Backend* backend, std::string model,
                                    std::vector<std::string> texts, CallRef call) {
  const std::size_t wanted = texts.size();
  wire::EmbedInput input;
  input.texts = std::move(texts);
  RequestRef request = wire::Request::from_embed(std::move(model), std::move(input));
  Result<std::unique_ptr<Answer>> answer = co_await backend->serve(request, call);
  if (!answer) co_return std::move(answer).error();
  Result<std::vector<wire::Event>> events = co_await pull(answer->get(), wire::Operation::kEmbed);
  if (!events) co_return std::move(events).error();
  Embeddings out;
  out.usage = (*answer)->usage();
  for (wire::Event& event : *events) {
    auto* row = std::get_if<wire::Embedding>(&event);
    if (row == nullptr) continue;
    make_unit(row->values);
    out.rows.push_back(std::move(row->values));
  }
  if (out.rows.size() != wanted) {
    co_return make_error(Code::kUnavailable,
                         "the model gave " + std::to_string(out.rows.size()) + " embeddings for " +
                             std::to_string(wanted) + " texts",
                         "try again, or another model", "broken_stream");
  }
  co_return out;
}

}  // namespace interposer::backends
