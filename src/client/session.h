// The client for code that is no coroutine (the verbs of the command line): the same calls,
// blocking, on a thread with a loop of its own. Callbacks run on that thread, while the caller
// waits. One call at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "client/client.h"

namespace interposer::client {

class Session {
 public:
  // Asks the server for its status; kUnavailable ("not_running") when none answers, and
  // kFailedPrecondition ("version_mismatch") when it is another program.
  static Result<std::unique_ptr<Session>> open(Target target, const std::string& version);
  ~Session();

  const ServerStatus& server() const { return server_; }  // as it was at open()

  Result<ServerStatus> status();
  Result<std::vector<Base>> bases();
  Result<Base> create_base(const std::string& name);
  Result<Documents> documents(const std::string& base, std::int64_t offset, std::int64_t limit);
  Result<Source> source(const std::string& document, const std::string& version);
  Status remove_document(const std::string& document);
  Result<SearchAnswer> search(const SearchQuery& query);
  Result<Answer> ask(const Question& question, Client::OnAnswerEvent on_event = {});
  Result<IngestSummary> ingest(const Ingest& ingest, Client::OnJobEvent on_event = {});
  Result<IngestSummary> reindex(const std::string& base, Client::OnJobEvent on_event = {});
  Result<std::string> chat(const std::string& model, const std::vector<ChatMessage>& messages,
                           Client::OnText on_text = {});
  Result<std::vector<UsageRow>> usage();
  Result<std::string> get(const std::string& path);
  Result<std::string> send_json(const std::string& method, const std::string& path,
                                const std::string& body);

  // From any thread or a signal's thread: the running call ends with kCancelled, later ones too.
  void cancel() { client_->stop(); }

 private:
  explicit Session(std::unique_ptr<net::Loop> loop) : loop_(std::move(loop)) {}
  template <class T>
  T wait(std::function<net::Task<T>()> make);

  std::unique_ptr<net::Loop> loop_;
  std::unique_ptr<Client> client_;
  ServerStatus server_;
  std::thread thread_;
};

}  // namespace interposer::client
