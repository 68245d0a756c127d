#include "knowledge/sources/lines.h"

#include <boost/json.hpp>

#include "base/strings.h"
#include "base/utf8.h"

namespace interposer::knowledge {
namespace {

Error bad_line(const std::string& where, const std::string& what, const std::string& remedy) {
  return make_error(Code::kInvalidArgument, where + ": " + what, remedy, "malformed_line");
}

Result<LineDocument> from_tsv(const std::string& where, std::string_view line) {
  const auto tab = line.find('\t');
  if (tab == std::string_view::npos || trim(line.substr(0, tab)).empty())
    return bad_line(where, "no id before a tab", "each line is id<TAB>text");
  LineDocument document;
  document.id = std::string(trim(line.substr(0, tab)));
  document.text = std::string(line.substr(tab + 1));
  return document;
}

Result<LineDocument> from_json(const std::string& where, std::string_view line) {
  boost::system::error_code failed;
  const auto value = boost::json::parse(line, failed);
  const std::string remedy = R"(each line is {"id": "...", "text": "..."})";
  if (failed || !value.is_object()) return bad_line(where, "not a JSON object", remedy);
  const auto& object = value.as_object();
  LineDocument document;
  const auto read = [&](const char* name, std::string* into) {
    const auto* field = object.if_contains(name);
    if (field && field->is_string()) *into = std::string(field->as_string());
    if (field && field->is_int64()) *into = std::to_string(field->as_int64());
  };
  for (const char* name : {"_id", "id"}) read(name, &document.id);
  read("text", &document.text);
  read("title", &document.title);
  read("url", &document.uri);
  read("uri", &document.uri);
  if (document.id.empty()) return bad_line(where, "no \"id\"", remedy);
  return document;
}

}  // namespace

Status read_lines(const std::string& name, std::string_view bytes, Format format,
                  const std::function<Status(Result<LineDocument>)>& f) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::size_t number = 0;
  while (!bytes.empty()) {
    ++number;
    const auto newline = bytes.find('\n');
    std::string_view line = bytes.substr(0, newline);
    bytes.remove_prefix(newline == std::string_view::npos ? bytes.size() : newline + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trim(line).empty()) continue;
    const std::string where = name + ":" + std::to_string(number);
    if (!utf8_valid(line)) {
      IP_OK(f(bad_line(where, "not UTF-8", "convert the file to UTF-8")));
      continue;
    }
    auto document = format == Format::kTsv ? from_tsv(where, line) : from_json(where, line);
    if (document && trim(document->text).empty() && trim(document->title).empty())
      document = bad_line(where, "no text", "");
    IP_OK(f(std::move(document)));
  }
  return {};
}

}  // namespace interposer::knowledge
