#include "assistant/answer.h"

#include <boost/json.hpp>

#include "backends/answer_reader.h"
#include "base/json.h"
#include "net/loop.h"

namespace interposer::assistant {
namespace {

namespace bj = boost::json;

bj::object read_object(const std::string& text) {
  boost::system::error_code failed;
  const bj::value value = bj::parse(text, failed);
  return failed || !value.is_object() ? bj::object() : value.get_object();
}

std::string text_of(const bj::object& object, std::string_view key) {
  const bj::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

void write_citation(JsonWriter& json, const wire::Citation& citation) {
  json.begin_object().field("n", citation.n).field("document", citation.document);
  json.field("version", citation.version).field("title", citation.title);
  json.field("uri", citation.uri).field("start", citation.start).field("end", citation.end);
  if (citation.page) json.field("page", *citation.page);
  json.field("quote", citation.quote).end_object();
}

void write_sentences(JsonWriter& json, const Answer& answer) {
  json.key("sentences").begin_array();
  for (const wire::Sentence& sentence : answer.sentences) {
    json.begin_object().field("text", sentence.text).key("citations").begin_array();
    for (const int n : sentence.citations) json.number(n);
    json.end_array();
    if (sentence.unsupported) json.field("flag", "unsupported");
    json.end_object();
  }
  json.end_array().key("citations").begin_array();
  for (const wire::Citation& citation : answer.citations) write_citation(json, citation);
  json.end_array();
}

}  // namespace

void AnswerFold::accept(const wire::Event& event, double at_ms) {
  if (const auto* text = std::get_if<wire::TextDelta>(&event)) {
    answer_.text += text->text;
  } else if (const auto* citation = std::get_if<wire::Citation>(&event)) {
    answer_.citations.push_back(*citation);
  } else if (const auto* sentence = std::get_if<wire::Sentence>(&event)) {
    answer_.sentences.push_back(*sentence);
  } else if (const auto* usage = std::get_if<wire::UsageReport>(&event)) {
    answer_.usage = usage->usage;
  } else if (const auto* part = std::get_if<wire::Part>(&event)) {
    if (part->type == "start") {
      const bj::object start = read_object(part->json);
      answer_.mode = text_of(start, "mode");
      answer_.model = text_of(start, "model");
      answer_.base = text_of(start, "base");
      answer_.timings.retrieve = at_ms;
    } else if (part->type == "table") {
      answer_.table = part->json;
    } else if (part->type == "chart") {
      answer_.chart = part->json;
    } else if (part->type == "why") {
      answer_.why = part->json;
    } else if (part->type == "refusal") {
      answer_.refused = true;
      answer_.refusal = part->json;
      answer_.reason = text_of(read_object(part->json), "reason");
    }
  }
}

Answer AnswerFold::take(std::string question, double total_ms) {
  answer_.question = std::move(question);
  answer_.timings.total = total_ms;
  answer_.timings.answer = total_ms - answer_.timings.retrieve;
  return std::move(answer_);
}

std::string ask_json(const Answer& answer) {
  JsonWriter json;
  json.begin_object().field("question", answer.question).field("answer", answer.text);
  json.field("mode", answer.mode == "generate" ? "generate" : "extract");
  json.field("refused", answer.refused);
  if (answer.refused) json.field("reason", answer.reason);
  write_sentences(json, answer);
  if (!answer.table.empty()) json.key("table").raw(answer.table);
  if (!answer.chart.empty()) json.key("chart").raw(answer.chart);
  json.field("model", answer.model).key("usage").begin_object();
  json.field("input_tokens", answer.usage.tokens.prompt());
  json.field("output_tokens", answer.usage.tokens.answer());
  json.field("cached_tokens", answer.usage.tokens.cache_read).end_object();
  json.key("timings_ms").begin_object().field("retrieve", answer.timings.retrieve);
  json.field("answer", answer.timings.answer).field("total", answer.timings.total).end_object();
  if (!answer.why.empty()) json.key("why").raw(answer.why);
  if (!answer.refusal.empty()) {
    const bj::object refusal = read_object(answer.refusal);
    for (const char* key : {"searched", "nearest"}) {
      if (refusal.contains(key)) json.key(key).raw(bj::serialize(refusal.at(key)));
    }
  }
  return json.end_object().take();
}

net::Task<Result<Answer>> ask(backends::Backend* backend, std::string model, std::string question,
                              AskOptions options, backends::CallRef call) {
  const TimePoint begun = net::Loop::current()->now();
  wire::Chat chat;
  wire::Message message;
  wire::ContentPart part;
  part.text = question;
  message.content.push_back(std::move(part));
  chat.messages.push_back(std::move(message));
  chat.stream = true;
  JsonWriter json;
  json.begin_object();
  if (!options.mode.empty()) json.field("mode", options.mode);
  if (!options.answer_with.empty()) json.field("answer_with", options.answer_with);
  chat.extra.emplace_back("interposer", json.end_object().take());
  backends::RequestRef request = wire::Request::from_chat(std::move(model), std::move(chat));
  Result<std::unique_ptr<backends::Answer>> answer = co_await backend->serve(request, call);
  if (!answer) co_return std::move(answer).error();
  backends::AnswerReader reader(wire::Operation::kChat, (*answer)->head());
  AnswerFold fold;
  bool more = true;
  while (more) {
    Result<std::optional<backends::Frames>> frames = co_await (*answer)->next();
    if (!frames) co_return std::move(frames).error();
    more = frames->has_value();
    std::vector<wire::Event> events;
    const Status read = more ? reader.read(std::move(**frames), &events) : reader.finish(&events);
    if (!read) co_return read.error();
    const double at_ms = to_ms(net::Loop::current()->now() - begun);
    for (const wire::Event& event : events) fold.accept(event, at_ms);
  }
  co_return fold.take(std::move(question), to_ms(net::Loop::current()->now() - begun));
}

}  // namespace interposer::assistant
