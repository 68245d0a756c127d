#include "client/session.h"

#include <future>
#include <memory>
#include <optional>

#include "net/nursery.h"

namespace interposer::client {
namespace {

template <class T>
net::Task<void> deliver(net::Task<T> task, std::shared_ptr<std::promise<T>> out) {
  T value = co_await std::move(task);
  out->set_value(std::move(value));
}

}  // namespace

template <class T>
T Session::wait(std::function<net::Task<T>()> make) {
  // Shared: the loop's thread may still be inside set_value() when the waiter is off again.
  const auto promise = std::make_shared<std::promise<T>>();
  auto future = promise->get_future();
  loop_->post([this, &make, promise] { loop_->nursery().spawn(deliver<T>(make(), promise)); });
  return future.get();
}

Result<std::unique_ptr<Session>> Session::open(Target target, const std::string& version) {
  std::unique_ptr<Session> out(new Session(net::make_loop()));
  IP_TRY(out->client_, Client::create(out->loop_.get(), std::move(target)));
  out->thread_ = std::thread([loop = out->loop_.get()] { loop->run(); });
  Client* client = out->client_.get();
  IP_TRY(out->server_,
         out->wait<Result<ServerStatus>>([client, version] { return client->connect(version); }));
  return out;
}

Session::~Session() {
  if (!thread_.joinable()) return;
  // The pool belongs to the loop's thread.
  loop_->post([this] { client_->close_idle(); });
  loop_->stop();
  thread_.join();
  client_.reset();
}

Result<ServerStatus> Session::status() {
  return wait<Result<ServerStatus>>([&] { return client_->status(); });
}

Result<std::vector<Base>> Session::bases() {
  return wait<Result<std::vector<Base>>>([&] { return client_->bases(); });
}

Result<Base> Session::create_base(const std::string& name) {
  return wait<Result<Base>>([&] { return client_->create_base(name); });
}

Result<Documents> Session::documents(const std::string& base, std::int64_t offset,
                                     std::int64_t limit) {
  return wait<Result<Documents>>([&] { return client_->documents(base, offset, limit); });
}

Result<Source> Session::source(const std::string& document, const std::string& version) {
  return wait<Result<Source>>([&] { return client_->source(document, version); });
}

Status Session::remove_document(const std::string& document) {
  return wait<Status>([&] { return client_->remove_document(document); });
}

Result<SearchAnswer> Session::search(const SearchQuery& query) {
  return wait<Result<SearchAnswer>>([&] { return client_->search(query); });
}

Result<Answer> Session::ask(const Question& question, Client::OnAnswerEvent on_event) {
  return wait<Result<Answer>>([&] { return client_->ask(question, on_event); });
}

Result<IngestSummary> Session::ingest(const Ingest& ingest, Client::OnJobEvent on_event) {
  return wait<Result<IngestSummary>>([&] { return client_->ingest(ingest, on_event); });
}

Result<IngestSummary> Session::reindex(const std::string& base, Client::OnJobEvent on_event) {
  return wait<Result<IngestSummary>>([&] { return client_->reindex(base, on_event); });
}

Result<std::string> Session::chat(const std::string& model,
                                  const std::vector<ChatMessage>& messages,
                                  Client::OnText on_text) {
  return wait<Result<std::string>>([&] { return client_->chat(model, messages, on_text); });
}

Result<std::vector<UsageRow>> Session::usage() {
  return wait<Result<std::vector<UsageRow>>>([&] { return client_->usage(); });
}

Result<std::string> Session::get(const std::string& path) {
  return wait<Result<std::string>>([&] { return client_->get(path); });
}

Result<std::string> Session::send_json(const std::string& method, const std::string& path,
                                       const std::string& body) {
  return wait<Result<std::string>>([&] { return client_->send_json(method, path, body); });
}

}  // namespace interposer::client
