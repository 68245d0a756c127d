#include "assistant/writer.h"

#include "assistant/generate/verify.h"
#include "assistant/grounded_stream.h"
#include "base/ids.h"

namespace interposer::assistant {

Writer::Writer(backends::Backend* models, const Task& task, std::vector<EvidenceSentence> evidence)
    : models_(models), task_(task), evidence_(std::move(evidence)) {}

net::Task<Status> Writer::begin(backends::CallRef call, std::stop_token stop) {
  std::int64_t context = models_->capabilities(task_.answer_with).context_tokens;
  const std::string nonce = new_trace_id().substr(0, 16);
  wire::Chat chat = make_prompt(task_.question, evidence_, evidence_budget(context), nonce);
  Result<backends::CallRef> child = backends::Call::child(call, task_.answer_with);
  if (!child) co_return std::move(child).error();
  auto own = std::make_shared<backends::Call>(**child);
  own->stop = stop;
  backends::RequestRef request = wire::Request::from_chat(task_.answer_with, std::move(chat));
  backends::CallRef inner = std::move(own);
  Result<std::unique_ptr<backends::Answer>> answer = co_await models_->serve(request, inner);
  if (!answer) co_return std::move(answer).error();
  answer_ = std::move(*answer);
  reader_ = std::make_unique<backends::AnswerReader>(wire::Operation::kChat, answer_->head());
  co_return Status();
}

net::Task<Result<Writer::Step>> Writer::next() {
  Step step;
  Result<std::optional<backends::Frames>> frames = co_await answer_->next();
  if (!frames) co_return std::move(frames).error();
  std::vector<wire::Event> events;
  const bool ended = !frames->has_value();
  const Status read =
      ended ? reader_->finish(&events) : reader_->read(std::move(**frames), &events);
  if (!read) co_return read.error();
  for (const wire::Event& event : events) {
    const auto* text = std::get_if<wire::TextDelta>(&event);
    const auto* finished = std::get_if<wire::Finished>(&event);
    if (finished != nullptr && finished->reason == wire::FinishReason::kLength) length_ = true;
    if (text == nullptr || text->choice != 0) continue;
    bytes_ += text->text.size();
    take(stream_.feed(text->text), step);
  }
  const bool too_long = bytes_ > kWrittenBytesMax || sentences_ >= kWrittenSentencesMax;
  if (ended) {
    // A sentence that a limit cut off is no sentence.
    std::vector<Written> rest = stream_.finish();
    if (!length_) take(std::move(rest), step);
  } else if (too_long) {
    co_await answer_->stop();
  }
  step.finished = ended || too_long;
  step.cut = too_long || length_;
  step.says_no_answer = no_answer_;
  co_return step;
}

net::Task<void> Writer::stop() {
  if (answer_) co_await answer_->stop();
}

wire::Usage Writer::usage() const { return answer_ ? answer_->usage() : wire::Usage{}; }

int Writer::cite(const EvidenceSentence& sentence) {
  wire::Citation citation;
  citation.document = sentence.document;
  citation.version = sentence.version;
  citation.title = sentence.title;
  citation.uri = sentence.uri;
  citation.start = sentence.start;
  citation.end = sentence.end;
  if (sentence.page > 0) citation.page = sentence.page;
  citation.quote = sentence.text;
  return citations_.add(std::move(citation));
}

void Writer::take(std::vector<Written> written, Step& step) {
  for (const Written& sentence : written) {
    if (sentences_ >= kWrittenSentencesMax) return;
    ++sentences_;
    if (sentence.text.find(kNoAnswer) != std::string::npos) {
      no_answer_ = true;
      continue;
    }
    const Verdict verdict = verify(sentence, evidence_);
    if (verdict.supported) {
      Said said{sentence.text, {}, false};
      for (const int n : verdict.markers) {
        said.citations.push_back(cite(evidence_[static_cast<std::size_t>(n) - 1]));
      }
      step.sentences.push_back(std::move(said));
      continue;
    }
    step.dropped.push_back(verdict.why);
    if (task_.flag_unsupported) step.sentences.push_back({sentence.text, {}, true});
  }
}

}  // namespace interposer::assistant
