// What the verbs show a person: a progress line on stderr that redraws itself on a terminal and
// stays quiet in a pipe, and colours only where wanted (NO_COLOR is respected).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace interposer::app {

bool stdout_is_terminal();
bool stderr_is_terminal();

// Wraps text in an ANSI style on a terminal: "1" bold, "2" dim, "36" cyan. Plain text elsewhere.
std::string styled(std::string_view text, std::string_view style);

// Text from documents and models may hold escape sequences; what is printed holds none.
std::string printable(std::string_view text);

class Progress {
 public:
  // `quiet`: never draws (--json).
  explicit Progress(bool quiet);
  ~Progress();  // clears the line
  void show(std::string_view what, std::int64_t done, std::int64_t total);
  void line(std::string_view text);  // a lasting line above the bar

 private:
  void clear();
  bool active_;
  bool drawn_ = false;
  std::int64_t last_draw_ms_ = 0;
};

}  // namespace interposer::app
