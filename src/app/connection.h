// How a verb reaches an Interposer: the server that owns the home when there is one, else this
// process, which owns it for as long as the verb runs and serves the same API on the home's socket.
#pragma once

#include <memory>
#include <string>

#include "app/verb.h"
#include "base/result.h"
#include "client/session.h"

namespace interposer::app {

class Runtime;

class Connection {
 public:
  // Refuses a --config unlike the running server's. `quiet`: no progress on stderr.
  static Result<std::unique_ptr<Connection>> open(const Common& common);
  ~Connection();

  client::Session& session() { return *session_; }

 private:
  Connection();
  std::unique_ptr<Runtime> runtime_;  // null when another process owns the home
  std::unique_ptr<client::Session> session_;
};

}  // namespace interposer::app
