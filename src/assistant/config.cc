#include "assistant/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace interposer::assistant {
namespace {

constexpr std::size_t kNameBytesMax = 64;
const std::vector<std::string> kModes = {"auto", "extract", "generate"};

}  // namespace

std::string_view mode_name(Mode mode) { return kModes[static_cast<std::size_t>(mode)]; }

Result<Mode> parse_mode(std::string_view text) {
  for (std::size_t i = 0; i < kModes.size(); ++i) {
    if (kModes[i] == text) return static_cast<Mode>(i);
  }
  return make_error(Code::kInvalidArgument, fmt::format("'mode' cannot be '{}'", text),
                    did_you_mean(text, kModes), "invalid_mode");
}

bool valid_base_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

Result<BaseSettings> parse_base(const std::string& name, config::Node node) {
  BaseSettings out;
  out.name = name;
  if (!valid_base_name(name)) {
    return node.error(fmt::format("'{}' cannot name a base", name),
                      "use letters, digits, '-', '_' and '.', at most 64");
  }
  int mode = 0;
  int unsupported = 0;
  config::Section section(node);
  section.read("sources", &out.sources)
      .read("embedder", &out.embedder)
      .read("answer_with", &out.answer_with)
      .read_enum("mode", kModes, &mode)
      .read_enum("unsupported", {"drop", "flag"}, &unsupported)
      .read("about", &out.about)
      .read("samples", &out.samples);
  IP_OK(section.finish());
  out.mode = static_cast<Mode>(mode);
  out.flag_unsupported = unsupported == 1;
  if (out.mode == Mode::kGenerate && out.answer_with.empty()) {
    return node.error(fmt::format("base '{}' is to generate, but names no model", name),
                      "add 'answer_with: MODEL', or use 'mode: auto'");
  }
  return out;
}

}  // namespace interposer::assistant
