#include "app/exit_codes.h"

#include <cstdio>

namespace interposer::app {

int exit_code_of(const Error& error) {
  switch (error.code) {
    case Code::kInvalidArgument:
    case Code::kNotFound:
    case Code::kAlreadyExists:
    case Code::kUnauthenticated:
    case Code::kPermissionDenied:
    case Code::kTooLarge:
    case Code::kUnsupported:
      return kExitUsage;
    case Code::kCancelled:
      return kExitInterrupted;
    default:
      return kExitFailed;
  }
}

int fail(const Error& error) {
  std::fprintf(stderr, "interposer: %s\n", error.message.c_str());
  if (!error.remedy.empty()) std::fprintf(stderr, "  %s\n", error.remedy.c_str());
  return exit_code_of(error);
}

}  // namespace interposer::app
