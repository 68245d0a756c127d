#pragma once

#include <span>
#include <string_view>

namespace interposer::web {

// What every answer that carries the page must send as `Content-Security-Policy`. The page runs no
// inline script or style, loads nothing from elsewhere, and feeds no string to an HTML sink.
inline constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; font-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'";

// One file of the built page. Everything points into the binary and lives as long as the process.
struct Asset {
  std::string_view path;          // "/index.html", "/assets/index-Ab12.js"
  std::string_view content_type;  // ready for the header, with its charset
  std::string_view etag;          // a strong one of `bytes`, quotes included
  bool immutable;                 // the name holds a hash: `Cache-Control: immutable` is safe
  std::string_view bytes;         // as built
  std::string_view brotli;        // the same, `Content-Encoding: br`; empty where it saves nothing
};

// The asset at a request's path ("/" is the page itself), or null: then answer 404, or, when
// `assets()` is empty, say that this binary was built without the page. Query strings are the
// caller's to cut. Thread-safe.
const Asset* find_asset(std::string_view path);

// All of them, sorted by path. Empty in a binary that was built without the page.
std::span<const Asset> assets();

}  // namespace interposer::web
