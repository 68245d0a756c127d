#include "api/bases/names.h"

#include <algorithm>

#include "api/access.h"
#include "base/strings.h"
#include "base/utf8.h"

namespace interposer::api {
namespace {

bool letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

Status check_base_name(std::string_view name) {
  const bool good =
      !name.empty() && name.size() <= kBaseNameBytesMax && letter_or_digit(name.front()) &&
      std::all_of(name.begin(), name.end(),
                  [](char c) { return letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
  if (good) return {};
  return make_error(
      Code::kInvalidArgument,
      "'" + utf8_repair(name.substr(0, kBaseNameBytesMax)) + "' is no name for a base",
      "use 1 to " + std::to_string(kBaseNameBytesMax) + " letters, digits, '-', '_' or '.'",
      "invalid_base_name");
}

Status check_file_name(std::string_view name) {
  bool good = !name.empty() && name.size() <= kFileNameBytesMax && utf8_valid(name) &&
              std::none_of(name.begin(), name.end(), [](char c) {
                return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
              });
  for (const std::string_view part : split(name, '/'))
    good = good && !part.empty() && part != "." && part != "..";
  if (good) return {};
  return make_error(Code::kInvalidArgument,
                    "'" + utf8_repair(name.substr(0, 80)) + "' is no name for a document",
                    "use a relative name such as notes/day.md, at most " +
                        std::to_string(kFileNameBytesMax) + " bytes",
                    "invalid_file_name");
}

Status need_base(const Services& services, const backends::Principal& who,
                 const std::string& name) {
  if (may_read(who, name) && services.knowledge->has_base(name)) return {};
  std::vector<std::string> names;
  for (const knowledge::BaseInfo& base : services.knowledge->bases())
    if (may_read(who, base.name)) names.push_back(base.name);
  std::string remedy = did_you_mean(name, names);
  if (remedy.empty()) remedy = "make it with `interposer ingest PATH --base NAME`";
  return make_error(Code::kNotFound, "there is no base '" + utf8_repair(name) + "'",
                    std::move(remedy), "unknown_base");
}

Status ensure_base(const Services& services, const std::string& name) {
  if (services.knowledge->has_base(name)) return {};
  IP_OK(check_base_name(name));
  return services.create_base(name);
}

Result<std::string> base_or_default(const Services& services, const backends::Principal& who,
                                    const std::string& name) {
  const std::string chosen = name.empty() ? services.default_base : name;
  IP_OK(need_base(services, who, chosen));
  return chosen;
}

}  // namespace interposer::api
