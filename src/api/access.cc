#include "api/access.h"

#include <string>

namespace interposer::api {

bool may_read(const backends::Principal& who, std::string_view base) {
  return who.may_use("assistant/" + std::string(base));
}

bool may_manage(const backends::Principal& who) { return who.models.empty(); }

Status need_manager(const backends::Principal& who, std::string_view what) {
  if (may_manage(who)) return {};
  return make_error(
      Code::kPermissionDenied,
      "the key '" + who.name + "' is limited to some models: " + std::string(what) +
          " is not for it",
      "use a key without a `models` list, or the command line on the server's machine",
      "key_is_limited");
}

}  // namespace interposer::api
