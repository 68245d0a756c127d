// TLS over a Stream (internal to net): OpenSSL works on memory, the bytes travel by the stream
// below, so that TLS runs over the simulated network too.
#pragma once

#include <memory>
#include <string>

#include "net/stream.h"

using SSL = struct ssl_st;
using BIO = struct bio_st;

namespace interposer::net {

struct SslDeleter {
  void operator()(SSL* ssl) const;
};

class TlsStream final : public Stream {
 public:
  TlsStream(SSL* ssl, std::unique_ptr<Stream> under);
  ~TlsStream() override { close(); }

  Task<Status> handshake(std::string host, TimePoint deadline);

  Task<Status> wait_readable(TimePoint deadline) override;
  void cancel_wait() override {
    wait_cancelled_ = true;
    under_->cancel_wait();
  }
  Task<Result<std::size_t>> read_some(std::span<char> into, TimePoint deadline) override;
  Task<Status> write(std::span<const std::string_view> pieces, TimePoint deadline) override;
  Result<std::size_t> try_read(std::span<char> into) override;
  void shutdown_write() override;
  void close() override;
  std::string peer() const override { return under_->peer(); }

 private:
  enum class Want : std::uint8_t { kNothing, kRead, kEnd, kError };

  Want want(int result);  // what OpenSSL asks for after a call
  Status pull();          // takes what the stream below has, without waiting
  Task<Status> flush(TimePoint deadline);
  Error tls_error(std::string_view doing) const;
  Error handshake_error(const std::string& host) const;
  std::string take_outgoing();
  void send_close_notify(bool then_close);

  std::unique_ptr<SSL, SslDeleter> ssl_;
  std::shared_ptr<Stream> under_;  // shared with the task that says goodbye
  BIO* incoming_;                  // the SSL's
  BIO* outgoing_;
  bool established_ = false;
  bool flushing_ = false;
  bool said_goodbye_ = false;
  bool closed_ = false;
  bool wait_cancelled_ = false;
  bool cut_ = false;  // the stream below ended without a close_notify
};

}  // namespace interposer::net
