// Which files a path means. Hidden files and links to folders are passed over.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "knowledge/knowledge.h"

namespace interposer::knowledge {

struct SourceFile {
  std::string path;  // real
  std::string name;  // below the folder that was given, or the file's own name
  std::string root;  // the folder's name, to tell two files of one name apart
  std::int64_t size = 0, modified_ns = 0;
};

struct Walked {
  std::vector<SourceFile> files;  // sorted by path
  struct Failure {
    std::string file;
    Error error;
  };
  std::vector<Failure> failures;
  std::vector<std::string> unreadable;  // folders: what was known below them stays
};

// `path` is a file or a folder; kNotFound when it is neither. Files that no parser reads are left
// out of a folder; given by name they are taken as they are.
Result<Walked> walk(const std::string& path, Format format);

// The path without links, also when the last part does not exist (any more).
std::string real_path(const std::string& path);

// Reads a file; errors name it and what to do.
Result<std::string> read_source(const std::string& path, std::uint64_t max_bytes);

}  // namespace interposer::knowledge
