// A provider, or a board, that speaks OpenAI's dialect over HTTP. Requests that came in that
// dialect go on as they are and so do their answers; native ones are encoded, and answered with
// events.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "base/secret.h"
#include "boards/catalogue.h"
#include "http/client.h"

namespace interposer::remote {

struct ProviderConfig {
  std::string name;             // "groq"
  std::string base_url;         // "https://api.groq.com/openai/v1"
  Secret key;                   // empty: none is sent
  std::string key_env;          // named in errors, never its value
  std::string proxy, no_proxy;  // of https_proxy and no_proxy
  http::Limits limits;
};

class OpenAiProvider : public backends::Backend {
 public:
  // kInvalidArgument: base_url is no http(s) URL.
  static Result<std::shared_ptr<OpenAiProvider>> create(ProviderConfig config);
  ~OpenAiProvider() override;

  net::Task<Result<std::unique_ptr<backends::Answer>>> serve(backends::RequestRef request,
                                                             backends::CallRef call) override;
  backends::Capabilities capabilities(std::string_view model) const override;
  std::vector<backends::ModelInfo> models() const override { return {}; }  // only asking would tell
  std::optional<TimePoint> leave_alone_until(std::string_view model) const override;
  void leave(net::Loop* loop) override;

  // GET /models: the ids it lists. Nothing is sent before somebody asks.
  net::Task<Result<std::vector<std::string>>> list_models(backends::CallRef call);

  const std::string& name() const { return config_.name; }
  const http::Url& base() const { return base_; }

 private:
  OpenAiProvider(ProviderConfig config, http::Url base);
  std::shared_ptr<http::Client> client(net::Loop* loop);
  const http::Url* url_of(wire::Operation operation) const;  // null: not asked of providers
  http::ClientRequest prepare(const wire::Request& request, const backends::Call& call,
                              std::string_view body) const;
  Error failure(const Error& error, std::string_view phase) const;
  net::Task<Error> refusal(http::ClientResponse* response, std::string model);
  std::string encode(const wire::Request& request, Error* error) const;

  ProviderConfig config_;
  http::Url base_;
  http::Url chat_, complete_, embed_;  // base_ with each operation's path
  std::string authorization_;          // wiped with config_.key's rules: see the destructor
  const boards::Provider* known_;
  mutable std::mutex mutex_;  // of what follows; never held over a wait
  std::map<net::Loop*, std::shared_ptr<http::Client>> clients_;
  std::map<std::string, TimePoint, std::less<>> paused_;  // by model
};

}  // namespace interposer::remote
