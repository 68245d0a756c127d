// An HTTP/1.1 server on one loop. Each request runs as a child task whose frame (and buffers) die
// with it; an idle keep-alive connection holds a few hundred bytes.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "http/message.h"
#include "net/loop.h"
#include "net/nursery.h"
#include "net/task.h"
#include "net/tls.h"

namespace interposer::http {

// One request and the way to answer it. Belongs to the handler's task; exactly one of respond() or
// start() ... finish() must be called; a handler that returns without gets a 500 sent for it.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const RequestHead& head() const = 0;
  virtual std::string peer() const = 0;
  virtual int peer_uid() const = 0;  // >= 0 only on a unix socket
  // Requested when the client goes away or the server aborts; pass it to what works for the client.
  virtual std::stop_token gone() const = 0;

  // The whole body. Too long: kTooLarge; cut short: kUnavailable; slow: kDeadlineExceeded.
  virtual net::Task<Result<std::string>> read_body(std::size_t max_bytes) = 0;
  // The next piece of the body (empty at its end), for uploads that go to disk.
  virtual net::Task<Result<std::string>> read_some() = 0;

  // A complete answer (Content-Length).
  virtual net::Task<Status> respond(ResponseHead head, std::string body) = 0;

  // A streamed answer (chunked). write() resumes when the bytes are handed to the kernel: a slow
  // client is back-pressure. `flush_each` pieces go out at once (TCP_NODELAY is set).
  virtual net::Task<Status> start(ResponseHead head) = 0;
  virtual net::Task<Status> write(std::string_view bytes) = 0;
  virtual net::Task<Status> finish() = 0;
};

using Handler = std::function<net::Task<void>(Exchange*)>;

struct ServerOptions {
  Limits limits;
  Duration head_timeout = std::chrono::seconds(15);   // first byte of a head to its end
  Duration idle_timeout = std::chrono::seconds(75);   // keep-alive
  Duration body_timeout = std::chrono::seconds(60);   // between two pieces of a body
  Duration write_timeout = std::chrono::seconds(60);  // a client that reads nothing
  std::size_t connections = 8192;                     // per loop; beyond: accept waits
  std::shared_ptr<net::TlsContext> tls;               // null: plain
};

class Server {
 public:
  static std::unique_ptr<Server> create(net::Loop* loop, Handler handler, ServerOptions options);
  virtual ~Server() = default;  // stop() must have completed
  virtual void serve(std::unique_ptr<net::Listener> listener) = 0;
  // Stops accepting, closes idle connections, lets running requests finish until `deadline`, then
  // closes the rest.
  virtual net::Task<void> stop(TimePoint deadline) = 0;
  virtual std::size_t connections() const = 0;
};

}  // namespace interposer::http
