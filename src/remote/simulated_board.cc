#include "remote/simulated_board.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/json.h"
#include "base/strings.h"
#include "wire/openai/embedding_answer.h"
#include "wire/openai/models_json.h"
#include "wire/openai/usage_json.h"
#include "wire/request.h"

namespace interposer::remote {
namespace {

constexpr std::size_t kBodyMax = 64 * 1024 * 1024;
constexpr Duration kLook = std::chrono::milliseconds(5);  // between looks at the client

struct FailureName {
  std::string_view name;
  Failure failure;
};
const FailureName kFailures[] = {
    {"none", Failure::kNone},
    {"refuse", Failure::kRefuse},
    {"stall-head", Failure::kStallHead},
    {"stall", Failure::kStall},
    {"reset", Failure::kReset},
    {"broken-sse", Failure::kBrokenSse},
    {"error-frame", Failure::kErrorFrame},
    {"no-done", Failure::kNoDone},
};

std::string error_json(const std::string& message, const std::string& type) {
  JsonWriter json;
  json.begin_object().key("error").begin_object();
  json.field("message", message).field("type", type).key("param").null().field("code", type);
  json.end_object().end_object();
  return json.take();
}

http::ResponseHead json_head(int status) {
  http::ResponseHead head;
  head.status = status;
  head.headers.add("Content-Type", "application/json");
  return head;
}

wire::TokenUsage usage_of(std::size_t prompt_bytes, int tokens) {
  wire::TokenUsage usage;
  usage.input = static_cast<std::int64_t>(prompt_bytes / 4 + 1);
  usage.output = tokens;
  return usage;
}

std::string token_text(const BoardBehaviour& how, int token) {
  return how.numbered ? how.token + std::to_string(token) + " " : how.token;
}

std::string whole_answer(const BoardBehaviour& how, int tokens, std::size_t prompt_bytes) {
  std::string text;
  for (int i = 0; i < tokens; ++i) text += token_text(how, i);
  JsonWriter json;
  json.begin_object().field("id", "chatcmpl-sim").field("object", "chat.completion");
  json.field("created", 1).field("model", how.model).key("choices").begin_array().begin_object();
  json.field("index", 0).key("message").begin_object().field("role", "assistant");
  json.field("content", text).end_object().field("finish_reason", "stop").end_object().end_array();
  if (how.report_usage) {
    json.key("usage");
    wire::openai::write_usage(json, usage_of(prompt_bytes, tokens));
  }
  json.end_object();
  return std::string(static_cast<std::size_t>(how.blank_lines), '\n') + json.take();
}

// Rows that depend on the text alone, so that equal texts are equal and others are not.
std::string embeddings(const wire::EmbedInput& input, const BoardBehaviour& how) {
  std::vector<wire::Event> events;
  wire::UsageReport report;
  for (std::size_t i = 0; i < input.texts.size(); ++i) {
    wire::Embedding row{static_cast<int>(i), {}};
    std::uint64_t state = 1469598103934665603ULL;  // FNV-1a
    for (const char c : input.texts[i])
      state = (state ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    for (int k = 0; k < how.embedding_size; ++k) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      row.values.push_back(static_cast<float>(static_cast<double>(state >> 40) / 8388608.0 - 1));
    }
    report.usage.tokens.input += static_cast<std::int64_t>(input.texts[i].size() / 4 + 1);
    events.emplace_back(std::move(row));
  }
  events.emplace_back(report);
  return wire::openai::write_embeddings(events, how.model, input.base64);
}

}  // namespace

Result<Failure> parse_failure(std::string_view name) {
  std::vector<std::string> names;
  for (const FailureName& row : kFailures) {
    if (row.name == name) return row.failure;
    names.emplace_back(row.name);
  }
  return make_error(Code::kInvalidArgument, "unknown failure '" + std::string(name) + "'",
                    "use one of: " + join(names, ", "));
}

SimulatedBoard::SimulatedBoard(net::Loop* loop, BoardBehaviour behaviour)
    : loop_(loop), behaviour_(std::move(behaviour)) {
  http::ServerOptions options;
  options.limits.body_bytes = kBodyMax;
  server_ = http::Server::create(
      loop, [this](http::Exchange* exchange) { return handle(exchange); }, options);
}

SimulatedBoard::~SimulatedBoard() = default;

Result<std::string> SimulatedBoard::listen(const net::Endpoint& at) {
  IP_TRY(std::unique_ptr<net::Listener> listener, loop_->listen(at, {}));
  std::string address = listener->address();
  server_->serve(std::move(listener));
  return address;
}

net::Task<void> SimulatedBoard::stop() {
  stopping_ = true;
  co_await server_->stop(loop_->now() + std::chrono::milliseconds(50));
}

BoardBehaviour SimulatedBoard::now_behaviour() {
  BoardBehaviour how = behaviour_;
  if (how.failing_requests >= 0 && requests_ > how.failing_requests) how.failure = Failure::kNone;
  return how;
}

net::Task<void> SimulatedBoard::handle(http::Exchange* exchange) {
  ++requests_;
  ++running_;
  const std::string path(exchange->head().path());
  last_authorization_ = std::string(exchange->head().headers.get("authorization").value_or(""));
  Result<std::string> body = co_await exchange->read_body(kBodyMax);
  if (body) {
    last_body_ = *body;
    co_await answer(exchange, path, std::move(*body));
  }
  --running_;
}

net::Task<void> SimulatedBoard::answer(http::Exchange* exchange, std::string path,
                                       std::string body) {
  const BoardBehaviour how = now_behaviour();
  if (how.failure == Failure::kStallHead) {
    co_await stall(exchange);
    co_return;
  }
  http::ResponseHead head = json_head(200);
  std::string out;
  int tokens = how.tokens;
  bool streamed = false;
  if (how.failure == Failure::kRefuse) {
    head.status = how.status;
    if (!how.retry_after.empty()) head.headers.add("Retry-After", how.retry_after);
    out = error_json("simulated refusal", "simulated");
  } else if (path.ends_with("/models")) {
    out = wire::openai::write_models({wire::openai::ModelEntry{how.model, "simulated"}});
  } else {
    const std::size_t prompt_bytes = body.size();
    const auto operation =
        path.ends_with("/embeddings") ? wire::Operation::kEmbed : wire::Operation::kChat;
    auto request = wire::Request::parse(operation, wire::Dialect::kOpenAi, std::move(body));
    if (!request) {
      head.status = 400;
      out = error_json(request.error().message, "invalid_request_error");
    } else if (operation == wire::Operation::kEmbed) {
      auto input = (*request)->embed();
      head.status = input ? 200 : 400;
      out = input ? embeddings(**input, how) : error_json(input.error().message, "invalid");
    } else {
      tokens = static_cast<int>(
          std::min<std::int64_t>(tokens, (*request)->max_tokens().value_or(tokens)));
      streamed = (*request)->stream();
      if (!streamed) out = whole_answer(how, tokens, prompt_bytes);
    }
  }
  if (streamed) {
    co_await stream(exchange, how, tokens);
    co_return;
  }
  if (how.ttft > Duration{}) co_await pause(exchange, how.ttft);
  const Status sent = co_await exchange->respond(std::move(head), std::move(out));
  if (!sent) ++abandoned_;
}

std::string SimulatedBoard::chunk_head(const BoardBehaviour& how) const {
  JsonWriter json;
  json.begin_object().field("id", "chatcmpl-sim").field("object", "chat.completion.chunk");
  json.field("created", 1).field("model", how.model);
  return "data: " + json.take();
}

std::string SimulatedBoard::frame(const BoardBehaviour& how, int token) const {
  JsonWriter json;
  json.begin_array().begin_object().field("index", 0).key("delta").begin_object();
  if (token == 0) json.field("role", "assistant");
  json.field("content", token_text(how, token)).end_object().key("finish_reason").null();
  json.end_object().end_array();
  return chunk_head(how) + ",\"choices\":" + json.take() + "}\n\n";
}

net::Task<Status> SimulatedBoard::send(http::Exchange* exchange, std::string frame, bool dribble) {
  last_stream_ += frame;
  if (!dribble) co_return co_await exchange->write(frame);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    IP_CO_OK(co_await exchange->write(std::string_view(frame).substr(i, 1)));
  }
  co_return Status{};
}

