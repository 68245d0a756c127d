// Citations as OpenAI's annotations of type url_citation. start_index and end_index are positions
// in the message's content counted in characters (Unicode code points), half open: the sentence
// that the source supports. Beside url_citation stands an "interposer" object with the source's
// span in bytes of the document version.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "wire/event.h"

namespace interposer::wire::openai {

// PAGE_ORIGIN/#/source/BASE/ID@VERSION?start=..&end=..; parts are percent-encoded.
std::string source_url(std::string_view page_origin, const Citation& citation);

// Follows one choice's text and says where its sentences stand.
class SentenceTracker {
 public:
  void text(std::string_view piece);
  struct Range {
    std::int64_t start = 0, end = 0;  // code points
  };
  Range sentence();  // of the text since the last call, without the white space around it

 private:
  std::string pending_;
  std::int64_t start_ = 0;  // of pending_
};

// Writes the annotation objects of one sentence (no brackets); false: none was known.
bool write_annotations(JsonWriter& json, const Sentence& sentence, SentenceTracker::Range range,
                       const std::map<int, Citation>& citations, std::string_view page_origin);

}  // namespace interposer::wire::openai
