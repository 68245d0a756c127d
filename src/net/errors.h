// What the operating system's errors mean to callers of net (internal to net).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace interposer::net {

// A reset, refused or otherwise broken connection is kUnavailable; its kind says which.
Error socket_error(int error_number, std::string_view doing);

// A file system's errors: full disk, missing, not allowed, ...
Error file_error(int error_number, std::string_view doing, std::string_view path);

Error closed_error();
Error deadline_error(std::string_view doing);
Error would_block_error();  // kind "would_block"

}  // namespace interposer::net
