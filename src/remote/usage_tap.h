// Watches frames of a same-dialect answer go by. Only those that can carry usage, an error or an
// end are read; the rest costs a few searches.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "wire/openai/answer_scan.h"
#include "wire/usage.h"

namespace interposer::remote {

class UsageTap {
 public:
  // One SSE frame. kUnavailable, kind "broken_stream" or "provider_error", when it is no frame of
  // this dialect or tells of a failure; such a frame must not be passed on.
  Status frame(std::string_view frame);
  // A whole body.
  Status body(std::string_view body);
  // The end: kUnavailable, kind "truncated", when neither a finish reason nor [DONE] was seen.
  Status end_of_stream() const;

  bool saw_data() const { return data_frames_ > 0; }  // a data frame, not only comments
  // Counts as reported, else estimated from the sizes seen (never zero where something went by).
  void settle(std::size_t request_bytes, wire::Usage* usage) const;

 private:
  void tap(const wire::openai::AnswerScan& scan);

  std::int64_t data_frames_ = 0;
  std::size_t body_bytes_ = 0;
  bool done_ = false, finished_ = false;
  wire::Usage seen_;
};

}  // namespace interposer::remote
