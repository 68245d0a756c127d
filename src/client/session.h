// The verbs' way to an Interposer: blocking calls of /api/v1 over the home's socket or a URL, with
// callbacks for progress. Owns a small loop of its own; used from one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::client {

struct Target {
  std::string socket;  // path of a home's interposer.sock, or
  std::string url;     // "http://127.0.0.1:8080"
  std::string key;     // Bearer; empty: none
};

// One event of a run, an ingest job or a chat stream: its JSON text as it came. `type` is its
// "type" field. Return false to stop following (the work is then stopped too).
struct StreamEvent {
  std::string type;
  std::string json;
};
using OnEvent = std::function<bool(const StreamEvent&)>;

class Session {
 public:
  // kUnavailable (kind "not_running") when nobody answers there.
  static Result<std::unique_ptr<Session>> open(const Target& target);
  virtual ~Session() = default;

  // A JSON call; gives the answer's body. An error answer becomes an Error with the server's
  // message, remedy and code (kind).
  virtual Result<std::string> get(const std::string& path) = 0;
  virtual Result<std::string> post(const std::string& path, const std::string& json) = 0;
  virtual Result<std::string> del(const std::string& path) = 0;
  // Server-sent events of a GET (jobs, runs) until the terminal event or the stream's end.
  virtual Status follow(const std::string& path, const OnEvent& on_event) = 0;
  // The same of a POST in the OpenAI dialect (chat stream): type "chunk", json = the data.
  virtual Status stream(const std::string& path, const std::string& json, const OnEvent& on_event) = 0;
  // From a signal handler's thread or another: ends the call in progress with kCancelled.
  virtual void cancel() = 0;
};

}  // namespace interposer::client
