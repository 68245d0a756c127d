#include "evals/report/diff.h"

#include <algorithm>

#include "base/strings.h"
#include "base/utf8.h"

namespace interposer::evals {
namespace {

constexpr std::size_t kEditsMax = 500;  // beyond them all of it counts as changed

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines out = split(text, '\n');
  if (out.size() > kDiffLinesMax) out.resize(kDiffLinesMax);
  return out;
}

// Myers' greedy algorithm; gives the furthest x of each diagonal after each number of edits.
std::vector<std::vector<std::ptrdiff_t>> trace_of(const Lines& a, const Lines& b) {
  const auto n = static_cast<std::ptrdiff_t>(a.size()), m = static_cast<std::ptrdiff_t>(b.size());
  std::vector<std::vector<std::ptrdiff_t>> trace;
  const std::ptrdiff_t most = std::min<std::ptrdiff_t>(n + m, kEditsMax);
  std::vector<std::ptrdiff_t> v(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [&](std::ptrdiff_t k) -> std::ptrdiff_t& {
    return v[static_cast<std::size_t>(k + most + 1)];
  };
  for (std::ptrdiff_t d = 0; d <= most; ++d) {
    trace.push_back(v);
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      std::ptrdiff_t x = k == -d || (k != d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
      std::ptrdiff_t y = x - k;
      while (x < n && y < m && a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(y)]) {
        ++x;
        ++y;
      }
      at(k) = x;
      if (x >= n && y >= m) return trace;
    }
  }
  trace.clear();
  return trace;
}

std::vector<DiffLine> script(const Lines& a, const Lines& b) {
  std::vector<DiffLine> out;
  const auto trace = trace_of(a, b);
  if (trace.empty()) {
    for (const std::string_view line : a) out.push_back({'-', std::string(line)});
    for (const std::string_view line : b) out.push_back({'+', std::string(line)});
    return out;
  }
  auto x = static_cast<std::ptrdiff_t>(a.size()), y = static_cast<std::ptrdiff_t>(b.size());
  const auto middle = static_cast<std::ptrdiff_t>(trace.front().size() / 2);
  const auto line = [](const Lines& lines, std::ptrdiff_t i) {
    return std::string(lines[static_cast<std::size_t>(i)]);
  };
  for (auto d = static_cast<std::ptrdiff_t>(trace.size()) - 1; d >= 0; --d) {
    const auto at = [&](std::ptrdiff_t k) {
      return trace[static_cast<std::size_t>(d)][static_cast<std::size_t>(k + middle)];
    };
    const std::ptrdiff_t k = x - y;
    const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
    const std::ptrdiff_t from_k = down ? k + 1 : k - 1;
    const std::ptrdiff_t from_x = at(from_k), from_y = from_x - from_k;
    while (x > from_x && y > from_y) {
      --x;
      --y;
      out.push_back({' ', line(a, x)});
    }
    if (d == 0) break;
    if (down) {
      out.push_back({'+', line(b, y - 1)});
    } else {
      out.push_back({'-', line(a, x - 1)});
    }
    x = from_x;
    y = from_y;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

// Keeps what stands within `context` lines of a change.
std::vector<DiffLine> cut(const std::vector<DiffLine>& all, std::size_t context) {
  std::vector<bool> keep(all.size(), false);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].mark == ' ') continue;
    const std::size_t from = i > context ? i - context : 0;
    const std::size_t to = std::min(all.size(), i + context + 1);
    for (std::size_t j = from; j < to; ++j) keep[j] = true;
  }
  std::vector<DiffLine> out;
  bool skipping = false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (keep[i]) {
      out.push_back(all[i]);
    } else if (!skipping) {
      out.push_back({' ', "..."});
    }
    skipping = !keep[i];
  }
  return out;
}

// The window of a long line that begins a little before `from`.
std::string window(const std::string& line, std::size_t from) {
  if (line.size() <= kDiffLineBytes) return line;
  const std::size_t start = utf8_floor(line, from > 40 ? from - 40 : 0);
  const std::size_t end = utf8_floor(line, std::min(line.size(), start + kDiffLineBytes));
  return (start > 0 ? "..." : "") + line.substr(start, end - start) +
         (end < line.size() ? "..." : "");
}

}  // namespace

std::vector<DiffLine> diff_lines(std::string_view before, std::string_view after,
                                 std::size_t context) {
  if (before == after) return {};
  std::vector<DiffLine> out = cut(script(lines_of(before), lines_of(after)), context);
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::size_t same = 0;
    // A removed line that is followed by its replacement is shown where the two part.
    if (out[i].mark == '-' && i + 1 < out.size() && out[i + 1].mark == '+') {
      const std::string &x = out[i].text, &y = out[i + 1].text;
      while (same < x.size() && same < y.size() && x[same] == y[same]) ++same;
      out[i + 1].text = window(y, same);
    }
    if (out[i].mark != '+' || i == 0 || out[i - 1].mark != '-')
      out[i].text = window(out[i].text, same);
  }
  return out;
}

}  // namespace interposer::evals
