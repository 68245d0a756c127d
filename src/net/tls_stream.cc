#include "net/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

#include "net/errors.h"
#include "net/loop.h"
#include "net/nursery.h"

namespace interposer::net {
namespace {

constexpr std::size_t kRecordBytes = 16 * 1024;  // the most that one record carries (RFC 8446 5.1)
constexpr std::size_t kFlushBytes = 64 * 1024;   // encrypted bytes kept before they are sent
constexpr Duration kGoodbye = std::chrono::seconds(1);

// Used between two suspensions only.
std::span<char> scratch() {
  thread_local std::array<char, kRecordBytes> bytes;
  return bytes;
}

Task<void> say_goodbye(std::shared_ptr<Stream> under, std::string bytes, bool then_close) {
  const std::string_view piece = bytes;
  const Status sent = co_await under->write({&piece, 1}, Loop::current()->now() + kGoodbye);
  if (then_close || !sent)
    under->close();
  else
    under->shutdown_write();
}

}  // namespace

void SslDeleter::operator()(SSL* ssl) const { SSL_free(ssl); }

TlsStream::TlsStream(SSL* ssl, std::unique_ptr<Stream> under)
    : ssl_(ssl),
      under_(std::move(under)),
      incoming_(BIO_new(BIO_s_mem())),
      outgoing_(BIO_new(BIO_s_mem())) {
  BIO_set_mem_eof_return(incoming_, -1);
  SSL_set_bio(ssl, incoming_, outgoing_);
}

TlsStream::Want TlsStream::want(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return Want::kNothing;
    case SSL_ERROR_WANT_READ:
      return cut_ ? Want::kError : Want::kRead;
    case SSL_ERROR_ZERO_RETURN:
      return Want::kEnd;
    default:
      return Want::kError;
  }
}

Error TlsStream::tls_error(std::string_view doing) const {
  if (cut_) {
    return make_error(Code::kUnavailable, "the peer ended TLS without saying so", {}, "truncated");
  }
  const unsigned long code = ERR_peek_last_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return make_error(Code::kUnavailable,
                    std::string(doing) + ": " + (reason == nullptr ? "TLS failed" : reason), {},
                    "tls");
}

Status TlsStream::pull() {
  const std::span<char> into = scratch();
  Result<std::size_t> got = under_->try_read(into);
  if (!got) return std::move(got).error();
  if (*got == 0) cut_ = true;
  BIO_write(incoming_, into.data(), static_cast<int>(*got));
  return {};
}

std::string TlsStream::take_outgoing() {
  char* data = nullptr;
  const long size = BIO_get_mem_data(outgoing_, &data);
  std::string out(data, static_cast<std::size_t>(std::max(size, 0L)));
  (void)BIO_reset(outgoing_);
  return out;
}

// One flush at a time; the one that runs also sends what the other direction adds meanwhile.
Task<Status> TlsStream::flush(TimePoint deadline) {
  if (flushing_) co_return Status{};
  flushing_ = true;
  Status sent;
  while (sent && BIO_pending(outgoing_) > 0) {
    const std::string bytes = take_outgoing();
    const std::string_view piece = bytes;
    sent = co_await under_->write({&piece, 1}, deadline);
  }
  flushing_ = false;
  co_return sent;
}

Error TlsStream::handshake_error(const std::string& host) const {
  const long verified = SSL_get_verify_result(ssl_.get());
  if (verified != X509_V_OK) {
    return make_error(Code::kUnavailable,
                      "the certificate of " + host +
                          " is not accepted: " + X509_verify_cert_error_string(verified),
                      "for a private CA set SSL_CERT_FILE to its certificate", "certificate");
  }
  return tls_error("TLS handshake");
}

