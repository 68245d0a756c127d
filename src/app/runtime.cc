#include "app/runtime.h"

#include <sched.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stop_token>
#include <thread>
#include <vector>

#include "api/openai/openai.h"
#include "api/routes.h"
#include "app/output/terminal.h"
#include "app/wiring/loops.h"
#include "app/wiring/product.h"
#include "base/log.h"
#include "http/server.h"
#include "net/tls.h"

namespace interposer::app {
namespace {

constexpr Duration kGrace = std::chrono::seconds(10);  // for running answers when stopping

// Where one server listens.
struct Place {
  std::size_t loop = 0;
  net::Endpoint at;
  net::ListenOptions options;
  std::shared_ptr<net::TlsContext> tls;
};

net::Task<void> try_port(net::Loop* loop, net::Endpoint at, Status* status) {
  auto listener = loop->listen(at, {});
  if (listener) {
    (*listener)->close();
  } else {
    *status = std::move(listener).error();
  }
  co_return;
}

net::Task<void> leave_loop(gateway::Gateway* gateway, net::Loop* loop) {
  gateway->leave(loop);
  co_return;
}

// The cores that this process may use: under taskset, or in a container, fewer than there are.
std::size_t usable_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&cores)));
}

class Running final : public Runtime {
 public:
  Running(std::unique_ptr<Product> product, bool quiet)
      : product_(std::move(product)), quiet_(quiet) {}
  ~Running() override { stop(); }

  Status listen(Serve serve);
  Status prepare() override;
  void follow_sources() override;
  std::string url() const override { return url_; }
  void stop() override;

 private:
  Status listen_tcp();
  Status listen_socket();
  Status check_free(const net::Endpoint& at);
  Status serve_on(const Place& place, std::string* address);
  net::Task<void> start_server(const Place* place, std::string* address, Status* status);
  net::Task<void> stop_server(std::size_t i);

  std::unique_ptr<Product> product_;
  const bool quiet_;
  std::unique_ptr<api::Router> router_;
  std::unique_ptr<Loops> loops_;
  std::vector<std::pair<std::size_t, std::unique_ptr<http::Server>>> servers_;  // by loop
  std::string url_;
  std::jthread follower_;
  bool stopped_ = false;
};

net::Task<void> Running::start_server(const Place* place, std::string* address, Status* status) {
  net::Loop* loop = loops_->at(place->loop);
  auto listener = loop->listen(place->at, place->options);
  if (!listener) {
    *status = std::move(listener).error();
    co_return;
  }
  *address = (*listener)->address();
  http::ServerOptions options;
  options.tls = place->tls;
  const api::Router* router = router_.get();
  servers_.emplace_back(
      place->loop, http::Server::create(
                       loop, [router](http::Exchange* e) { return router->handle(e); }, options));
  servers_.back().second->serve(std::move(*listener));
}

// What belongs to a loop is made on its thread.
Status Running::serve_on(const Place& place, std::string* address) {
  Status status;
  loops_->run_on(place.loop, [&] { return start_server(&place, address, &status); });
  return status;
}

// Sockets that share a port would also share it with another process: look first whether it is
// free.
Status Running::check_free(const net::Endpoint& at) {
  Status status;
  loops_->run_on(0, [&] { return try_port(loops_->at(0), at, &status); });
  return status;
}

Status Running::listen_tcp() {
  const Settings& settings = product_->settings();
  IP_TRY(net::Endpoint endpoint, net::Endpoint::parse(settings.listen));
  const bool secure = !settings.tls.certificate.empty();
  if (endpoint.port != 0) {
    IP_OK(check_free(endpoint));
  }
  for (std::size_t i = 0; i < loops_->size(); ++i) {
    Place place{i, endpoint, {}, nullptr};
    place.options.reuse_port = loops_->size() > 1;
    if (secure) {
      IP_TRY(place.tls, net::TlsContext::server(settings.tls.certificate, settings.tls.key));
    }
    std::string address;
    IP_OK(serve_on(place, &address));
    IP_TRY(endpoint, net::Endpoint::parse(address));
    url_ = (secure ? "https://" : "http://") + address;
  }
  return {};
}

Status Running::listen_socket() {
  net::Endpoint endpoint;
  endpoint.host = product_->home() + "/" + kSocketName;
  endpoint.unix_socket = true;
  std::error_code error;
  std::filesystem::remove(endpoint.host, error);  // the home is ours, so a socket in it is stale
  std::string address;
  return serve_on({0, endpoint, {}, nullptr}, &address);
}

Status Running::listen(Serve serve) {
  loops_ = std::make_unique<Loops>(serve == Serve::kTcpAndSocket ? usable_cores() : 1);
  router_ = std::make_unique<api::Router>(api::build_router(&product_->services()));
  api::OpenAiOptions openai;
  if (!product_->settings().tls.certificate.empty()) openai.scheme = "https";
  api::register_openai(*router_, product_->gateway(), openai);
  if (serve == Serve::kTcpAndSocket) {
    IP_OK(listen_tcp());
  }
  return listen_socket();
}

Status Running::prepare() {
  for (const assistant::BaseSettings& base : product_->settings().bases) {
    IP_TRY(const knowledge::BaseInfo info, product_->knowledge().base(base.name));
    if (info.documents > 0 || base.sources.empty()) continue;
    Progress progress(quiet_);
    knowledge::IngestRequest request;
    request.base = base.name;
    request.paths = base.sources;
    request.progress = [&](const knowledge::FileEvent& event) {
      progress.show("preparing " + base.name + ": " + event.file, event.done, event.total);
    };
    auto summary = product_->knowledge().ingest(request);
    if (!summary) {
      fmt::print(stderr, "interposer: base {}: {}\n", base.name, summary.error().to_string());
    }
  }
  return {};
}

void Running::follow_sources() {
  follower_ = std::jthread([this](const std::stop_token& stop) {
    for (const assistant::BaseSettings& base : product_->settings().bases) {
      if (base.sources.empty() || stop.stop_requested()) continue;
      knowledge::IngestRequest request;
      request.base = base.name;
      request.paths = base.sources;
      request.vectors = false;
      request.stop = stop;
      auto summary = product_->knowledge().ingest(request);
      if (!summary)
        log::warn("a base's sources", {{"base", base.name}, {"error", summary.error().message}});
    }
  });
}

net::Task<void> Running::stop_server(std::size_t i) {
  co_await servers_[i].second->stop(steady_now() + kGrace);
}

void Running::stop() {
  if (stopped_) return;
  stopped_ = true;
  follower_.request_stop();
  if (loops_) {
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      loops_->run_on(servers_[i].first, [this, i] { return stop_server(i); });
    }
    loops_->run_on(0, [this] { return product_->runs().shutdown(steady_now() + kGrace); });
    for (std::size_t i = 0; i < loops_->size(); ++i) {
      loops_->run_on(i, [this, i] { return leave_loop(&product_->gateway(), loops_->at(i)); });
    }
    loops_->stop();
  }
  if (follower_.joinable()) follower_.join();
  servers_.clear();
  router_.reset();
  product_.reset();
  loops_.reset();
}

}  // namespace

Result<std::unique_ptr<Runtime>> Runtime::start(Settings settings, Options options) {
  IP_TRY(auto product, Product::open(std::move(settings), options.home));
  auto running = std::make_unique<Running>(std::move(product), options.quiet);
  IP_OK(running->listen(options.serve));
  return std::unique_ptr<Runtime>(std::move(running));
}

}  // namespace interposer::app
