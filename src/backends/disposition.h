// What a failed call means for the target and for the request (gateway.md 5.4): whether another
// target may continue, and how long this one is better left alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace interposer::backends {

enum class Disposition : std::uint8_t {
  kThrottle,     // a rate limit: leave it alone until its hint, another target now
  kOverload,     // no room now: a short pause, another target
  kMoneyOut,     // no credit: down until somebody acts
  kAuth,         // its key is refused: down until somebody acts
  kMissing,      // it does not have this model: another target, no penalty
  kTooLong,      // over its context: a larger target, no penalty
  kClientFault,  // the request is wrong everywhere: back to the caller, no penalty
  kPolicy,       // it refuses the content: back to the caller, no penalty
  kTransport,    // connect, reset, stall, nonsense: another target while nothing was delivered
  kCancelled,    // the caller has gone
  kInternal,     // a fault of this program: back to the caller
};
std::string_view disposition_name(Disposition disposition);

struct Consequence {
  bool another_target = false;
  bool penalty = false;           // counts against the target's health
  std::optional<Duration> pause;  // at least; grows with repeated failures when transport
};

Disposition classify(const Error& error);  // by kind, then by code
Consequence consequence(Disposition disposition);

// The error for a target's HTTP answer that is no success. `body` is its (OpenAI-shaped or other)
// text; `target` names it to people ("groq"). Nothing of the request and no key gets into it.
Error from_http(std::string_view target, int status, std::string_view body);

}  // namespace interposer::backends
