// Errors are values. Every fallible function returns Result<T>: a value, or an Error that says what
// went wrong (`message`, naming the place), and what the person who can act should do (`remedy`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace interposer {

// What a caller may decide on. Each maps to one HTTP status (api) and one exit code (app).
enum class Code : std::uint8_t {
  kInvalidArgument,     // the request itself is wrong; the same request will fail again
  kNotFound,            // a named thing does not exist
  kAlreadyExists,       // a named thing exists and must not
  kUnauthenticated,     // no key, or a wrong one
  kPermissionDenied,    // a good key, or a file mode, that does not allow this
  kTooLarge,            // over a limit of size (body, prompt, file)
  kResourceExhausted,   // a queue, a quota, the disk or a rate limit is full; later may work
  kFailedPrecondition,  // the state does not allow it (a base is locked, a home is owned)
  kUnavailable,         // a peer is down, refused, reset, or sent nonsense
  kDeadlineExceeded,    // a wait ran past its deadline
  kCancelled,           // the caller, or shutdown, stopped it
  kDataLoss,            // stored bytes are damaged
  kUnsupported,         // understood, and not something this target can do
  kInternal,            // a bug of this program
};

std::string_view code_name(Code code);  // "invalid_argument", ...

struct Error {
  Code code = Code::kInternal;
  std::string message;  // one sentence, lower-case start, no final stop, names the place
  std::string remedy;   // what to do about it; empty where there is nothing to say
  std::string kind;     // stable machine name ("unknown_model"); empty: code_name(code)

  // Puts `where` before the message: "reading config.yaml: line 3: ...".
  Error within(std::string_view where) &&;
  std::string to_string() const;  // "message (remedy)"
};

Error make_error(Code code, std::string message, std::string remedy = {}, std::string kind = {});

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }
  T value_or(T other) && { return ok() ? std::move(**this) : std::move(other); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace interposer

#define IP_CAT2(a, b) a##b
#define IP_CAT(a, b) IP_CAT2(a, b)
#define IP_TRY_IMPL(ret, res, decl, ...) \
  auto res = (__VA_ARGS__);              \
  if (!res) ret std::move(res).error();  \
  decl = *std::move(res)
#define IP_CHECK_IMPL(ret, res, ...) \
  auto res = (__VA_ARGS__);          \
  if (!res) ret std::move(res).error()

// IP_TRY(auto x, f());            returns f()'s error from a plain function, else declares x
// IP_CO_TRY(auto x, co_await g()); the same in a coroutine; IP_OK / IP_CO_OK for Status.
#define IP_TRY(decl, ...) IP_TRY_IMPL(return, IP_CAT(ip_result_, __LINE__), decl, __VA_ARGS__)
#define IP_CO_TRY(decl, ...) IP_TRY_IMPL(co_return, IP_CAT(ip_result_, __LINE__), decl, __VA_ARGS__)
#define IP_OK(...) IP_CHECK_IMPL(return, IP_CAT(ip_result_, __LINE__), __VA_ARGS__)
#define IP_CO_OK(...) IP_CHECK_IMPL(co_return, IP_CAT(ip_result_, __LINE__), __VA_ARGS__)
