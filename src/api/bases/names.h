// What a base and an uploaded document may be called, and bases that come to be by being used.
#pragma once

#include <string>
#include <string_view>

#include "api/services.h"

namespace interposer::api {

inline constexpr std::size_t kBaseNameBytesMax = 64;
inline constexpr std::size_t kFileNameBytesMax = 512;

// Letters, digits, '-', '_' and '.', beginning with a letter or digit: a name stands in paths and
// before the first slash of a document.
Status check_base_name(std::string_view name);
// Relative, UTF-8, without "." and ".." parts, control characters and backslashes.
Status check_file_name(std::string_view name);

// kNotFound (kind "unknown_base") with the nearest names of those that `who` may read. Blocks.
Status need_base(const Services& services, const backends::Principal& who, const std::string& name);
// Makes it when it is new. Blocks.
Status ensure_base(const Services& services, const std::string& name);
// The base's name from a request, or the default's; it exists. Blocks.
Result<std::string> base_or_default(const Services& services, const backends::Principal& who,
                                    const std::string& name);

}  // namespace interposer::api
