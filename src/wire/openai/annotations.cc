#include "wire/openai/annotations.h"

#include "base/strings.h"
#include "base/utf8.h"

namespace interposer::wire::openai {

std::string source_url(std::string_view page_origin, const Citation& citation) {
  const std::string_view document = citation.document;
  const std::size_t slash = document.find('/');
  std::string url(page_origin);
  url.append("/#/source/").append(percent_encode(document.substr(0, slash)));
  if (slash != std::string_view::npos) {
    url.append("/").append(percent_encode(document.substr(slash + 1)));
  }
  if (!citation.version.empty()) url.append("@").append(percent_encode(citation.version));
  url.append("?start=").append(std::to_string(citation.start));
  url.append("&end=").append(std::to_string(citation.end));
  return url;
}

void SentenceTracker::text(std::string_view piece) { pending_.append(piece); }

SentenceTracker::Range SentenceTracker::sentence() {
  const std::string_view all = pending_;
  const std::string_view inner = trim(all);
  Range range{start_, start_};
  if (!inner.empty()) {
    const auto lead = static_cast<std::size_t>(inner.data() - all.data());
    range.start = start_ + static_cast<std::int64_t>(utf8_count(all.substr(0, lead)));
    range.end = range.start + static_cast<std::int64_t>(utf8_count(inner));
  }
  start_ += static_cast<std::int64_t>(utf8_count(all));
  pending_.clear();
  return range;
}

bool write_annotations(JsonWriter& json, const Sentence& sentence, SentenceTracker::Range range,
                       const std::map<int, Citation>& citations, std::string_view page_origin) {
  bool any = false;
  for (const int n : sentence.citations) {
    const auto found = citations.find(n);
    if (found == citations.end()) continue;
    const Citation& citation = found->second;
    any = true;
    json.begin_object().field("type", "url_citation").key("url_citation").begin_object();
    json.field("start_index", range.start).field("end_index", range.end);
    json.field("url", source_url(page_origin, citation)).field("title", citation.title);
    json.end_object();
    json.key("interposer").begin_object().field("n", citation.n);
    json.field("document", citation.document).field("version", citation.version);
    json.field("uri", citation.uri);
    json.field("start", citation.start).field("end", citation.end);
    if (citation.page) json.field("page", *citation.page);
    json.field("quote", citation.quote).end_object().end_object();
  }
  return any;
}

}  // namespace interposer::wire::openai
