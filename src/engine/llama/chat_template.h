// The model's own chat template: messages and tools -> prompt tokens, and the model's text back
// into content, reasoning and tool calls.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/llama/grammar.h"
#include "engine/llama/model.h"
#include "wire/chat.h"
#include "wire/event.h"

namespace interposer::engine::llama {

// Reads the text of one answer as the template writes it. Not thread-safe.
class OutputParser {
 public:
  virtual ~OutputParser() = default;
  // More of the answer's text; gives what it adds: text, reasoning, pieces of tool calls. Text that
  // fits no format is passed on as content: a good stream is never lost to its last character.
  virtual std::vector<wire::Event> push(std::string_view text, bool last) = 0;
  virtual bool has_tool_calls() const = 0;
};

struct Rendered {
  std::vector<Token> prompt;
  GrammarSpec grammar;                   // of tool calls; gbnf empty: none
  std::vector<Token> preserved;          // control tokens that the parser must see as text
  std::vector<std::string> stops;        // further stop strings of the template
  std::unique_ptr<OutputParser> parser;  // null: the text is the answer
};

// Immutable and thread-safe.
class ChatTemplate {
 public:
  // A model without a template of its own gets ChatML. kDataLoss when its template can't be read.
  static Result<std::shared_ptr<const ChatTemplate>> create(std::shared_ptr<const Model> model);
  virtual ~ChatTemplate() = default;

  virtual bool supports_tools() const = 0;
  // kInvalidArgument with kind "tools_unsupported" (tools are given, may be called, and the
  // template has no place for them), "unsupported_content" (an image, audio or file) or
  // "template_refused". Names of control tokens inside of messages stay plain text. `begun`: text
  // that an answer already has, to be continued.
  virtual Result<Rendered> render(const wire::Chat& chat, std::string_view begun) const = 0;
};

}  // namespace interposer::engine::llama
