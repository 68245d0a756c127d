#include "web/assets.h"

#include <algorithm>
#include <vector>

// The bytes are in web_assets.S; embed.py writes both files.
#define INTERPOSER_WEB_ASSET(number, path, type, etag, immutable) \
  extern "C" const char interposer_web_##number[];                \
  extern "C" const char interposer_web_##number##_end[];          \
  extern "C" const char interposer_web_##number##_br[];           \
  extern "C" const char interposer_web_##number##_br_end[];
#include "web_assets_table.inc"
#undef INTERPOSER_WEB_ASSET

namespace interposer::web {
namespace {

#define INTERPOSER_WEB_ASSET(number, path, type, etag, immutable) \
  Asset{path,                                                     \
        type,                                                     \
        etag,                                                     \
        immutable,                                                \
        {interposer_web_##number, interposer_web_##number##_end}, \
        {interposer_web_##number##_br, interposer_web_##number##_br_end}},

std::vector<Asset> make_table() {
  std::vector<Asset> table = {
#include "web_assets_table.inc"
  };
  std::sort(table.begin(), table.end(),
            [](const Asset& a, const Asset& b) { return a.path < b.path; });
  return table;
}
#undef INTERPOSER_WEB_ASSET

const std::vector<Asset>& table() {
  static const std::vector<Asset> kTable = make_table();
  return kTable;
}

}  // namespace

std::span<const Asset> assets() { return table(); }

const Asset* find_asset(std::string_view path) {
  if (path == "/") path = "/index.html";
  const auto found =
      std::lower_bound(table().begin(), table().end(), path,
                       [](const Asset& asset, std::string_view key) { return asset.path < key; });
  return found != table().end() && found->path == path ? &*found : nullptr;
}

}  // namespace interposer::web
