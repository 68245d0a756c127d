// TLS 1.2+ over any Stream, by OpenSSL 3. One context per loop.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "net/stream.h"
#include "net/task.h"

namespace interposer::net {

struct TlsClientOptions {
  std::string ca_file;  // empty: the system's store (SSL_CERT_FILE / SSL_CERT_DIR are respected)
};

class TlsContext {
 public:
  static Result<std::shared_ptr<TlsContext>> client(const TlsClientOptions& options);
  static Result<std::shared_ptr<TlsContext>> server(const std::string& certificate_file,
                                                    const std::string& key_file);
  virtual ~TlsContext() = default;
  // Client side: verifies the chain and that it names `host`; sends SNI; ALPN http/1.1.
  virtual Task<Result<std::unique_ptr<Stream>>> handshake(std::unique_ptr<Stream> under,
                                                          std::string host, TimePoint deadline) = 0;
};

}  // namespace interposer::net
