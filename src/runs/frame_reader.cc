#include "runs/run.h"
#include "wire/openai/chat_reader.h"

namespace interposer::runs {

struct FrameReader::Raw {
  wire::openai::ChatReader reader;
  bool stream = false;
  bool used = false;
};

FrameReader::FrameReader(const backends::Head& head) : raw_(std::make_unique<Raw>()) {
  raw_->stream = head.content_type.starts_with("text/event-stream");
}

FrameReader::~FrameReader() = default;

Status FrameReader::read(const backends::Frames& frames, std::vector<wire::Event>* out) {
  if (frames.dialect == wire::Dialect::kNative) {
    out->insert(out->end(), frames.events.begin(), frames.events.end());
    return {};
  }
  if (frames.dialect != wire::Dialect::kOpenAi)
    return make_error(Code::kUnsupported,
                      "answers in the dialect " + std::string(wire::dialect_name(frames.dialect)) +
                          " cannot be shown in a conversation",
                      "choose a model of an OpenAI-compatible provider");
  raw_->used = true;
  const std::string_view bytes = frames.raw;
  if (!raw_->stream) return raw_->reader.read_body(bytes, out);
  std::size_t begin = 0;
  for (const std::uint32_t end : frames.ends) {
    IP_OK(raw_->reader.read_frame(bytes.substr(begin, end - begin), out));
    begin = end;
  }
  return {};
}

Status FrameReader::finish(std::vector<wire::Event>* out) {
  if (!raw_->used) return {};
  return raw_->reader.finish(out);
}

}  // namespace interposer::runs
