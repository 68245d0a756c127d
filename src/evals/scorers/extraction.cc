#include "evals/scorers/extraction.h"

#include <unicode/regex.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <unordered_map>

namespace interposer::evals {
namespace {

constexpr std::int32_t kStepsMax = 1000;            // ICU's unit of time, about a millisecond each
constexpr std::int32_t kStackBytesMax = 8'000'000;  // of backtracking
constexpr std::string_view kOpen = "<think>";
constexpr std::string_view kClose = "</think>";

icu::UnicodeString unicode(std::string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

std::unique_ptr<icu::RegexPattern> compile(const std::string& regex, UErrorCode& code) {
  UParseError place{};
  return std::unique_ptr<icu::RegexPattern>(
      icu::RegexPattern::compile(unicode(regex), 0, place, code));
}

// The first group that took part, or the whole match.
std::string matched(icu::RegexMatcher& matcher) {
  UErrorCode code = U_ZERO_ERROR;
  std::int32_t group = 0;
  for (std::int32_t g = 1; g <= matcher.groupCount(); ++g) {
    if (matcher.start(g, code) < 0 || U_FAILURE(code)) continue;
    group = g;
    break;
  }
  std::string out;
  matcher.group(group, code).toUTF8String(out);
  return out;
}

}  // namespace

std::optional<std::string_view> answer_part(std::string_view response) {
  const std::size_t close = response.rfind(kClose);
  const std::size_t open = response.rfind(kOpen);
  if (open != response.npos && (close == response.npos || close < open)) return std::nullopt;
  return close == response.npos ? response : response.substr(close + kClose.size());
}

Status check_extractor(const Extractor& extractor) {
  UErrorCode code = U_ZERO_ERROR;
  compile(extractor.regex, code);
  if (U_SUCCESS(code)) return {};
  return make_error(
      Code::kInvalidArgument,
      "the regular expression '" + extractor.regex + "' is wrong: " + u_errorName(code),
      "mind brackets and backslashes; in YAML put it in single quotes");
}

std::optional<std::string> extract(const Extractor& extractor, std::string_view response) {
  UErrorCode code = U_ZERO_ERROR;
  const auto pattern = compile(extractor.regex, code);
  if (U_FAILURE(code)) return std::nullopt;
  const icu::UnicodeString text = unicode(response);
  const std::unique_ptr<icu::RegexMatcher> matcher(pattern->matcher(text, code));
  if (U_FAILURE(code)) return std::nullopt;
  matcher->setTimeLimit(kStepsMax, code);
  matcher->setStackLimit(kStackBytesMax, code);
  std::optional<std::string> found;
  while (matcher->find(code) && U_SUCCESS(code)) {
    found = matched(*matcher);
    if (extractor.pick == Pick::kFirst) break;
  }
  return found;
}

std::string Disagreement::sentence() const {
  char text[200];
  std::snprintf(text, sizeof text,
                "extractors disagree on %.1f %% (strict %lld, flexible %lld of %lld)",
                100 * share(), static_cast<long long>(strict_right),
                static_cast<long long>(flexible_right), static_cast<long long>(n));
  return text;
}

Disagreement compare_extractors(
    std::span<const std::string> responses, std::span<const std::string> golds,
    const AnswerFinder& strict, const AnswerFinder& flexible,
    const std::function<bool(std::string_view, std::string_view)>& same) {
  Disagreement out;
  for (std::size_t i = 0; i < std::min(responses.size(), golds.size()); ++i) {
    const auto a = strict(responses[i]);
    const auto b = flexible(responses[i]);
    const bool a_right = a && same(*a, golds[i]);
    const bool b_right = b && same(*b, golds[i]);
    ++out.n;
    out.strict_right += a_right ? 1 : 0;
    out.flexible_right += b_right ? 1 : 0;
    out.strict_none += a ? 0 : 1;
    out.flexible_none += b ? 0 : 1;
    out.disagree += a_right != b_right ? 1 : 0;
  }
  return out;
}

double duplicate_share(std::span<const std::string> responses) {
  if (responses.empty()) return 0;
  std::unordered_map<std::string_view, std::size_t> count;
  std::size_t most = 0;
  for (const std::string& response : responses) most = std::max(most, ++count[response]);
  return static_cast<double>(most) / static_cast<double>(responses.size());
}

bool is_constant_answer(std::span<const std::string> responses) {
  return responses.size() >= kDuplicateMin && duplicate_share(responses) >= kDuplicateShare;
}

}  // namespace interposer::evals
