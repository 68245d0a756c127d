// Byte scanning for the codec (internal to http).
#pragma once

#include <cstddef>
#include <string_view>

namespace interposer::http {

// Index of the first control character other than HTAB (0x00-0x08, 0x0A-0x1F, 0x7F); npos if none.
std::size_t find_control(std::string_view text);

// Index of the first CR or LF at or after `from`; npos if none.
std::size_t find_line_end(std::string_view text, std::size_t from);

}  // namespace interposer::http