net::Task<bool> SimulatedBoard::pause(http::Exchange* exchange, Duration wait) {
  const std::stop_token gone = exchange->gone();
  const TimePoint until = loop_->now() + wait;
  while (loop_->now() < until) {
    if (gone.stop_requested() || stopping_) co_return false;
    co_await net::sleep_until(std::min(until, loop_->now() + std::max(kLook, wait / 8)));
  }
  co_return !gone.stop_requested();
}

net::Task<void> SimulatedBoard::stall(http::Exchange* exchange) {
  const std::stop_token gone = exchange->gone();
  while (!gone.stop_requested() && !stopping_) co_await net::sleep_for(kLook);
  if (gone.stop_requested()) ++abandoned_;
}

net::Task<void> SimulatedBoard::stream(http::Exchange* exchange, BoardBehaviour how, int tokens) {
  last_stream_.clear();
  http::ResponseHead head;
  head.headers.add("Content-Type", "text/event-stream");
  Status sent = co_await exchange->start(std::move(head));
  for (int i = 0; i < how.comments && sent; ++i) {
    sent = co_await send(exchange, ": keep-alive\n\n", how.dribble);
  }
  Duration first = how.ttft;
  if (how.ttft_spread > Duration{}) {
    const auto spread = static_cast<std::uint64_t>(how.ttft_spread.count());
    first += Duration(static_cast<std::int64_t>(loop_->random() % spread)) - how.ttft_spread / 2;
  }
  const Duration gap = how.tokens_per_s > 0
                           ? Duration(static_cast<std::int64_t>(1e9 / how.tokens_per_s))
                           : Duration{};
  for (int token = 0; token < tokens && sent; ++token) {
    const bool fails = how.failure != Failure::kNone && token == how.at_token;
    if (fails && how.failure == Failure::kStall) {
      co_await stall(exchange);
      co_return;
    }
    // A handler that returns without finish() cuts the connection.
    if (fails && how.failure == Failure::kReset) co_return;
    if (fails && how.failure == Failure::kNoDone) break;
    const Duration wait = token == 0 ? first : gap;
    if (wait > Duration{}) {
      const bool waited = co_await pause(exchange, wait);
      if (!waited) {
        ++abandoned_;
        co_return;
      }
    }
    std::string next = frame(how, token);
    if (fails && how.failure == Failure::kBrokenSse) next = "data: {\"choices\":[{\"delta\"\n\n";
    if (fails && how.failure == Failure::kErrorFrame) {
      next = "data: " + error_json("simulated failure", "server_error") + "\n\n";
    }
    sent = co_await send(exchange, std::move(next), how.dribble);
  }
  if (!sent) {
    ++abandoned_;
    co_return;
  }
  if (how.failure != Failure::kNoDone) {
    std::string end = chunk_head(how) +
                      ",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    if (how.report_usage) {
      JsonWriter json;
      wire::openai::write_usage(json, usage_of(last_body_.size(), tokens));
      end += chunk_head(how) + ",\"choices\":[],\"usage\":" + json.take() + "}\n\n";
    }
    if (how.joules_per_token > 0) {
      JsonWriter json;
      json.begin_object().field("joules", how.joules_per_token * tokens).end_object();
      end += ": energy " + json.take() + "\n\n";
    }
    end += "data: [DONE]\n\n";
    sent = co_await send(exchange, std::move(end), how.dribble);
  }
  sent = co_await exchange->finish();
}

Result<std::unique_ptr<SimulatedBoard>> serve_board(net::Loop* loop, const net::Endpoint& at,
                                                    BoardBehaviour behaviour,
                                                    std::string* address) {
  auto board = std::make_unique<SimulatedBoard>(loop, std::move(behaviour));
  IP_TRY(*address, board->listen(at));
  return board;
}

}  // namespace interposer::remote
