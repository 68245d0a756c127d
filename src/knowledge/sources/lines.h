// Files of many documents: TSV (id<TAB>text) and JSON lines ({"id","text","title"?,"uri"?,...}).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "knowledge/knowledge.h"

namespace interposer::knowledge {

struct LineDocument {
  std::string id, text, title, uri;
};

// Calls f for each line; a line that is no document is an Error that names file and line. Blank
// lines are passed over. f's own error ends the reading.
Status read_lines(const std::string& name, std::string_view bytes, Format format,
                  const std::function<Status(Result<LineDocument>)>& f);

}  // namespace interposer::knowledge
