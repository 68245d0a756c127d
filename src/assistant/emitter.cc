#include "assistant/emitter.h"

#include <fmt/format.h>

#include "base/time.h"

namespace interposer::assistant {

void Emitter::part(std::string type, std::string json) {
  out_->push_back(wire::Part{std::move(type), std::move(json)});
}

void Emitter::start(std::string_view id, std::string_view mode, std::string_view model,
                    std::string_view base, const Searched& searched) {
  wire::Started started;
  started.id = id;
  started.model = model;
  started.created_s = wall_now_ms() / 1000;
  out_->push_back(std::move(started));
  part("start", start_json(mode, model, base, searched));
}

void Emitter::cite(const Citations& citations, int n) {
  const auto index = static_cast<std::size_t>(n) - 1;
  if (index >= citations.all().size()) return;
  if (cited_.size() < citations.all().size()) cited_.resize(citations.all().size(), false);
  if (cited_[index]) return;
  cited_[index] = true;
  out_->push_back(citations.all()[index]);
}

void Emitter::cite_all(const Citations& citations) {
  for (const wire::Citation& citation : citations.all()) cite(citations, citation.n);
}

void Emitter::sentence(const Said& said, const Citations& citations, std::string_view extra) {
  std::string document = last_document_;
  for (const int n : said.citations) {
    cite(citations, n);
    const auto index = static_cast<std::size_t>(n) - 1;
    if (index < citations.all().size()) document = citations.all()[index].document;
  }
  // Sentences of one document run on; another document begins a paragraph.
  std::string text;
  if (sentences_ > 0 && !after_extra_) text = document == last_document_ ? " " : "\n\n";
  after_extra_ = !extra.empty();
  last_document_ = document;
  text += said.text;
  for (std::size_t i = 0; i < said.citations.size(); ++i) {
    text += fmt::format("{}[{}]", i == 0 ? " " : "", said.citations[i]);
  }
  if (said.unsupported) text += " (not supported by the sources)";
  text += extra;
  wire::TextDelta delta;
  delta.text = std::move(text);
  out_->push_back(std::move(delta));
  wire::Sentence event;
  event.text = said.text;
  event.citations = said.citations;
  event.unsupported = said.unsupported;
  out_->push_back(std::move(event));
  ++sentences_;
}

void Emitter::table(const AnswerTable& table) { part("table", to_json(table)); }
void Emitter::chart(const AnswerChart& chart) { part("chart", to_json(chart)); }
void Emitter::why(const Why& why) { part("why", to_json(why)); }

void Emitter::refusal(const Refusal& refusal) {
  std::string text = refusal.reason;
  if (!refusal.nearest.empty()) {
    text += "\n\nNearest passages:";
    for (const NearestPassage& passage : refusal.nearest) {
      text += fmt::format("\n- {} ({})", passage.title, passage.document);
    }
  }
  wire::TextDelta delta;
  delta.text = std::move(text);
  out_->push_back(std::move(delta));
  part("refusal", to_json(refusal));
}

void Emitter::finish(wire::FinishReason reason, const wire::Usage& usage) {
  wire::Finished finished;
  finished.reason = reason;
  out_->push_back(finished);
  out_->push_back(wire::UsageReport{usage});
}

}  // namespace interposer::assistant
