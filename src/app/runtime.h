// The running product: home, ledger, engine, knowledge, gateway, assistants and runs behind one
// API, on one loop a core. A server runs one over TCP and the home's socket; a verb that found no
// server runs one over the socket alone.
#pragma once

#include <memory>
#include <string>

#include "app/settings.h"
#include "base/result.h"

namespace interposer::app {

inline constexpr const char* kSocketName = "interposer.sock";  // in the home

class Runtime {
 public:
  enum class Serve : char { kSocketOnly, kTcpAndSocket };
  struct Options {
    std::string home;
    Serve serve = Serve::kSocketOnly;
    bool quiet = false;  // no progress on stderr
  };

  // Takes the home and listens. kind "home_in_use" when another process owns it; "address_in_use".
  static Result<std::unique_ptr<Runtime>> start(Settings settings, Options options);
  virtual ~Runtime() = default;

  // Brings the configured bases in that this home does not hold yet, with progress. What a source
  // cannot give is said and does not stop the rest.
  virtual Status prepare() = 0;
  // From then on, in the background: follows the configured sources, and makes missing vectors.
  virtual void follow_sources() = 0;

  virtual std::string url() const = 0;  // "http://127.0.0.1:8080"; empty without TCP
  // Finishes running answers (kGrace), then everything durable, in order. Idempotent.
  virtual void stop() = 0;
};

}  // namespace interposer::app
