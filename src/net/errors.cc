#include "net/errors.h"

#include <cerrno>
#include <cstring>

namespace interposer::net {
namespace {

std::string describe(int error_number) {
  char buffer[128];
  return strerror_r(error_number, buffer, sizeof buffer);
}

}  // namespace

Error socket_error(int error_number, std::string_view doing) {
  const std::string message = std::string(doing) + ": " + describe(error_number);
  switch (error_number) {
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED:
      return make_error(Code::kUnavailable, message, {}, "reset");
    case ECONNREFUSED:
      return make_error(Code::kUnavailable, message, "is the server running there?", "refused");
    case ENOENT:
      return make_error(Code::kUnavailable, message, "is the server running there?", "refused");
    case EADDRINUSE:
      return make_error(Code::kFailedPrecondition, message,
                        "stop the program that uses it, or choose another address",
                        "address_in_use");
    case EADDRNOTAVAIL:
      return make_error(Code::kInvalidArgument, message, "use an address of this machine");
    case EACCES:
    case EPERM:
      return make_error(Code::kPermissionDenied, message,
                        "use a port over 1023, or a path you may write to");
    case EMFILE:
    case ENFILE:
      return make_error(Code::kResourceExhausted, message,
                        "raise the limit of open files (ulimit -n)", "open_files");
    case ETIMEDOUT:
      return make_error(Code::kDeadlineExceeded, message);
    default:
      return make_error(Code::kUnavailable, message);
  }
}

Error file_error(int error_number, std::string_view doing, std::string_view path) {
  const std::string message =
      std::string(doing) + " " + std::string(path) + ": " + describe(error_number);
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return make_error(Code::kNotFound, message, "check the path");
    case EEXIST:
      return make_error(Code::kAlreadyExists, message);
    case EACCES:
    case EPERM:
    case EROFS:
      return make_error(Code::kPermissionDenied, message, "check who owns it and its permissions");
    case ENOSPC:
    case EDQUOT:
      return make_error(Code::kResourceExhausted, message, "free some space on that disk",
                        "disk_full");
    case EFBIG:
      return make_error(Code::kTooLarge, message);
    case EMFILE:
    case ENFILE:
      return make_error(Code::kResourceExhausted, message,
                        "raise the limit of open files (ulimit -n)", "open_files");
    case EIO:
      return make_error(Code::kDataLoss, message, "check the disk");
    default:
      return make_error(Code::kUnavailable, message);
  }
}

Error closed_error() { return Error{Code::kCancelled, "stream closed", {}, "cancelled"}; }

Error deadline_error(std::string_view doing) {
  return make_error(Code::kDeadlineExceeded, std::string(doing) + ": no progress in time");
}

// Short enough for the strings' own storage: this is asked on hot paths.
Error would_block_error() { return Error{Code::kUnavailable, "would block", {}, "would_block"}; }

}  // namespace interposer::net
