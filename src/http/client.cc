#include "http/client.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/strings.h"
#include "http/client_impl.h"
#include "http/proxy.h"

namespace interposer::http {
namespace {

std::string authority(const Url& url) {
  if (url.scheme == "unix") return "localhost";
  const bool v6 = url.host.find(':') != std::string::npos;
  std::string out = v6 ? "[" + url.host + "]" : url.host;
  if (url.port == (url.scheme == "https" ? 443 : 80)) return out;
  std::array<char, 8> digits;
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), url.port).ptr;
  out.append(":").append(digits.data(), end);
  return out;
}

// Host, framing and the connection are the client's business.
bool ours(std::string_view name) {
  switch (name.size()) {
    case 4:
      return equals_ignore_case(name, "host");
    case 6:
      return equals_ignore_case(name, "expect");
    case 7:
      return equals_ignore_case(name, "upgrade");
    case 10:
      return equals_ignore_case(name, "connection");
    case 14:
      return equals_ignore_case(name, "content-length");
    case 17:
      return equals_ignore_case(name, "transfer-encoding");
    default:
      return false;
  }
}

Result<std::string> request_head(const ClientRequest& request) {
  const std::string& path = request.url.path;
  const bool clean = std::all_of(path.begin(), path.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7f;
  });
  if (!path.starts_with('/') || !clean || !valid_token(request.method)) {
    return make_error(Code::kInvalidArgument, "the request's method or path cannot be sent",
                      "percent-encode the path");
  }
  std::string out;
  out.reserve(512);
  out.append(request.method).append(" ").append(path).append(" HTTP/1.1\r\n");
  append_field(out, "Host", authority(request.url));
  for (const auto& [name, value] : request.headers.items()) {
    if (!ours(name)) append_field(out, name, value);
  }
  std::size_t length = 0;
  for (const std::string_view piece : request.body) length += piece.size();
  const bool usual_body =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (length > 0 || usual_body) {
    std::array<char, 24> digits;
    char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), length).ptr;
    out.append("Content-Length: ").append(digits.data(), end).append("\r\n");
  }
  out.append("\r\n");
  return out;
}

Error connect_error(Error error, const Url& url) {
  error.kind = "connect";
  return std::move(error).within("no connection to " + authority(url));
}

}  // namespace

std::unique_ptr<Client> Client::create(net::Loop* loop, ClientOptions options) {
  return std::make_unique<ClientImpl>(loop, std::move(options));
}

ClientImpl::ClientImpl(net::Loop* loop, ClientOptions options)
    : loop_(loop),
      options_(std::move(options)),
      pool_(std::make_shared<ConnectionPool>(loop, options_.idle_per_host, options_.idle_timeout)) {
}

Result<std::shared_ptr<net::TlsContext>> ClientImpl::tls() {
  if (!options_.tls) {
    IP_TRY(options_.tls, net::TlsContext::client({}));
  }
  return options_.tls;
}

net::Task<ClientImpl::StreamResult> ClientImpl::open_tunnel(Url url, TimePoint deadline) {
  IP_CO_TRY(const Proxy proxy, parse_proxy(options_.proxy));
  StreamResult stream =
      co_await loop_->connect(net::Endpoint{proxy.host, proxy.port, false}, deadline);
  if (!stream) co_return std::move(stream).error().within("the proxy");
  const std::string target =
      url.host.find(':') != std::string::npos ? "[" + url.host + "]" : url.host;
  const std::string place = target + ":" + std::to_string(url.port);
  std::string head = "CONNECT " + place + " HTTP/1.1\r\nHost: " + place + "\r\n";
  if (!proxy.authorization.empty()) {
    append_field(head, "Proxy-Authorization", proxy.authorization);
  }
  head.append("\r\n");
  const std::string_view piece = head;
  IP_CO_OK(co_await (*stream)->write({&piece, 1}, deadline));
  ResponseParser parser(options_.limits, true);
  Buffer buffer(pool_->blocks());
  for (;;) {
    const Result<std::size_t> end = parser.parse(buffer.view());
    if (!end) co_return make_error(Code::kUnavailable, "the proxy's answer is not HTTP");
    if (*end > 0 && *end == buffer.view().size()) break;
    if (*end > 0) co_return make_error(Code::kUnavailable, "the proxy spoke before the server");
    const Result<std::size_t> got = co_await (*stream)->read_some(buffer.room(), deadline);
    if (!got) co_return got.error();
    if (*got == 0) co_return make_error(Code::kUnavailable, "the proxy closed the connection");
    buffer.filled(*got);
  }
  if (parser.head.status / 100 != 2) {
    co_return make_error(Code::kUnavailable,
                         "the proxy refused with status " + std::to_string(parser.head.status),
                         "check HTTPS_PROXY and NO_PROXY");
  }
  co_return stream;
}

net::Task<ClientImpl::StreamResult> ClientImpl::open(Url url, TimePoint deadline) {
  if (url.scheme != "https") {
    co_return co_await loop_->connect(net::Endpoint{url.host, url.port, url.scheme == "unix"},
                                      deadline);
  }
  IP_CO_TRY(const std::shared_ptr<net::TlsContext> context, tls());
  const bool direct =
      options_.proxy.empty() || bypasses_proxy(options_.no_proxy, url.host, url.port);
  StreamResult plain = make_error(Code::kInternal, "not connected");
  if (direct) {
    plain = co_await loop_->connect(net::Endpoint{url.host, url.port, false}, deadline);
  } else {
    plain = co_await open_tunnel(url, deadline);
  }
  if (!plain) co_return plain;
  co_return co_await context->handshake(*std::move(plain), url.host, deadline);
}

net::Task<Result<std::unique_ptr<ClientResponse>>> ClientImpl::send(ClientRequest request) {
  IP_CO_TRY(const std::string head, request_head(request));
  std::vector<std::string_view> pieces;
  pieces.reserve(1 + request.body.size());
  pieces.push_back(head);
  pieces.insert(pieces.end(), request.body.begin(), request.body.end());
  const std::shared_ptr<ConnectionPool::Group> group = pool_->group(request.url);
  for (bool retry = false;; retry = true) {
    if (request.stop.stop_requested()) {
      co_return make_error(Code::kCancelled, "the request was stopped");
    }
    std::unique_ptr<net::Stream> stream = retry ? nullptr : pool_->take(*group);
    const bool kept = stream != nullptr;
    if (!kept) {
      const TimePoint deadline =
          std::min(request.deadlines.total, time_after(loop_->now(), request.deadlines.connect));
      StreamResult opened = co_await open(request.url, deadline);
      if (!opened) co_return connect_error(std::move(opened).error(), request.url);
      stream = *std::move(opened);
    }
    auto response =
        std::make_unique<ResponseImpl>(pool_, group, std::move(stream), options_.limits,
                                       request.deadlines, request.method == "HEAD", request.stop);
    bool untouched = false;
    Status done = co_await response->exchange(pieces, &untouched);
    if (done) co_return std::unique_ptr<ClientResponse>(std::move(response));
    // A kept connection that its server closed meanwhile says nothing about the server.
    const bool stale = kept && untouched && done.error().code == Code::kUnavailable;
    if (!stale) co_return std::move(done).error().within(authority(request.url));
  }
}

}  // namespace interposer::http
