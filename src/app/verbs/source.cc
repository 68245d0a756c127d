// interposer source show: the stored text behind a citation, byte for byte.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <memory>

#include "app/connection.h"
#include "app/exit_codes.h"
#include "app/verb.h"

namespace interposer::app {
namespace {

struct Options {
  Common common;
  std::string document, range;
};

struct Range {
  std::size_t start = 0, end = 0;
};

Result<Range> parse_range(const std::string& text, std::size_t size) {
  Range range;
  const char* last = text.data() + text.size();
  const auto first = std::from_chars(text.data(), last, range.start);
  const bool colon = first.ec == std::errc() && first.ptr != last && *first.ptr == ':';
  const auto second = colon ? std::from_chars(first.ptr + 1, last, range.end) : first;
  if (!colon || second.ec != std::errc() || second.ptr != last || range.start > range.end ||
      range.end > size) {
    return make_error(Code::kInvalidArgument,
                      fmt::format("--range {}: not a range of this text", text),
                      fmt::format("give START:END in bytes, 0 <= START <= END <= {}", size));
  }
  return range;
}

int work(const Options& options) {
  auto connection = Connection::open(options.common);
  if (!connection) return fail(connection.error());
  const std::size_t at = options.document.rfind('@');
  const std::string version = at == std::string::npos ? "" : options.document.substr(at + 1);
  auto source = (*connection)->session().source(options.document.substr(0, at), version);
  if (!source) return fail(source.error());
  if (options.common.json && options.range.empty()) {
    fmt::print("{}\n", source->json);
    return kExitOk;
  }
  const std::string& text = source->text;
  Range range{0, text.size()};
  if (!options.range.empty()) {
    auto parsed = parse_range(options.range, text.size());
    if (!parsed) return fail(parsed.error());
    range = *parsed;
  }
  std::fwrite(text.data() + range.start, 1, range.end - range.start, stdout);
  return kExitOk;
}

}  // namespace

void add_source(CLI::App* app, Chosen* chosen) {
  CLI::App* verb = app->add_subcommand("source", "the stored text behind a citation");
  verb->footer(
      "Example:\n  interposer source show handbook/hbm.md@0123456789abcdef --range 120:188");
  verb->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* show =
      subcommand(verb, "show", "print a document's text, or exactly the bytes of a span",
                 "  interposer source show handbook/hbm.md\n"
                 "  interposer source show handbook/hbm.md@0123456789abcdef --range 120:188",
                 &options->common);
  show->add_option("document", options->document, "BASE/ID, or BASE/ID@VERSION")->required();
  show->add_option("--range", options->range, "START:END, bytes of the extracted text");
  show->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
