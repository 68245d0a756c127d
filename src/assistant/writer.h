// A capable model at work: asks it with the evidence, cuts its text into sentences, keeps those
// that their citations support. Belongs to one loop.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "assistant/citations.h"
#include "assistant/generate/prompt.h"
#include "assistant/generate/sentence_stream.h"
#include "assistant/parts.h"
#include "assistant/task.h"
#include "backends/answer_reader.h"
#include "backends/backend.h"

namespace interposer::assistant {

class Writer {
 public:
  Writer(backends::Backend* models, const Task& task, std::vector<EvidenceSentence> evidence);

  // Asks; an error means that the model could not be had.
  net::Task<Status> begin(backends::CallRef call, std::stop_token stop);

  struct Step {
    std::vector<Said> sentences;       // supported ones (flagged ones too, where the base says so)
    std::vector<std::string> dropped;  // why others were not shown
    bool finished = false;
    bool cut = false;  // a limit ended it
    bool says_no_answer = false;
  };
  net::Task<Result<Step>> next();
  net::Task<void> stop();
  const Citations& citations() const { return citations_; }
  wire::Usage usage() const;

 private:
  void take(std::vector<Written> written, Step& step);
  int cite(const EvidenceSentence& sentence);

  backends::Backend* models_;
  const Task& task_;
  std::vector<EvidenceSentence> evidence_;
  std::unique_ptr<backends::Answer> answer_;
  std::unique_ptr<backends::AnswerReader> reader_;
  SentenceStream stream_;
  Citations citations_;
  std::size_t bytes_ = 0;
  int sentences_ = 0;
  bool no_answer_ = false;
  bool length_ = false;
};

}  // namespace interposer::assistant
