// What `bases:` of the configuration says about a base.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/result.h"

namespace interposer::assistant {

enum class Mode : std::uint8_t { kAuto, kExtract, kGenerate };
std::string_view mode_name(Mode mode);  // "auto", "extract", "generate"
Result<Mode> parse_mode(std::string_view text);

struct BaseSettings {
  std::string name;
  std::vector<std::string> sources;  // paths as written: relative to the configuration's file
  std::string embedder;              // a model's name; empty: the default one
  std::string answer_with;           // a model or route that writes; empty: none
  Mode mode = Mode::kAuto;
  bool flag_unsupported = false;     // `unsupported: flag` shows them marked; default: dropped
  std::string about;                 // for the page's empty state
  std::vector<std::string> samples;  // sample questions
};

// Reads `name: {sources: [...], embedder: ..., answer_with: ..., mode: auto|extract|generate}`.
// Errors name file and line.
Result<BaseSettings> parse_base(const std::string& name, config::Node node);

// Letters, digits, '-', '_' and '.', at most 64 bytes, no leading '.': a base's name is part of
// model names and paths.
bool valid_base_name(std::string_view name);

}  // namespace interposer::assistant
