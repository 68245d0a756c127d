#include <unicode/regex.h>

#include <memory>
#include <optional>

#include "base/strings.h"
#include "evals/score/scorers.h"
#include "evals/scorers/answer.h"
#include "evals/suite/suite.h"

namespace interposer::evals {
namespace {

constexpr std::int32_t kRegexTimeLimit = 5'000;  // ICU's steps, about milliseconds

std::unique_ptr<icu::RegexPattern> compile(const std::string& pattern, UErrorCode& status) {
  UParseError where;
  return std::unique_ptr<icu::RegexPattern>(icu::RegexPattern::compile(
      icu::UnicodeString::fromUTF8(pattern), UREGEX_MULTILINE, where, status));
}

std::optional<std::string> match(const Extract& step, std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto pattern = compile(step.pattern, status);
  if (U_FAILURE(status)) return std::nullopt;
  const icu::UnicodeString input =
      icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  const std::unique_ptr<icu::RegexMatcher> matcher(pattern->matcher(input, status));
  if (U_FAILURE(status)) return std::nullopt;
  matcher->setTimeLimit(kRegexTimeLimit, status);
  std::optional<std::string> found;
  while (matcher->find(status) && U_SUCCESS(status)) {
    std::int32_t group = 0;
    for (std::int32_t g = matcher->groupCount(); g > 0; --g) {  // the first that took part
      if (matcher->start(g, status) >= 0) group = g;
    }
    found.emplace();
    matcher->group(group, status).toUTF8String(*found);
    if (!step.last) break;
  }
  if (U_FAILURE(status)) return std::nullopt;
  return found;
}

std::optional<std::string> after(const Extract& step, std::string_view text) {
  const std::size_t at = step.last ? text.rfind(step.pattern) : text.find(step.pattern);
  if (at == std::string_view::npos) return std::nullopt;
  return std::string(trim(text.substr(at + step.pattern.size())));
}

// What stands behind the last finished <think> part.
std::string without_thinking(std::string_view text) {
  const std::size_t end = text.rfind("</think>");
  return std::string(end == std::string_view::npos ? text : trim(text.substr(end + 8)));
}

std::optional<std::string> step_of(const Extract& step, std::string_view text) {
  switch (step.kind) {
    case Extract::Kind::kRegex:
      return match(step, text);
    case Extract::Kind::kStrip:
      return std::string(trim(text));
    case Extract::Kind::kLower:
      return to_lower(text);
    case Extract::Kind::kNumber:
      return gsm8k_flexible(text);
    case Extract::Kind::kLine: {
      const std::string_view whole = trim(text);
      const std::size_t end = whole.rfind('\n');
      return std::string(trim(end == std::string_view::npos ? whole : whole.substr(end + 1)));
    }
    case Extract::Kind::kAfter:
      return after(step, text);
    case Extract::Kind::kNoThinking:
      return without_thinking(text);
  }
  return std::nullopt;
}

}  // namespace

Status check_pattern(const std::string& pattern) {
  UErrorCode status = U_ZERO_ERROR;
  (void)compile(pattern, status);
  if (U_SUCCESS(status)) return {};
  return make_error(Code::kInvalidArgument,
                    std::string("the regex is wrong: ") + u_errorName(status),
                    "ICU's regular expressions; in YAML write them in single quotes");
}

std::optional<std::string> extract_answer(std::string_view text,
                                          const std::vector<Extract>& steps) {
  std::optional<std::string> out = std::string(text);
  for (const Extract& step : steps) {
    out = step_of(step, *out);
    if (!out) return std::nullopt;
  }
  return out;
}

}  // namespace interposer::evals
