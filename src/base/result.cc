#include "base/result.h"

namespace interposer {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return "invalid_argument";
    case Code::kNotFound:
      return "not_found";
    case Code::kAlreadyExists:
      return "already_exists";
    case Code::kUnauthenticated:
      return "unauthenticated";
    case Code::kPermissionDenied:
      return "permission_denied";
    case Code::kTooLarge:
      return "too_large";
    case Code::kResourceExhausted:
      return "resource_exhausted";
    case Code::kFailedPrecondition:
      return "failed_precondition";
    case Code::kUnavailable:
      return "unavailable";
    case Code::kDeadlineExceeded:
      return "deadline_exceeded";
    case Code::kCancelled:
      return "cancelled";
    case Code::kDataLoss:
      return "data_loss";
    case Code::kUnsupported:
      return "unsupported";
    case Code::kInternal:
      return "internal";
  }
  return "internal";
}

Error Error::within(std::string_view where) && {
  message = std::string(where) + ": " + message;
  return std::move(*this);
}

std::string Error::to_string() const {
  return remedy.empty() ? message : message + " (" + remedy + ")";
}

Error make_error(Code code, std::string message, std::string remedy, std::string kind) {
  if (kind.empty()) kind = std::string(code_name(code));
  return Error{code, std::move(message), std::move(remedy), std::move(kind)};
}

}  // namespace interposer
