// llama.cpp's own log goes into ours at debug level; its last error becomes part of our errors.
#pragma once

#include <string>

namespace interposer::engine::llama {

// Idempotent and thread-safe; every entry point of this folder calls it.
void start_backend();

// While one lives, the error lines that llama.cpp writes on this thread are kept.
class ErrorCapture {
 public:
  ErrorCapture();
  ~ErrorCapture();
  ErrorCapture(const ErrorCapture&) = delete;
  ErrorCapture& operator=(const ErrorCapture&) = delete;
  // The first line, without its function prefix; `otherwise` when there is none.
  std::string first(const char* otherwise) const;

 private:
  std::string lines_;
  std::string* before_;
};

// The processors this process may run on (affinity mask), at least 1.
int available_processors();

// One line for `interposer doctor`: version, CPU features it was built for and found.
std::string describe_build();
bool amx_in_use();

}  // namespace interposer::engine::llama
