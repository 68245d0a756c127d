#include "evals/scorers/answer.h"

#include <algorithm>
#include <charconv>

#include "base/strings.h"

namespace interposer::evals {
namespace {

constexpr std::string_view kMarker = "#### ";

bool digit(char c) { return c >= '0' && c <= '9'; }
bool money(char c) { return digit(c) || c == '$' || c == '.' || c == ','; }

template <class Is>
std::size_t run_length(std::string_view text, const Is& is) {
  const auto end = std::find_if_not(text.begin(), text.end(), is);
  return static_cast<std::size_t>(end - text.begin());
}

// Length of (-?[$0-9.,]{2,})|(-?[0-9]+) at the start of `text`; 0: no match.
std::size_t number_length(std::string_view text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  const std::size_t any = run_length(text.substr(sign), money);
  if (any >= 2) return sign + any;
  const std::size_t digits = run_length(text.substr(sign), digit);
  return digits > 0 ? sign + digits : 0;
}

std::string without(std::string_view text, char unwanted) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out),
               [&](char c) { return c != unwanted; });
  return out;
}

std::optional<double> number_of(std::string_view text) {
  const std::string plain = without(trim(text), ',');
  std::string_view digits = plain;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<std::string> gsm8k_strict(std::string_view response) {
  for (std::size_t at = response.find(kMarker); at != response.npos;
       at = response.find(kMarker, at + 1)) {
    const std::string_view rest = response.substr(at + kMarker.size());
    const std::size_t sign = rest.starts_with('-') ? 1 : 0;
    const std::size_t length =
        run_length(rest.substr(sign), [](char c) { return money(c) && c != '$'; });
    if (length > 0) return std::string(rest.substr(0, sign + length));
  }
  return std::nullopt;
}

std::optional<std::string> gsm8k_flexible(std::string_view response) {
  std::optional<std::string> last;
  for (std::size_t at = 0; at < response.size();) {
    const std::size_t length = number_length(response.substr(at));
    if (length > 0) last = std::string(response.substr(at, length));
    at += std::max<std::size_t>(length, 1);
  }
  return last;
}

std::string gsm8k_clean(std::string_view answer) {
  std::string plain = without(without(answer, ','), '$');
  const std::size_t marker = plain.rfind(kMarker);
  if (marker != plain.npos) plain.erase(0, marker + kMarker.size());
  if (plain.ends_with('.')) plain.pop_back();
  return std::string(trim(plain));
}

std::optional<std::string> answer_after_label(std::string_view solution) {
  const std::size_t at = solution.rfind("A:");
  if (at == solution.npos) return std::nullopt;
  return std::string(trim(solution.substr(at + 2)));
}

bool equal_as_numbers(std::string_view a, std::string_view b) {
  const auto x = number_of(a);
  const auto y = number_of(b);
  if (x && y) return *x == *y;
  return without(trim(a), ',') == without(trim(b), ',');
}

std::string bbh_answer(std::string_view response) {
  constexpr std::string_view kSaid = "answer is ";
  const std::size_t at = response.find(kSaid);
  if (at != response.npos) response.remove_prefix(at + kSaid.size());
  response = trim(response);
  response = trim(response.substr(0, response.find('\n')));
  if (response.ends_with('.')) response.remove_suffix(1);
  return std::string(trim(response));
}

}  // namespace interposer::evals
