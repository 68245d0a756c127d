#include "knowledge/parse/worker.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

#include "base/utf8.h"
#include "knowledge/records/codec.h"
#include "sandbox/sandbox.h"

namespace interposer::knowledge {
namespace {

std::atomic<bool> has_verb = false;

std::string read_all(int fd) {
  std::string all;
  char buffer[65536];
  for (;;) {
    const ::ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return all;
    all.append(buffer, static_cast<std::size_t>(n));
  }
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ::ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string parse_to_bytes(std::string_view bytes) { return encode_parsed(parse_html_here(bytes)); }

Error died(const std::string& name, const sandbox::Outcome& outcome) {
  if (outcome.timed_out || outcome.signal == SIGXCPU)
    return make_error(
        Code::kTooLarge,
        name + ": reading it takes longer than " + std::to_string(kHtmlSeconds) + " s",
        "simplify or split the file", "too_large");
  if (outcome.output_cut)
    return make_error(Code::kTooLarge, name + " holds too much text", "split it", "too_large");
  return make_error(Code::kInvalidArgument,
                    name + ": the parser stopped (" +
                        (outcome.signal ? "signal " + std::to_string(outcome.signal)
                                        : "exit code " + std::to_string(outcome.exit_code)) +
                        "); the file is malformed or needs more than " +
                        std::to_string(kHtmlMemory >> 20) + " MiB",
                    "simplify or split the file", "malformed");
}

}  // namespace

std::optional<int> parse_worker_main(int argc, char** argv) {
  has_verb = true;
  if (argc < 2 || std::string_view(argv[1]) != "parse-worker") return std::nullopt;
  if (argc != 3 || std::string_view(argv[2]) != "html") return 2;
  // The descriptors are what is needed; from here on nothing can be opened.
  if (!sandbox::enter_strict()) return 3;
  return write_all(1, parse_to_bytes(read_all(0))) ? 0 : 4;
}

std::string encode_parsed(const Result<Parsed>& parsed) {
  Writer out;
  out.number(parsed.ok() ? 1 : 0);
  if (!parsed) {
    out.number(static_cast<std::uint64_t>(parsed.error().code));
    out.text(parsed.error().message);
    out.text(parsed.error().remedy);
    out.text(parsed.error().kind);
    return out.take();
  }
  out.text(parsed->title);
  out.number(parsed->title_from_content ? 1 : 0);
  out.text(parsed->text);
  write_blocks(out, parsed->blocks);
  return out.take();
}

Result<Parsed> decode_parsed(std::string_view bytes) {
  Reader in(bytes);
  if (in.number() == 0) {
    const auto code = static_cast<Code>(in.number());
    const std::string message(in.text()), remedy(in.text()), kind(in.text());
    if (!in.ok() || code > Code::kInternal)
      return make_error(Code::kInternal, "the parser's child said nothing that can be read");
    return make_error(code, message, remedy, kind);
  }
  Parsed parsed;
  parsed.title = utf8_repair(in.text());
  parsed.title_from_content = in.number() != 0;
  parsed.text = std::string(in.text());
  if (!in.ok() || !utf8_valid(parsed.text))
    return make_error(Code::kInternal, "the parser's child said nothing that can be read");
  IP_TRY(parsed.blocks, read_blocks(in, parsed.text));
  return parsed;
}

Result<Parsed> parse_html(const std::string& name, std::string_view bytes) {
  IP_TRY(const std::string source, decode_html(name, bytes));
  sandbox::Limits limits;
  limits.cpu_seconds = kHtmlSeconds;
  limits.wall = std::chrono::seconds(3 * kHtmlSeconds);
  limits.memory_bytes = kHtmlMemory;
  limits.output_bytes = 2 * static_cast<std::int64_t>(kMaxTextBytes);
  auto ran = has_verb ? sandbox::run_self({"parse-worker", "html"}, source, limits)
                      : sandbox::run_function(parse_to_bytes, source, limits);
  if (!ran) return std::move(ran).error().within("reading " + name);
  if (ran->timed_out || ran->signal != 0 || ran->output_cut || ran->exit_code != 0)
    return died(name, *ran);
  auto parsed = decode_parsed(ran->out);
  if (!parsed) return std::move(parsed).error().within(name);
  return parsed;
}

}  // namespace interposer::knowledge
