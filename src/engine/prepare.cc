#include "engine/prepare.h"

#include <algorithm>

#include "engine/config.h"

namespace interposer::engine {
namespace {

using wire::ResponseFormat;

Error bad_field(std::string field, std::string why) {
  return make_error(Code::kInvalidArgument, "field '" + std::move(field) + "': " + std::move(why),
                    "correct the value", "invalid_value");
}

Status check_limits(const wire::Sampling& s) {
  if (s.n && (*s.n < 1 || *s.n > kChoicesMax)) {
    return bad_field("n", "it must be from 1 to " + std::to_string(kChoicesMax));
  }
  if (s.max_tokens && *s.max_tokens < 1) return bad_field("max_tokens", "it must be 1 or more");
  if (s.top_logprobs && (*s.top_logprobs < 0 || *s.top_logprobs > kTopLogprobsMax)) {
    return bad_field("top_logprobs", "it must be from 0 to " + std::to_string(kTopLogprobsMax));
  }
  if (s.top_logprobs && *s.top_logprobs > 0 && !s.logprobs.value_or(false)) {
    return bad_field("top_logprobs", "it needs logprobs: true");
  }
  if (s.stop.size() > kStopStringsMax) {
    return bad_field("stop", "at most " + std::to_string(kStopStringsMax) + " strings");
  }
  for (const std::string& stop : s.stop) {
    if (stop.empty()) return bad_field("stop", "an empty string stops nothing");
    if (stop.size() > kStopBytesMax) {
      return bad_field("stop",
                       "a string has more than " + std::to_string(kStopBytesMax) + " bytes");
    }
  }
  return {};
}

Result<std::string> grammar_of(const ResponseFormat& format) {
  switch (format.kind) {
    case ResponseFormat::Kind::kText:
      return std::string();
    case ResponseFormat::Kind::kJsonObject:
      return llama::schema_to_grammar(R"({"type":"object"})");
    case ResponseFormat::Kind::kJsonSchema:
      return llama::schema_to_grammar(format.schema.empty() || format.schema == "{}"
                                          ? std::string_view(R"({"type":"object"})")
                                          : std::string_view(format.schema));
    case ResponseFormat::Kind::kGrammar:
      return format.schema;
  }
  return std::string();
}

bool constrained(const wire::Chat& chat) {
  return chat.response_format && chat.response_format->kind != ResponseFormat::Kind::kText;
}

Result<llama::Rendered> render(const ChatHost& host, const wire::Request& request,
                               const wire::Chat& chat) {
  if (request.operation() == wire::Operation::kComplete) {
    llama::Rendered out;
    std::string text = chat.messages.empty() ? "" : chat.messages.front().text();
    out.prompt = host.model->tokenize(text + request.resume().text, true, false);
    return out;
  }
  if (chat.messages.empty()) return bad_field("messages", "it is empty");
  bool tools = !chat.tools.empty() &&
               !(chat.tool_choice && chat.tool_choice->kind == wire::ToolChoice::Kind::kNone);
  if (constrained(chat) && tools) {
    return bad_field("response_format", "it cannot be combined with tools");
  }
  if (!constrained(chat)) return host.chat_template->render(chat, request.resume().text);
  wire::Chat plain = chat;  // the format binds the answer's first token: no thinking before it
  plain.reasoning_effort = "none";
  IP_TRY(llama::Rendered out, host.chat_template->render(plain, request.resume().text));
  out.parser.reset();
  return out;
}

GenerateTask make_task(const wire::Chat& chat, const llama::ModelFacts& facts,
                       const llama::Rendered& rendered, const SamplingParameters& sampling,
                       const backends::Call& call) {
  const wire::Sampling& s = chat.sampling;
  GenerateTask task;
  task.prompt = rendered.prompt;
  task.sampling = sampling;
  task.stops = s.stop;
  task.stops.insert(task.stops.end(), rendered.stops.begin(), rendered.stops.end());
  std::erase_if(task.stops, [](const std::string& stop) { return stop.empty(); });
  const bool self_test = facts.parameters < kSelfTestParameters;
  task.max_tokens = s.max_tokens.value_or(self_test ? kSelfTestTokens : 0);
  task.logprobs = s.logprobs.value_or(false);
  task.top_logprobs = static_cast<int>(s.top_logprobs.value_or(0));
  task.grammar = rendered.grammar;
  task.preserved = rendered.preserved;
  task.tenant = call.principal.name;
  task.first_by = steady_now() + call.deadlines.first_byte;
  task.finish_by = call.deadlines.total;
  return task;
}

}  // namespace

Result<Prepared> prepare_generation(ModelHost* host, const wire::Request& request,
                                    const backends::Call& call, std::uint64_t seed) {
  IP_TRY(const wire::Chat* chat, request.chat());
  IP_OK(check_limits(chat->sampling));
  Prepared out;
  IP_TRY(out.host, host->chat());
  IP_TRY(SamplingParameters sampling,
         sampling_of(chat->sampling, out.host->model->facts().vocabulary, seed));
  std::string gbnf;
  if (constrained(*chat)) {
    IP_TRY(gbnf, grammar_of(*chat->response_format));
  }
  for (int choice = 0; choice < static_cast<int>(chat->sampling.n.value_or(1)); ++choice) {
    IP_TRY(llama::Rendered rendered, render(*out.host, request, *chat));
    if (!gbnf.empty()) {
      rendered.grammar = {};
      rendered.grammar.gbnf = gbnf;
    }
    if (choice == 0 && !rendered.grammar.gbnf.empty()) {  // a bad one is the caller's 400
      IP_TRY(auto probe, llama::Grammar::create(out.host->model, rendered.grammar));
      probe.reset();
    }
    GenerateTask task = make_task(*chat, out.host->model->facts(), rendered, sampling, call);
    task.choice = choice;
    task.sampling.seed += static_cast<std::uint64_t>(choice);
    out.tasks.push_back(std::move(task));
    out.parsers.push_back(std::move(rendered.parser));
  }
  return out;
}

Result<PreparedEmbedding> prepare_embedding(ModelHost* host, const wire::Request& request) {
  IP_TRY(const wire::EmbedInput* input, request.embed());
  if (input->texts.empty()) return bad_field("input", "it is empty");
  if (input->texts.size() > kEmbedTextsMax) {
    return bad_field("input",
                     "at most " + std::to_string(kEmbedTextsMax) + " texts in one request");
  }
  PreparedEmbedding out;
  IP_TRY(out.host, host->embed());
  std::int64_t width = out.host->model->facts().dimensions;
  if (input->dimensions && *input->dimensions != width) {
    return bad_field("dimensions",
                     "this model gives " + std::to_string(width) + ", no other number");
  }
  for (const std::string& text : input->texts) {
    out.texts.push_back(text.empty() ? std::vector<Token>{}
                                     : out.host->model->tokenize(text, true, false));
  }
  return out;
}

}  // namespace interposer::engine
