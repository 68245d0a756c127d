#include "app/output/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/time.h"

namespace interposer::app {
namespace {

constexpr int kBarWidth = 28;           // characters
constexpr std::int64_t kRedrawMs = 80;  // between two drawings

bool colour_wanted() {
  static const bool wanted = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  return wanted;
}

}  // namespace

bool stdout_is_terminal() { return isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

std::string styled(std::string_view text, std::string_view style) {
  return colour_wanted() ? fmt::format("\x1b[{}m{}\x1b[0m", style, text) : std::string(text);
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
    if (!control) out.push_back(c);
  }
  return out;
}

Progress::Progress(bool quiet) : active_(!quiet && stderr_is_terminal()) {}

Progress::~Progress() { clear(); }

void Progress::clear() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

void Progress::show(std::string_view what, std::int64_t done, std::int64_t total) {
  if (!active_) return;
  const std::int64_t now = wall_now_ms();
  if (drawn_ && now - last_draw_ms_ < kRedrawMs && done < total) return;
  last_draw_ms_ = now;
  const double share =
      total > 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(total)) : 0;
  const int filled = static_cast<int>(share * kBarWidth);
  std::string bar;
  for (int i = 0; i < kBarWidth; ++i) bar += i < filled ? "█" : "░";
  fmt::print(stderr, "\r\x1b[K{} {}/{}  {:.60}", bar, done, total, printable(what));
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::line(std::string_view text) {
  clear();
  fmt::print(stderr, "{}\n", printable(text));
}

}  // namespace interposer::app
