#include "engine/llama/log.h"

#include <ggml-cpu.h>
#include <llama.h>
#include <log.h>
#include <sched.h>

#include <mutex>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/strings.h"
#include "engine/llama/guard.h"

namespace interposer::engine::llama {
namespace {

constexpr std::size_t kCapturedMax = 4096;  // bytes

thread_local std::string* captured = nullptr;

void on_log(ggml_log_level level, const char* text, void*) {
  std::string_view line = trim(text == nullptr ? "" : text);
  if (line.empty() || line == ".") return;
  if (level == GGML_LOG_LEVEL_ERROR && captured != nullptr && captured->size() < kCapturedMax) {
    captured->append(line).push_back('\n');
  }
  if (log::enabled(log::Level::kDebug)) log::debug(line, {{"from", "llama.cpp"}});
}

}  // namespace

void start_backend() {
  static std::once_flag once;
  std::call_once(once, [] {
    llama_log_set(on_log, nullptr);
    common_log_pause(common_log_main());  // its helpers write through another logger
    llama_backend_init();
  });
}

ErrorCapture::ErrorCapture() : before_(captured) { captured = &lines_; }
ErrorCapture::~ErrorCapture() { captured = before_; }

std::string ErrorCapture::first(const char* otherwise) const {
  std::string_view line(lines_);
  line = trim(line.substr(0, line.find('\n')));
  // "llama_model_load: error loading model: ..." -> what follows the function's name
  std::size_t colon = line.find(": ");
  if (colon != std::string_view::npos &&
      line.substr(0, colon).find(' ') == std::string_view::npos) {
    line.remove_prefix(colon + 2);
  }
  return line.empty() ? otherwise : std::string(line);
}

int available_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  int n = CPU_COUNT(&set);
  return n < 1 ? 1 : n;
}

std::string describe_build() {
  start_backend();
  std::string out = "llama.cpp ";
  out += llama_version();
  std::string_view info = llama_print_system_info();
  out += "; ";
  out += trim(info);
  return out;
}

bool amx_in_use() { return ggml_cpu_has_amx_int8() != 0; }

}  // namespace interposer::engine::llama
