// A whole grounded answer, folded from its events, and the object of `interposer ask --json`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assistant/config.h"
#include "backends/backend.h"

namespace interposer::assistant {

struct Timings {  // milliseconds; answer = total - retrieve
  double retrieve = 0, answer = 0, total = 0;
};

struct Answer {
  std::string question;
  std::string mode;  // "extract", "generate", "table"
  std::string model, base;
  bool refused = false;
  std::string reason;
  std::string text;  // as plain clients see it, with markers
  std::vector<wire::Sentence> sentences;
  std::vector<wire::Citation> citations;
  std::string table, chart, why, refusal;  // JSON; empty: none
  wire::Usage usage;
  Timings timings;
};

// Takes the events in order; `at_ms`: since the question was asked.
class AnswerFold {
 public:
  void accept(const wire::Event& event, double at_ms);
  Answer take(std::string question, double total_ms);

 private:
  Answer answer_;
};

// {"question","answer","mode":"extract|generate","refused","reason"?,"sentences","citations","table"?,
//  "chart"?,"model","usage","timings_ms","why"?,"searched"?,"nearest"?}. An answer from a table has
// mode "extract": code chose cells, no model wrote.
std::string ask_json(const Answer& answer);

struct AskOptions {
  std::string mode;         // empty: the base's own
  std::string answer_with;  // empty: the base's own
};
// Asks `backend` (the gateway, or an Assistant) and folds the answer.
net::Task<Result<Answer>> ask(backends::Backend* backend, std::string model, std::string question,
                              AskOptions options, backends::CallRef call);

}  // namespace interposer::assistant
