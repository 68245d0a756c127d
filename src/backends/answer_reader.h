// Reads the frames of any answer into events, whatever dialect they come in.
#pragma once

#include <vector>

#include "backends/backend.h"
#include "wire/openai/chat_reader.h"

namespace interposer::backends {

class AnswerReader {
 public:
  AnswerReader(wire::Operation operation, const Head& head);
  // Appends the events of `frames`, raw ones decoded.
  Status read(Frames frames, std::vector<wire::Event>* out);
  // After the last frames. An OpenAI stream that was cut is kUnavailable, kind "truncated".
  Status finish(std::vector<wire::Event>* out);

 private:
  Status read_raw(const Frames& frames, std::vector<wire::Event>* out);

  wire::Operation operation_;
  bool streamed_;
  bool raw_ = false;
  std::string body_;
  wire::openai::ChatReader chat_;
};

}  // namespace interposer::backends
