// Peers for tests of http in the simulated world: one that speaks whatever bytes it is told.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/client.h"
#include "http/server.h"
#include "net/nursery.h"
#include "net/sim/sim_loop.h"

namespace interposer::http::testing {

inline TimePoint in(Duration d) { return net::Loop::current()->now() + d; }

inline net::Task<std::string> read_to_end(net::Stream* stream) {
  std::string out;
  std::string buffer(4096, '\0');
  for (;;) {
    const Result<std::size_t> got = co_await stream->read_some(buffer, in(std::chrono::hours(1)));
    if (!got) co_return out + "<" + got.error().kind + ">";
    if (*got == 0) co_return out;
    out.append(buffer, 0, *got);
  }
}

inline net::Task<Status> send_text(net::Stream* stream, std::string text) {
  const std::string_view piece = text;
  co_return co_await stream->write({&piece, 1}, in(std::chrono::hours(1)));
}

// Sends `bytes` to the server, then reads until it closes. `half_close`: nothing more will come.
inline net::Task<std::string> talk_raw(std::string bytes, bool half_close) {
  const net::Endpoint at{"127.0.0.1", 80, false};
  auto stream = co_await net::Loop::current()->connect(at, in(std::chrono::seconds(5)));
  if (!stream) co_return stream.error().to_string();
  const Status sent = co_await send_text(stream->get(), std::move(bytes));
  if (!sent) co_return sent.error().to_string();
  if (half_close) (*stream)->shutdown_write();
  co_return co_await read_to_end(stream->get());
}

inline std::string without_date(std::string text) {
  for (std::size_t at = text.find("Date: "); at != std::string::npos; at = text.find("Date: ")) {
    text.erase(at, text.find("\r\n", at) + 2 - at);
  }
  return text;
}

// A server that reads one request's head per connection and answers with scripted bytes, one script
// after the other; then it closes (or stays silent).
struct ScriptedServer {
  struct Answer {
    std::string bytes;
    bool close = true;
  };
  std::vector<Answer> answers;
  std::size_t used = 0;
  std::size_t connections = 0;
  std::unique_ptr<net::Listener> listener;
  net::Nursery nursery;

  Status start() {
    IP_TRY(listener, net::Loop::current()->listen(net::Endpoint{"127.0.0.1", 80, false}, {}));
    nursery.spawn(accept_all());
    return {};
  }
  net::Task<void> stop() {
    listener->close();
    co_await nursery.join();
  }

 private:
  net::Task<void> accept_all() {
    for (;;) {
      auto stream = co_await listener->accept();
      if (!stream) co_return;
      connections += 1;
      nursery.spawn(answer_all(*std::move(stream)));
    }
  }
  net::Task<void> answer_all(std::unique_ptr<net::Stream> stream) {
    std::string seen;
    std::string buffer(4096, '\0');
    for (;;) {
      const auto got = co_await stream->read_some(buffer, in(std::chrono::hours(1)));
      if (!got || *got == 0) co_return;
      seen.append(buffer, 0, *got);
      const std::size_t end = seen.find("\r\n\r\n");
      if (end == std::string::npos || used >= answers.size()) continue;
      seen.erase(0, end + 4);
      const Answer answer = answers[used++];
      const Status sent = co_await send_text(stream.get(), answer.bytes);
      if (!sent) co_return;
      if (answer.close) {
        stream->shutdown_write();
        (void)co_await read_to_end(stream.get());
        co_return;
      }
    }
  }
};

// "200 body" or "kind: message" of an error in any phase.
inline net::Task<std::string> ask(Client* client, std::string method, std::string path,
                                  std::string body, Deadlines deadlines = {},
                                  std::stop_token stop = {}) {
  ClientRequest request;
  request.method = std::move(method);
  request.url = Url{"http", "127.0.0.1", 80, std::move(path)};
  request.body.push_back(body);
  request.deadlines = deadlines;
  request.stop = std::move(stop);
  auto response = co_await client->send(std::move(request));
  if (!response) {
    co_return std::string(code_name(response.error().code)) + " in " + response.error().kind;
  }
  Result<std::string> text = co_await (*response)->read_all(64 << 20);
  if (!text) co_return std::string(code_name(text.error().code)) + " by " + text.error().kind;
  co_return std::to_string((*response)->head().status) + " " + *text;
}

}  // namespace interposer::http::testing
