// The server's insides (internal to http): connections, and the exchange of one request.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/body_reader.h"
#include "http/buffer.h"
#include "http/codec.h"
#include "http/server.h"

namespace interposer::http {

class ServerImpl;
class ExchangeImpl;

// What an idle connection costs.
struct Connection {
  std::unique_ptr<net::Stream> stream;
  std::string leftover;  // bytes of a pipelined next request
  ExchangeImpl* active = nullptr;
  bool idle = false;
  Connection* previous = nullptr;
  Connection* next = nullptr;
};

// Lives in the frame of its request's task, with its buffer and the parsed head.
class ExchangeImpl final : public Exchange {
 public:
  ExchangeImpl(ServerImpl* server, Connection* connection);
  ~ExchangeImpl() override;

  const RequestHead& head() const override { return parser_.head; }
  std::string peer() const override { return connection_->stream->peer(); }
  int peer_uid() const override { return connection_->stream->peer_uid(); }
  std::stop_token gone() const override;
  net::Task<Result<std::string>> read_body(std::size_t max_bytes) override;
  net::Task<Result<std::string>> read_some() override;
  net::Task<Status> respond(ResponseHead head, std::string body) override;
  net::Task<Status> start(ResponseHead head) override;
  net::Task<Status> write(std::string_view bytes) override;
  net::Task<Status> finish() override;

  // kCancelled: the client left between requests; other errors are answered before this returns.
  net::Task<Status> read_head();
  // After the handler: true when the connection can take another request.
  net::Task<bool> complete();
  void lost();  // nobody waits for the answer any more

  // The watch that notices a client that leaves while the handler works.
  bool wants_watch(TimePoint now) const;
  net::Task<void> watch();

  ExchangeImpl* previous = nullptr;
  ExchangeImpl* next = nullptr;

 private:
  enum class Phase : std::uint8_t { kUnanswered, kStreaming, kDone, kBroken };

  net::Task<Status> send(std::span<const std::string_view> pieces);
  net::Task<Status> send_continue();
  net::Task<Status> refuse(Error error);
  net::Task<void> end_watch();
  net::Task<bool> drain();
  net::Task<void> linger();
  std::string begin_head(const ResponseHead& head);
  TimePoint body_deadline() const;

  ServerImpl* server_;
  Connection* connection_;
  Buffer buffer_;
  RequestParser parser_;
  BodyReader body_;
  mutable std::optional<std::stop_source> gone_;
  TimePoint since_;
  net::Event watch_done_;
  Phase phase_ = Phase::kUnanswered;
  bool keep_alive_ = false;
  bool owes_continue_ = false;
  bool lost_ = false;
  bool watching_ = false;
  bool chunked_ = false;
};

class ServerImpl final : public Server {
 public:
  ServerImpl(net::Loop* loop, Handler handler, ServerOptions options);
  ~ServerImpl() override = default;

  void serve(std::unique_ptr<net::Listener> listener) override;
  net::Task<void> stop(TimePoint deadline) override;
  std::size_t connections() const override { return connection_count_; }

  net::Loop* loop() const { return loop_; }
  const ServerOptions& options() const { return options_; }
  BlockPool* pool() { return &pool_; }
  bool stopping() const { return stopping_; }
  const std::string& date();  // of the Date field, at most a second old
  void add_active(ExchangeImpl* exchange);
  void remove_active(ExchangeImpl* exchange);

 private:
  net::Task<void> accept_from(net::Listener* listener);
  net::Task<void> serve_connection(std::unique_ptr<net::Stream> stream);
  net::Task<void> serve_requests(Connection* connection);
  net::Task<bool> serve_request(Connection* connection);
  void abort_all();
  void schedule_sweep();
  void sweep();

  net::Loop* loop_;
  Handler handler_;
  ServerOptions options_;
  BlockPool pool_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  Connection* first_connection_ = nullptr;
  std::size_t connection_count_ = 0;
  ExchangeImpl* first_active_ = nullptr;
  std::string date_;
  TimePoint date_at_{};
  net::Loop::TimerId sweep_timer_ = 0;
  bool stopping_ = false;
  net::Nursery nursery_;
};

}  // namespace interposer::http
