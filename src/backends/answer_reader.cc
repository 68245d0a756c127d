#include "backends/answer_reader.h"

#include "wire/openai/embedding_answer.h"

namespace interposer::backends {

AnswerReader::AnswerReader(wire::Operation operation, const Head& head)
    : operation_(operation), streamed_(head.content_type.starts_with("text/event-stream")) {}

Status AnswerReader::read(Frames frames, std::vector<wire::Event>* out) {
  if (frames.dialect == wire::Dialect::kNative) {
    for (wire::Event& event : frames.events) out->push_back(std::move(event));
    return {};
  }
  if (frames.dialect != wire::Dialect::kOpenAi) {
    return make_error(Code::kUnsupported, "answers of the dialect '" +
                                              std::string(wire::dialect_name(frames.dialect)) +
                                              "' cannot be read here");
  }
  raw_ = true;
  return read_raw(frames, out);
}

Status AnswerReader::read_raw(const Frames& frames, std::vector<wire::Event>* out) {
  if (!streamed_) {
    body_ += frames.raw;
    return {};
  }
  std::uint32_t begin = 0;
  for (const std::uint32_t end : frames.ends) {
    IP_OK(chat_.read_frame(std::string_view(frames.raw).substr(begin, end - begin), out));
    begin = end;
  }
  return {};
}

Status AnswerReader::finish(std::vector<wire::Event>* out) {
  if (!raw_) return {};
  if (streamed_) return chat_.finish(out);
  if (operation_ == wire::Operation::kEmbed) return wire::openai::read_embeddings(body_, out);
  return chat_.read_body(body_, out);
}

}  // namespace interposer::backends
