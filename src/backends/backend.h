// The one idea: a backend answers a request with frames. A remote provider, the embedded engine, a
// simulated board, the gateway itself and the grounded assistant are all Backends.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/call.h"
#include "base/result.h"
#include "net/task.h"
#include "wire/event.h"
#include "wire/request.h"
#include "wire/usage.h"

namespace interposer::net {
class Loop;
}

namespace interposer::backends {

using wire::RequestRef;

struct Head {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // worth passing on
  std::string content_type;                                  // of raw bytes
};

// What one read of an answer brought. With dialect kNative: events only. Otherwise raw holds whole
// frames of that dialect (for a streamed answer SSE frames; else the body), ends their ends.
struct Frames {
  wire::Dialect dialect = wire::Dialect::kNative;
  std::string raw;
  std::vector<std::uint32_t> ends;
  std::vector<wire::Event> events;
};

// An answer in progress, pulled: not asking is back-pressure. Lives on the loop that asked for it.
// Destroying an unfinished one hands it to its loop's nursery, which stops and joins it.
class Answer {
 public:
  virtual ~Answer() = default;
  virtual const Head& head() const = 0;
  virtual net::Task<Result<std::optional<Frames>>> next() = 0;  // nullopt: finished
  virtual net::Task<void> stop() = 0;                           // cancels and joins
  virtual const wire::Usage& usage() const = 0;  // final after the end, an error, or stop()
};

struct Capabilities {
  bool chat = false, complete = false, embed = false, rerank = false, score = false;
  bool stream = true, tools = false, json_schema = false, images = false, logprobs = false;
  bool resume = false;                  // can continue another target's answer
  std::int64_t context_tokens = 0;      // 0: unknown
  std::vector<wire::Dialect> dialects;  // taken as raw bytes
};

struct ModelInfo {
  std::string name;
  std::string kind;  // "chat", "embed", "rerank", "assistant", "route"
  std::string owner;
  std::optional<std::int64_t> parameters;  // count, where known
  std::int64_t context_tokens = 0;
  bool self_test = false;  // a tiny default that only shows that the machinery works
  bool capable = false;    // may write grounded answers (>= 1e9 parameters, or said so)
};

// serve() and next() resume on the caller's loop. One Backend serves all loops.
// An error of serve(): `error.kind` is stable; transport and overload kinds may try another target
// (backends/disposition.h), client faults may not.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual net::Task<Result<std::unique_ptr<Answer>>> serve(RequestRef request, CallRef call) = 0;
  virtual Capabilities capabilities(std::string_view model) const = 0;
  virtual std::vector<ModelInfo> models() const = 0;
  // Until when the target asked to be left alone for this model (a Retry-After, a quota's reset);
  // nullopt: it did not. Thread-safe.
  virtual std::optional<TimePoint> leave_alone_until(std::string_view model) const {
    (void)model;
    return std::nullopt;
  }
  // The loop ends: let go of what belongs to it (pools of connections). On that loop's thread.
  virtual void leave(net::Loop* loop) { (void)loop; }
};

// Pulls an answer to its end and gives its events (raw frames decoded). For in-process callers.
struct Collected {
  std::vector<wire::Event> events;
  std::string text;  // of choice 0
  wire::Usage usage;
};
net::Task<Result<Collected>> collect(std::unique_ptr<Answer> answer);

// One row per text, unit length.
struct Embeddings {
  std::vector<std::vector<float>> rows;
  wire::Usage usage;
};
net::Task<Result<Embeddings>> embed(Backend* backend, std::string model,
                                    std::vector<std::string> texts, CallRef call);

}  // namespace interposer::backends
