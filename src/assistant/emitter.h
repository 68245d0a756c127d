// Writes the events of a grounded answer in their order: a citation before the sentence that uses
// it, the plain text ("... [1][2]") before the Sentence that closes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assistant/citations.h"
#include "assistant/parts.h"
#include "wire/event.h"

namespace interposer::assistant {

class Emitter {
 public:
  explicit Emitter(std::vector<wire::Event>* out) : out_(out) {}

  void start(std::string_view id, std::string_view mode, std::string_view model,
             std::string_view base, const Searched& searched);
  // `extra`: text between this sentence and the next that belongs to it (a table in Markdown, with
  // the line breaks around it).
  void sentence(const Said& said, const Citations& citations, std::string_view extra = {});
  void cite_all(const Citations& citations);
  void table(const AnswerTable& table);
  void chart(const AnswerChart& chart);
  void refusal(const Refusal& refusal);
  void why(const Why& why);
  void finish(wire::FinishReason reason, const wire::Usage& usage);
  int sentences() const { return sentences_; }

 private:
  void cite(const Citations& citations, int n);
  void part(std::string type, std::string json);

  std::vector<wire::Event>* out_;
  std::vector<bool> cited_;
  std::string last_document_;
  bool after_extra_ = false;  // the text ends with its own line break
  int sentences_ = 0;
};

}  // namespace interposer::assistant
