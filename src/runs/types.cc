#include "runs/types.h"

namespace interposer::runs {

std::string_view state_name(State state) {
  switch (state) {
    case State::kRunning:
      return "running";
    case State::kDone:
      return "done";
    case State::kRefused:
      return "refused";
    case State::kStopped:
      return "stopped";
    case State::kFailed:
      return "failed";
  }
  return "failed";
}

}  // namespace interposer::runs