Task<Status> TlsStream::handshake(std::string host, TimePoint deadline) {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    const Want wanted = want(result);
    std::optional<Error> failure;
    if (wanted != Want::kNothing && wanted != Want::kRead) failure = handshake_error(host);
    Status sent = co_await flush(deadline);  // also the alert that says why
    if (failure) co_return *failure;
    if (!sent) co_return sent;
    if (wanted == Want::kNothing) break;
    IP_CO_OK(co_await under_->wait_readable(deadline));
    Status pulled = pull();
    if (!pulled && pulled.error().kind != "would_block") co_return pulled;
  }
  established_ = true;
  co_return Status{};
}

Task<Status> TlsStream::wait_readable(TimePoint deadline) {
  wait_cancelled_ = false;
  for (;;) {
    if (closed_ || wait_cancelled_) co_return closed_error();
    char byte = 0;
    ERR_clear_error();
    const int result = SSL_peek(ssl_.get(), &byte, 1);
    if (result > 0 || want(result) != Want::kRead) co_return Status{};
    IP_CO_OK(co_await flush(deadline));
    if (closed_ || wait_cancelled_) co_return closed_error();  // while it was flushed
    IP_CO_OK(co_await under_->wait_readable(deadline));
    if (closed_) co_return closed_error();
    Status pulled = pull();
    if (!pulled && pulled.error().kind != "would_block") co_return pulled;
  }
}

Result<std::size_t> TlsStream::try_read(std::span<char> into) {
  for (;;) {
    if (closed_) return closed_error();
    ERR_clear_error();
    const int size = static_cast<int>(std::min(into.size(), kRecordBytes));
    const int result = SSL_read(ssl_.get(), into.data(), size);
    if (result > 0) return static_cast<std::size_t>(result);
    const Want wanted = want(result);
    if (wanted == Want::kEnd) return std::size_t{0};
    if (wanted == Want::kError) return tls_error("reading");
    IP_OK(pull());
  }
}

Task<Result<std::size_t>> TlsStream::read_some(std::span<char> into, TimePoint deadline) {
  for (;;) {
    Result<std::size_t> got = try_read(into);
    if (got || got.error().kind != "would_block") co_return got;
    IP_CO_OK(co_await flush(deadline));
    IP_CO_OK(co_await under_->wait_readable(deadline));
  }
}

Task<Status> TlsStream::write(std::span<const std::string_view> pieces, TimePoint deadline) {
  std::size_t piece = 0;
  std::size_t offset = 0;
  while (piece < pieces.size()) {
    if (closed_ || said_goodbye_) co_return closed_error();
    // Small pieces travel in one record.
    const std::span<char> record = scratch();
    std::size_t filled = 0;
    while (piece < pieces.size() && filled < record.size()) {
      const std::string_view rest = pieces[piece].substr(offset);
      const std::size_t size = std::min(rest.size(), record.size() - filled);
      std::copy_n(rest.data(), size, record.data() + filled);
      filled += size;
      offset += size;
      if (offset == pieces[piece].size()) {
        piece += 1;
        offset = 0;
      }
    }
    if (filled == 0) break;
    ERR_clear_error();
    if (SSL_write(ssl_.get(), record.data(), static_cast<int>(filled)) <= 0) {
      co_return tls_error("writing");
    }
    const bool last = piece == pieces.size();
    if (last || BIO_pending(outgoing_) >= static_cast<long>(kFlushBytes)) {
      IP_CO_OK(co_await flush(deadline));
    }
  }
  co_return Status{};
}

// In an orderly end each side says that its data is whole (RFC 8446 6.1).
void TlsStream::send_close_notify(bool then_close) {
  const bool can = established_ && !said_goodbye_ && !flushing_ && Loop::current() != nullptr;
  if (!can) {
    if (then_close) under_->close();
    return;
  }
  said_goodbye_ = true;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  Loop::current()->nursery().spawn(say_goodbye(under_, take_outgoing(), then_close));
}

void TlsStream::shutdown_write() {
  if (!closed_) send_close_notify(false);
}

void TlsStream::close() {
  if (closed_) return;
  closed_ = true;
  send_close_notify(true);
}

}  // namespace interposer::net
