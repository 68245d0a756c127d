// Cuts a model's text, as it comes, into sentences with the evidence numbers behind them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interposer::assistant {

inline constexpr std::size_t kWrittenSentenceMax = 2000;  // bytes; longer is cut there

struct Written {
  std::string text;          // without markers, white space folded
  std::vector<int> markers;  // as written, in order, each once
};

class SentenceStream {
 public:
  // The sentences that are complete with this piece. A sentence is complete once something other
  // than a marker follows it.
  std::vector<Written> feed(std::string_view piece);
  std::vector<Written> finish();  // what is left

 private:
  std::vector<Written> cut(bool end);

  std::string held_;
};

// "... 141 GB [1, 2]." -> text and markers {1, 2}. Only [digits] forms are markers.
Written read_written(std::string_view raw);

}  // namespace interposer::assistant
