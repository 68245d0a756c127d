// A board that only pretends: an OpenAI-dialect server whose speed and failures are scripted. It
// tests what stands in front of boards, over the simulated network or a real one, and is the
// simulator for evaluations of routing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "http/server.h"
#include "net/loop.h"

namespace interposer::remote {

enum class Failure : std::uint8_t {
  kNone,
  kRefuse,      // answers with `status` and an error body
  kStallHead,   // takes the request and says nothing
  kStall,       // stops at token `at_token`, the connection open
  kReset,       // cuts the connection at token `at_token`
  kBrokenSse,   // sends no JSON at token `at_token`
  kErrorFrame,  // sends an error as a frame at token `at_token`
  kNoDone,      // ends well-formed HTTP at token `at_token`, without finish reason and [DONE]
};
Result<Failure> parse_failure(std::string_view name);  // "none", "refuse", "stall-head", ...

struct BoardBehaviour {
  std::string model = "simulated";
  int tokens = 16;             // of an answer, unless max_tokens is smaller
  std::string token = "tok ";  // each one's text, numbered: "tok 0 tok 1 ..."
  bool numbered = false;
  Duration ttft{};          // median
  Duration ttft_spread{};   // uniform, around the median
  double tokens_per_s = 0;  // 0: as fast as possible
  bool report_usage = true;
  bool dribble = false;  // one byte at a time
  int blank_lines = 0;   // before a body that is not streamed (as DeepSeek sends)
  int comments = 0;      // ": keep-alive" before the first token
  int embedding_size = 8;
  Failure failure = Failure::kNone;
  int at_token = 0;
  int status = 503;             // of kRefuse
  std::string retry_after;      // header of kRefuse; empty: none
  int failing_requests = -1;    // the first so many; -1: all
  double joules_per_token = 0;  // told in a comment ": energy {...}" when above zero
};

class SimulatedBoard {
 public:
  SimulatedBoard(net::Loop* loop, BoardBehaviour behaviour);
  ~SimulatedBoard();  // stop() must have completed

  Result<std::string> listen(const net::Endpoint& at);  // the address, with its real port
  net::Task<void> stop();

  void set(BoardBehaviour behaviour) { behaviour_ = std::move(behaviour); }
  int requests() const { return requests_; }
  int running() const { return running_; }
  int abandoned() const { return abandoned_; }  // answers whose client left before their end
  const std::string& last_body() const { return last_body_; }
  const std::string& last_authorization() const { return last_authorization_; }
  // The bytes of the last streamed answer, frame by frame as sent.
  const std::string& last_stream() const { return last_stream_; }

 private:
  net::Task<void> handle(http::Exchange* exchange);
  net::Task<void> answer(http::Exchange* exchange, std::string path, std::string body);
  net::Task<void> stream(http::Exchange* exchange, BoardBehaviour how, int tokens);
  net::Task<Status> send(http::Exchange* exchange, std::string frame, bool dribble);
  net::Task<bool> pause(http::Exchange* exchange, Duration wait);
  net::Task<void> stall(http::Exchange* exchange);
  BoardBehaviour now_behaviour();
  std::string frame(const BoardBehaviour& how, int token) const;
  std::string chunk_head(const BoardBehaviour& how) const;

  net::Loop* loop_;
  BoardBehaviour behaviour_;
  std::unique_ptr<http::Server> server_;
  bool stopping_ = false;
  int requests_ = 0, running_ = 0, abandoned_ = 0;
  std::string last_body_, last_authorization_, last_stream_;
};

// Serves until the loop is told to stop: the verb `interposer board simulate`.
Result<std::unique_ptr<SimulatedBoard>> serve_board(net::Loop* loop, const net::Endpoint& at,
                                                    BoardBehaviour behaviour, std::string* address);

}  // namespace interposer::remote
