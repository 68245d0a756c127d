// The client's insides (internal to http): pools of idle connections, and one running exchange.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "http/body_reader.h"
#include "http/buffer.h"
#include "http/client.h"
#include "http/codec.h"

namespace interposer::http {

// Idle connections and read buffers; lives as long as the client or any answer.
class ConnectionPool : public std::enable_shared_from_this<ConnectionPool> {
 public:
  ConnectionPool(net::Loop* loop, std::size_t idle_per_host, Duration idle_timeout)
      : loop_(loop), idle_per_host_(idle_per_host), idle_timeout_(idle_timeout) {}
  ~ConnectionPool() { close(); }

  // The idle connections to one place; found once a request, and kept by its answer.
  struct Group;
  std::shared_ptr<Group> group(const Url& url);
  // A kept connection that still looks open, the last used first; null when there is none.
  std::unique_ptr<net::Stream> take(Group& group);
  void give(const std::shared_ptr<Group>& group, std::unique_ptr<net::Stream> stream);
  void close();

  net::Loop* loop() const { return loop_; }
  BlockPool* blocks() { return &blocks_; }

 private:
  void schedule_sweep();
  void sweep();

  net::Loop* loop_;
  std::size_t idle_per_host_;
  Duration idle_timeout_;
  BlockPool blocks_;
  std::vector<std::shared_ptr<Group>> groups_;  // few: a client speaks to a provider or two
  net::Loop::TimerId sweep_timer_ = 0;
};

struct ConnectionPool::Group {
  struct Idle {
    std::unique_ptr<net::Stream> stream;
    TimePoint since;
  };
  std::string scheme, host;
  std::uint16_t port;
  std::vector<Idle> idle;
};

// Closes a stream when a stop token asks for it, on the stream's loop whatever thread asked.
class StopGuard {
 public:
  StopGuard(net::Loop* loop, net::Stream* stream, std::stop_token token);
  ~StopGuard();
  StopGuard(const StopGuard&) = delete;
  bool stopped() const { return target_ && target_->stopped; }

 private:
  struct Target {
    net::Stream* stream;
    bool stopped = false;
    void stop();
  };
  struct Callback {
    net::Loop* loop;
    std::weak_ptr<Target> target;
    void operator()() const;
  };
  std::shared_ptr<Target> target_;  // null when the token can never ask
  std::optional<std::stop_callback<Callback>> callback_;
};

class ResponseImpl final : public ClientResponse {
 public:
  ResponseImpl(std::shared_ptr<ConnectionPool> pool, std::shared_ptr<ConnectionPool::Group> group,
               std::unique_ptr<net::Stream> stream, const Limits& limits, Deadlines deadlines,
               bool head_request, std::stop_token stop);
  ~ResponseImpl() override { stop(); }

  // Sends the request and reads the answer's head. `untouched` tells that no byte of an answer came
  // (a kept connection may have been closed just before).
  net::Task<Status> exchange(std::span<const std::string_view> pieces, bool* untouched);

  const ResponseHead& head() const override { return parser_.head; }
  net::Task<Result<std::string>> read() override;
  net::Task<Result<std::string_view>> read_view() override;
  net::Task<Result<std::string>> read_all(std::size_t max_bytes) override;
  void set_read_deadline(Duration read) override { deadlines_.read = read; }
  void stop() override;

 private:
  net::Task<Status> read_head(TimePoint deadline, bool* untouched);
  Error failed(Error error);  // closes; tells a stop from a broken connection
  void finish();              // after the body's end: the connection goes back to the pool

  std::shared_ptr<ConnectionPool> pool_;
  std::shared_ptr<ConnectionPool::Group> group_;
  std::unique_ptr<net::Stream> stream_;
  Limits limits_;
  Deadlines deadlines_;
  bool head_request_;
  Buffer buffer_;
  ResponseParser parser_;
  BodyReader body_;
  std::optional<StopGuard> guard_;
  bool ended_ = false;
  std::optional<Error> error_;  // what the body ended with, for later calls
};

class ClientImpl final : public Client {
 public:
  ClientImpl(net::Loop* loop, ClientOptions options);
  net::Task<Result<std::unique_ptr<ClientResponse>>> send(ClientRequest request) override;
  void close_idle() override { pool_->close(); }

 private:
  using StreamResult = Result<std::unique_ptr<net::Stream>>;
  net::Task<StreamResult> open(Url url, TimePoint deadline);
  net::Task<StreamResult> open_tunnel(Url url, TimePoint deadline);
  Result<std::shared_ptr<net::TlsContext>> tls();

  net::Loop* loop_;
  ClientOptions options_;
  std::shared_ptr<ConnectionPool> pool_;
};

}  // namespace interposer::http
