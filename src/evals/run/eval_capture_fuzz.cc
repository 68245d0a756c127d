// Captures, and what /api/v1 answers.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evals/run/ask.h"
#include "evals/run/replay.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace ev = interposer::evals;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  ev::Response response;
  switch (data[0] % 4) {
    case 0:
      ev::read_search_body(text, &response);
      break;
    case 1:
      ev::read_grounded_body(text, &response);
      break;
    case 2:
      (void)ev::parse_routes(text);
      break;
    default: {
      const auto capture = ev::parse_capture(text, "fuzz");
      if (!capture || capture->requests.size() > 100) return 0;
      const auto plan = ev::plan_replay(*capture, *ev::parse_routes("another"));
      if (plan && plan->units.size() != 3 * capture->requests.size()) std::abort();
    }
  }
  // Whatever came, its record is a line that is read again.
  response.unit = "u";
  if (!ev::parse_response(ev::to_line(response)) && response.extra.empty()) std::abort();
  return 0;
}
