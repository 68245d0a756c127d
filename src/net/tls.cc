#include "net/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstring>

#include "net/tls_stream.h"

namespace interposer::net {
namespace {

// The only protocol spoken over these streams, as ALPN writes it (RFC 7301).
constexpr unsigned char kAlpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

struct ContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, ContextDeleter>;

Error setup_error(const std::string& message, const std::string& remedy) {
  const unsigned long code = ERR_get_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return make_error(Code::kInvalidArgument,
                    message + (reason == nullptr ? "" : std::string(": ") + reason), remedy, "tls");
}

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_length,
                const unsigned char* offered, unsigned int offered_length, void*) {
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_length, kAlpn, sizeof kAlpn, offered, offered_length);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, 16> bytes;
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

class OpensslContext final : public TlsContext {
 public:
  OpensslContext(ContextPtr context, bool server) : context_(std::move(context)), server_(server) {}

  Task<Result<std::unique_ptr<Stream>>> handshake(std::unique_ptr<Stream> under, std::string host,
                                                  TimePoint deadline) override {
    SSL* const ssl = SSL_new(context_.get());
    if (ssl == nullptr) co_return setup_error("no TLS session", "");
    auto stream = std::make_unique<TlsStream>(ssl, std::move(under));
    if (server_) {
      SSL_set_accept_state(ssl);
    } else {
      SSL_set_connect_state(ssl);
      if (!expect_host(ssl, host)) co_return setup_error("the host name " + host, "");
    }
    Status done = co_await stream->handshake(host, deadline);
    if (!done) co_return std::move(done).error();
    co_return std::unique_ptr<Stream>(std::move(stream));
  }

 private:
  static bool expect_host(SSL* ssl, const std::string& host) {
    SSL_set_alpn_protos(ssl, kAlpn, sizeof kAlpn);
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (is_address(host)) {
      return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
    }
    return SSL_set1_host(ssl, host.c_str()) == 1 &&
           SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  }

  ContextPtr context_;
  bool server_;
};

ContextPtr new_context(const SSL_METHOD* method) {
  ContextPtr context(SSL_CTX_new(method));
  if (!context) return nullptr;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Idle connections keep no record buffers.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::client(const TlsClientOptions& options) {
  ContextPtr context = new_context(TLS_client_method());
  if (!context) return setup_error("no TLS", "");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const bool loaded =
      options.ca_file.empty()
          ? SSL_CTX_set_default_verify_paths(context.get()) == 1
          : SSL_CTX_load_verify_locations(context.get(), options.ca_file.c_str(), nullptr) == 1;
  if (!loaded) {
    return setup_error("the certificates of trusted authorities cannot be read " + options.ca_file,
                       "check the file, or install ca-certificates");
  }
  return std::shared_ptr<TlsContext>(new OpensslContext(std::move(context), false));
}

Result<std::shared_ptr<TlsContext>> TlsContext::server(const std::string& certificate_file,
                                                       const std::string& key_file) {
  ContextPtr context = new_context(TLS_server_method());
  if (!context) return setup_error("no TLS", "");
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    return setup_error("the certificate " + certificate_file + " cannot be used",
                       "give a PEM file with the certificate first, then its chain");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return setup_error("the key " + key_file + " cannot be used",
                       "give the certificate's private key as a PEM file that you may read");
  }
  SSL_CTX_set_alpn_select_cb(context.get(), select_alpn, nullptr);
  return std::shared_ptr<TlsContext>(new OpensslContext(std::move(context), true));
}

}  // namespace interposer::net
