// PDF by poppler's tools as confined child processes. What pdfinfo and pdftotext say on stderr
// becomes a reason for a person.
#include <unistd.h>

#include <charconv>

#include "base/strings.h"
#include "base/utf8.h"
#include "knowledge/parse/pdf_layout.h"
#include "sandbox/sandbox.h"

namespace interposer::knowledge {
namespace {

constexpr const char* kInfo = "/usr/bin/pdfinfo";
constexpr const char* kText = "/usr/bin/pdftotext";
constexpr const char* kImages = "/usr/bin/pdfimages";
constexpr std::int64_t kSeconds = 60;
constexpr std::int64_t kMemory = 512LL * 1024 * 1024;
constexpr int kMaxPages = 20'000;
constexpr std::size_t kTailBytes = 2048;  // where the end marker stands

Result<sandbox::Outcome> tool(std::vector<std::string> argv, std::string_view bytes) {
  sandbox::Command command;
  command.argv = std::move(argv);
  command.input = std::string(bytes);
  command.limits.cpu_seconds = kSeconds;
  command.limits.wall = std::chrono::seconds(2 * kSeconds);
  command.limits.memory_bytes = kMemory;
  command.limits.output_bytes = static_cast<std::int64_t>(kMaxTextBytes);
  auto ran = sandbox::run(command);
  if (!ran && ran.error().kind == "missing_program")
    return make_error(Code::kFailedPrecondition,
                      "PDF needs poppler's tools, which are not installed",
                      "apt-get install poppler-utils", "missing_program");
  return ran;
}

Error reason(const std::string& name, const sandbox::Outcome& ran, bool ends_well) {
  const auto says = [&](std::string_view words) {
    return ran.err.find(words) != std::string::npos;
  };
  if (says("Incorrect password") || says("encrypted"))
    return make_error(Code::kInvalidArgument, name + " is encrypted: it needs a password",
                      "save a copy without password, e.g.: qpdf --decrypt --password=... IN OUT",
                      "encrypted");
  if (ran.timed_out || ran.signal != 0)
    return make_error(Code::kTooLarge,
                      name + ": reading it takes more than " + std::to_string(kSeconds) + " s or " +
                          std::to_string(kMemory >> 20) + " MiB",
                      "split it", "too_large");
  if (!ends_well)
    return make_error(Code::kInvalidArgument, name + " is truncated: its end is missing",
                      "download or copy it again", "truncated");
  std::string detail = ran.err.substr(0, ran.err.find('\n'));
  return make_error(Code::kInvalidArgument,
                    name + " is damaged and cannot be read" + (detail.empty() ? "" : ": " + detail),
                    "open it in a viewer and save it again", "malformed");
}

struct Info {
  int pages = 0;
  std::string title;
};

Info read_info(std::string_view text) {
  Info info;
  for (const auto line : split(text, '\n')) {
    if (line.starts_with("Title:")) info.title = utf8_repair(trim(line.substr(6)));
    if (line.starts_with("Pages:")) {
      const auto digits = trim(line.substr(6));
      std::from_chars(digits.data(), digits.data() + digits.size(), info.pages);
    }
  }
  return info;
}

Error no_text(const std::string& name, const Info& info, std::string_view bytes) {
  const std::string pages = std::to_string(info.pages) + (info.pages == 1 ? " page" : " pages");
  const auto images = tool({kImages, "-list", "-"}, bytes);
  // Two lines are the table's head.
  const bool pictures = images.ok() && split(images->out, '\n').size() > 3;
  if (pictures)
    return make_error(Code::kInvalidArgument,
                      name + " is scanned: " + pages + " of pictures without text",
                      "OCR is not available here; run one first, e.g.: ocrmypdf IN OUT", "scanned");
  return make_error(Code::kInvalidArgument, name + " is empty: " + pages + " without text", "",
                    "empty_file");
}

}  // namespace

Result<Parsed> parse_pdf(const std::string& name, std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 1024);
  if (head.find("%PDF-") == std::string_view::npos)
    return make_error(Code::kInvalidArgument, name + " is not a PDF file (no %PDF header)",
                      "give it the extension of what it is", "malformed");
  const std::string_view tail = bytes.substr(bytes.size() - std::min(bytes.size(), kTailBytes));
  const bool ends_well = tail.find("%%EOF") != std::string_view::npos;
  IP_TRY(const auto about, tool({kInfo, "-"}, bytes));
  if (about.exit_code != 0 || about.signal != 0 || about.timed_out || !ends_well)
    return reason(name, about, ends_well);
  const Info info = read_info(about.out);
  if (info.pages > kMaxPages)
    return make_error(Code::kTooLarge,
                      name + " has " + std::to_string(info.pages) + " pages; the limit is " +
                          std::to_string(kMaxPages),
                      "split it", "too_large");
  IP_TRY(const auto ran, tool({kText, "-enc", "UTF-8", "-eol", "unix", "-", "-"}, bytes));
  if (ran.exit_code != 0 || ran.signal != 0 || ran.timed_out) return reason(name, ran, ends_well);
  if (ran.output_cut)
    return make_error(Code::kTooLarge, name + " holds too much text", "split it", "too_large");
  Parsed parsed = lay_out_pages(utf8_repair(ran.out));
  if (trim(parsed.text).empty()) return no_text(name, info, bytes);
  parsed.title = info.title;
  if (parsed.title.empty()) {
    for (const Block& block : parsed.blocks) {
      if (block.kind == BlockKind::kPageBreak) break;
      if (block.kind != BlockKind::kHeading) continue;
      parsed.title = parsed.text.substr(static_cast<std::size_t>(block.start),
                                        static_cast<std::size_t>(block.end - block.start));
      break;
    }
  }
  parsed.title_from_content = !parsed.title.empty();
  return parsed;
}

}  // namespace interposer::knowledge
