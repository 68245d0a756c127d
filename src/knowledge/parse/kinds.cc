#include <array>

#include "base/strings.h"
#include "knowledge/parse/parsed.h"

namespace interposer::knowledge {
namespace {

struct Extension {
  std::string_view name;
  Kind kind;
};
constexpr Extension kExtensions[] = {
    {"md", Kind::kMarkdown}, {"markdown", Kind::kMarkdown}, {"mdx", Kind::kMarkdown},
    {"txt", Kind::kText},    {"text", Kind::kText},         {"rst", Kind::kText},
    {"adoc", Kind::kText},   {"org", Kind::kText},          {"html", Kind::kHtml},
    {"htm", Kind::kHtml},    {"xhtml", Kind::kHtml},        {"pdf", Kind::kPdf},
    {"csv", Kind::kCsv},     {"tsv", Kind::kTsv},           {"jsonl", Kind::kJsonl}};

constexpr std::string_view kUnread[] = {"doc", "docx", "odt", "rtf",  "ppt",  "pptx",  "odp",
                                        "xls", "xlsx", "ods", "epub", "mobi", "pages", "djvu"};

std::string extension(std::string_view name) {
  const auto slash = name.rfind('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string() : to_lower(name.substr(dot + 1));
}

Error unsupported(const std::string& name) {
  const std::string ext = extension(name);
  return make_error(
      Code::kUnsupported,
      name + ": files of kind " + (ext.empty() ? "(no extension)" : "." + ext) + " are not read",
      "Markdown, text, HTML, PDF and CSV are; export it as one of them", "unsupported_kind");
}

}  // namespace

std::string_view kind_name(Kind kind) {
  constexpr std::array<std::string_view, 8> kNames = {"unknown", "markdown", "text", "html",
                                                      "pdf",     "csv",      "tsv",  "jsonl"};
  return kNames[static_cast<std::size_t>(kind)];
}

Kind kind_of(std::string_view name) {
  const std::string ext = extension(name);
  for (const auto& [known, kind] : kExtensions)
    if (ext == known) return kind;
  return Kind::kUnknown;
}

bool is_unread_document(std::string_view name) {
  const std::string ext = extension(name);
  for (const auto known : kUnread)
    if (ext == known) return true;
  return false;
}

Result<Parsed> parse(Kind kind, const std::string& name, std::string_view bytes) {
  if (bytes.empty())
    return make_error(Code::kInvalidArgument, name + " is empty", "", "empty_file");
  if (bytes.size() > kMaxFileBytes)
    return make_error(Code::kTooLarge,
                      name + " has " + std::to_string(bytes.size() >> 20) + " MiB; the limit is " +
                          std::to_string(kMaxFileBytes >> 20) + " MiB",
                      "split it", "too_large");
  Result<Parsed> parsed = unsupported(name);
  switch (kind) {
    case Kind::kMarkdown:
      parsed = parse_markdown(name, bytes);
      break;
    case Kind::kText:
      parsed = parse_text(name, bytes);
      break;
    case Kind::kHtml:
      parsed = parse_html(name, bytes);
      break;
    case Kind::kPdf:
      parsed = parse_pdf(name, bytes);
      break;
    case Kind::kCsv:
      parsed = parse_csv(name, bytes, '\0');
      break;
    case Kind::kTsv:
      parsed = parse_csv(name, bytes, '\t');
      break;
    case Kind::kJsonl:
      return make_error(Code::kUnsupported, name + ": JSON lines hold many documents",
                        "ingest it with --format jsonl", "unsupported_kind");
    case Kind::kUnknown:
      break;
  }
  if (!parsed) return parsed;
  if (trim(parsed->text).empty())
    return make_error(Code::kInvalidArgument, name + " holds no text", "", "empty_file");
  if (parsed->title.empty()) {
    parsed->title = title_from_name(name);
    parsed->title_from_content = false;
  }
  return parsed;
}

}  // namespace interposer::knowledge
