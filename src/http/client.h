// An HTTP/1.1 client with keep-alive pools, one pool set per loop.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "http/message.h"
#include "net/loop.h"
#include "net/tls.h"

namespace interposer::http {

struct Url {
  std::string scheme;  // "http", "https", "unix"
  std::string host;    // for unix: the socket's path
  std::uint16_t port = 0;
  std::string path;                                 // with its leading '/', may be "/"
  static Result<Url> parse(std::string_view text);  // unix:///path/to.sock:/v1/models is not a
                                                    // thing: use Url{"unix", path, 0, "/v1/models"}
  std::string to_string() const;
};

// Each phase has its own deadline, so that a stall is told from a slow answer.
struct Deadlines {
  Duration connect = std::chrono::seconds(5);
  Duration headers = std::chrono::seconds(60);  // request sent -> response head
  Duration read = std::chrono::seconds(60);     // between two reads of the body
  TimePoint total = kNever;
};

struct ClientRequest {
  std::string method = "POST";
  Url url;
  Headers headers;                     // Host, Content-Length, Connection are the client's
  std::vector<std::string_view> body;  // pieces, alive until send() returns; no copy is made
  Deadlines deadlines;
  std::stop_token stop;
};

// An answer whose body is pulled. Unfinished bodies: stop() closes the connection.
class ClientResponse {
 public:
  virtual ~ClientResponse() = default;
  virtual const ResponseHead& head() const = 0;
  // The next bytes of the body as they arrived (de-chunked); empty at its end. Truncation is an
  // error (kUnavailable, kind "truncated"), never an end.
  virtual net::Task<Result<std::string>> read() = 0;
  // The same without a copy: valid until the next call.
  virtual net::Task<Result<std::string_view>> read_view() = 0;
  virtual net::Task<Result<std::string>> read_all(std::size_t max_bytes) = 0;
  // From the next read on: how long it may wait (a first token may take longer than the next one).
  virtual void set_read_deadline(Duration read) = 0;
  virtual void stop() = 0;
};

struct ClientOptions {
  Limits limits;
  std::size_t idle_per_host = 256;                   // connections
  Duration idle_timeout = std::chrono::seconds(55);  // below common server limits
  std::string proxy;                                 // "http://host:port" for https: CONNECT
  std::string no_proxy;
  std::shared_ptr<net::TlsContext> tls;  // made on first https when null
};

// proxy from HTTPS_PROXY or https_proxy, no_proxy from NO_PROXY or no_proxy.
ClientOptions client_options_from_environment();

class Client {
 public:
  static std::unique_ptr<Client> create(net::Loop* loop, ClientOptions options);
  virtual ~Client() = default;
  // An error's kind says the phase: "connect", "write", "headers". Nothing was processed by the
  // peer when it is "connect". A kept connection that was closed before any byte came is retried
  // once.
  virtual net::Task<Result<std::unique_ptr<ClientResponse>>> send(ClientRequest request) = 0;
  virtual void close_idle() = 0;
};

}  // namespace interposer::http
