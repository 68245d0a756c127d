#include "backends/disposition.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "base/utf8.h"
#include "wire/openai/error_json.h"

namespace interposer::backends {
namespace {

using namespace std::chrono_literals;

struct Row {
  Disposition disposition;
  std::string_view name;
  Consequence consequence;
};

const Row kTable[] = {
    {Disposition::kThrottle, "throttle", {true, true, 5s}},
    {Disposition::kOverload, "overload", {true, true, 2s}},
    {Disposition::kMoneyOut, "money_out", {true, true, 600s}},
    {Disposition::kAuth, "auth", {true, true, 300s}},
    {Disposition::kMissing, "missing", {true, false, {}}},
    {Disposition::kTooLong, "too_long", {true, false, {}}},
    {Disposition::kClientFault, "client_fault", {false, false, {}}},
    {Disposition::kPolicy, "policy", {false, false, {}}},
    {Disposition::kTransport, "transport", {true, true, 1s}},
    {Disposition::kCancelled, "cancelled", {false, false, {}}},
    {Disposition::kInternal, "internal", {false, false, {}}},
};

struct Kind {
  std::string_view kind;
  Disposition disposition;
};

const Kind kKinds[] = {
    {"throttled", Disposition::kThrottle},     {"overloaded", Disposition::kOverload},
    {"no_credit", Disposition::kMoneyOut},     {"provider_auth", Disposition::kAuth},
    {"provider_model", Disposition::kMissing}, {"context_length_exceeded", Disposition::kTooLong},
    {"content_policy", Disposition::kPolicy},
};

bool mentions(const wire::openai::ProviderError& error, std::initializer_list<const char*> words) {
  const std::string all = to_lower(error.code + " " + error.type + " " + error.message);
  for (const char* word : words) {
    if (all.find(word) != std::string::npos) return true;
  }
  return false;
}

// Signals of gateway.md 5.4, most telling first: bodies say more than statuses.
Disposition judge(int status, const wire::openai::ProviderError& error) {
  if (status < 500 && mentions(error, {"context_length", "context length", "maximum context",
                                       "context size", "context window"})) {
    return Disposition::kTooLong;
  }
  if (mentions(error, {"insufficient_quota", "credit_balance", "insufficient balance",
                       "enforced_spend_limit", "billing_hard_limit"})) {
    return Disposition::kMoneyOut;
  }
  if (status == 402) {
    // OpenRouter also answers 402 while a budget is only in flight: that passes by itself.
    return mentions(error, {"in-flight", "in flight"}) ? Disposition::kThrottle
                                                       : Disposition::kMoneyOut;
  }
  if (status == 401 || (status == 403 && !mentions(error, {"policy", "moderation", "safety"}))) {
    return Disposition::kAuth;
  }
  if (mentions(error, {"content_filter", "content_policy", "moderation", "safety"})) {
    return Disposition::kPolicy;
  }
  if (status == 429 || status == 498) {
    return mentions(error, {"engine_overloaded", "overloaded"}) ? Disposition::kOverload
                                                                : Disposition::kThrottle;
  }
  if (status == 503 || status == 529) return Disposition::kOverload;
  if (status == 404 || mentions(error, {"model_not_found"})) return Disposition::kMissing;
  if (status == 408 || status >= 500) return Disposition::kTransport;
  return Disposition::kClientFault;
}

std::string reason(int status, const wire::openai::ProviderError& error) {
  constexpr std::size_t kShown = 500;  // bytes of the target's own words
  if (error.message.empty()) return fmt::format("HTTP {}", status);
  std::string text = utf8_repair(error.message);
  if (text.size() > kShown) text = text.substr(0, utf8_floor(text, kShown)) + "...";
  return fmt::format("HTTP {}: {}", status, text);
}

}  // namespace

std::string_view disposition_name(Disposition disposition) {
  return kTable[static_cast<std::size_t>(disposition)].name;
}

Consequence consequence(Disposition disposition) {
  return kTable[static_cast<std::size_t>(disposition)].consequence;
}

Disposition classify(const Error& error) {
  for (const Kind& row : kKinds) {
    if (row.kind == error.kind) return row.disposition;
  }
  switch (error.code) {
    case Code::kUnavailable:
    case Code::kDeadlineExceeded:
      return Disposition::kTransport;
    case Code::kResourceExhausted:
      return Disposition::kOverload;
    case Code::kCancelled:
      return Disposition::kCancelled;
    case Code::kUnsupported:
      return Disposition::kMissing;
    case Code::kInvalidArgument:
    case Code::kNotFound:
    case Code::kAlreadyExists:
    case Code::kUnauthenticated:
    case Code::kPermissionDenied:
    case Code::kTooLarge:
    case Code::kFailedPrecondition:
      return Disposition::kClientFault;
    case Code::kDataLoss:
    case Code::kInternal:
      return Disposition::kInternal;
  }
  return Disposition::kInternal;
}

Error from_http(std::string_view target, int status, std::string_view body) {
  const auto said = wire::openai::read_error(body).value_or(wire::openai::ProviderError{});
  const std::string why = reason(status, said);
  const auto say = [&](Code code, std::string_view what, std::string remedy, std::string kind) {
    return make_error(code, fmt::format("{} {} ({})", target, what, why), std::move(remedy),
                      std::move(kind));
  };
  switch (judge(status, said)) {
    case Disposition::kThrottle:
      return say(Code::kResourceExhausted, "limits the rate", "wait, or add a target to the route",
                 "throttled");
    case Disposition::kOverload:
      return say(Code::kUnavailable, "has no room now", "try again, or add a target to the route",
                 "overloaded");
    case Disposition::kMoneyOut:
      return say(Code::kUnavailable, "has no credit for this key", "top the account up",
                 "no_credit");
    case Disposition::kAuth:
      return say(Code::kUnavailable, "refuses the configured key",
                 "check the key in the variable that key_env names", "provider_auth");
    case Disposition::kMissing:
      return say(Code::kNotFound, "does not have this model or path",
                 "check the model's name and the provider's base_url", "provider_model");
    case Disposition::kTooLong:
      return say(Code::kInvalidArgument, "says the prompt is too long",
                 "shorten it, or take a model with a larger context", "context_length_exceeded");
    case Disposition::kPolicy:
      return say(Code::kInvalidArgument, "refuses the content", "change the request",
                 "content_policy");
    case Disposition::kTransport:
      return say(Code::kUnavailable, "failed", "try again, or add a target to the route",
                 "provider_error");
    case Disposition::kClientFault:
    case Disposition::kCancelled:
    case Disposition::kInternal:
      break;
  }
  return say(Code::kInvalidArgument, "refuses the request", "change the request as it says",
             "provider_refused");
}

}  // namespace interposer::backends
