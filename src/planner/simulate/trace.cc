#include "planner/simulate/trace.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>

#include "base/strings.h"
#include "planner/simulate/trace_lines.h"

namespace interposer::planner {
namespace {

struct Columns {
  int time = -1, prompt = -1, answer = -1;
};

const std::vector<std::string>& names(int which) {
  static const std::vector<std::string> kTime = {"timestamp", "time", "arrival", "arrived_at"};
  static const std::vector<std::string> kPrompt = {"contexttokens", "prompt_tokens", "input_tokens",
                                                   "input_length", "num_prefill_tokens"};
  static const std::vector<std::string> kAnswer = {"generatedtokens", "completion_tokens",
                                                   "output_tokens", "output_length",
                                                   "num_decode_tokens"};
  return which == 0 ? kTime : which == 1 ? kPrompt : kAnswer;
}

Result<int> column(const std::vector<std::string>& header, int which, const TracePlace& place) {
  const std::vector<std::string>& known = names(which);
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (std::find(known.begin(), known.end(), header[i]) != known.end()) return static_cast<int>(i);
  }
  static constexpr const char* kWhat[] = {"time", "prompt tokens", "answer tokens"};
  return place.error(std::string("no column for the ") + kWhat[which] +
                         " (the header has: " + join(header, ", ") + ")",
                     "name it one of: " + join(known, ", "));
}

Result<Columns> read_header(std::string_view line, const TracePlace& place) {
  std::vector<std::string> header;
  for (std::string_view cell : split(line, ',')) {
    std::string name = to_lower(trim(cell));
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
      name = name.substr(1, name.size() - 2);
    }
    header.push_back(std::move(name));
  }
  Columns out;
  IP_TRY(out.time, column(header, 0, place));
  IP_TRY(out.prompt, column(header, 1, place));
  IP_TRY(out.answer, column(header, 2, place));
  return out;
}

std::optional<double> whole_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// Days since 1970-01-01 of a civil date (Howard Hinnant's days_from_civil).
std::int64_t civil_days(int y, int m, int d) {
  y -= m <= 2 ? 1 : 0;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int of_era = y - era * 400;
  const int of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return std::int64_t{era} * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

// "2023-11-16 18:15:46.6805900", with 'T' for the blank and an optional 'Z' or "+00:00".
std::optional<double> date_seconds(std::string_view t) {
  if (t.size() < 19 || t[4] != '-' || t[7] != '-' || (t[10] != ' ' && t[10] != 'T') ||
      t[13] != ':' || t[16] != ':') {
    return std::nullopt;
  }
  const auto year = digits(t, 0, 4), month = digits(t, 5, 2), day = digits(t, 8, 2);
  const auto hour = digits(t, 11, 2), minute = digits(t, 14, 2), second = digits(t, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (*month < 1 || *month > 12 || *day < 1 || *day > 31 || *hour > 23 || *minute > 59 ||
      *second > 60) {
    return std::nullopt;
  }
  std::string_view rest = t.substr(19);
  if (!rest.empty() && rest.back() == 'Z') rest.remove_suffix(1);
  if (rest.ends_with("+00:00")) rest.remove_suffix(6);
  double fraction = 0;
  if (!rest.empty()) {
    if (rest[0] != '.') return std::nullopt;
    double unit = 0.1;
    for (std::size_t i = 1; i < rest.size(); ++i, unit /= 10) {
      if (rest[i] < '0' || rest[i] > '9') return std::nullopt;
      fraction += unit * (rest[i] - '0');
    }
  }
  const std::int64_t days = civil_days(*year, *month, *day);
  return static_cast<double>(days * 86400 + *hour * 3600 + *minute * 60 + *second) + fraction;
}

Result<double> read_time(std::string_view text, const TracePlace& place) {
  if (auto number = whole_number(text)) return *number;
  if (auto date = date_seconds(text)) return *date;
  return place.error("the time '" + std::string(text.substr(0, 40)) + "' cannot be read",
                     "write seconds, or a date like 2023-11-16 18:15:46.68");
}

Result<std::uint32_t> read_tokens(std::string_view text, const char* what,
                                  const TracePlace& place) {
  const auto value = whole_number(text);
  if (!value) {
    return place.error(
        std::string("the ") + what + " '" + std::string(text.substr(0, 40)) + "' is no number",
        "write a count of tokens");
  }
  return checked_tokens(*value, what, place);
}

}  // namespace

Result<Workload> read_csv_trace(std::string_view text, const std::string& file) {
  TraceLines lines(text, file);
  auto header = lines.next();
  if (!header) return lines.place().error("the trace is empty", "give a CSV file with a header");
  IP_TRY(const Columns columns, read_header(*header, lines.place()));
  const auto least =
      static_cast<std::size_t>(std::max({columns.time, columns.prompt, columns.answer})) + 1;
  Workload out;
  while (auto line = lines.next()) {
    const std::vector<std::string_view> cells = split(*line, ',');
    if (cells.size() < least) {
      return lines.place().error("the row has " + std::to_string(cells.size()) + " of at least " +
                                     std::to_string(least) + " cells",
                                 "fill the gap or remove the row");
    }
    const auto cell = [&](int i) { return trim(cells[static_cast<std::size_t>(i)]); };
    if (cell(columns.time).empty() || cell(columns.prompt).empty() ||
        cell(columns.answer).empty()) {
      return lines.place().error("the row has an empty cell", "fill the gap or remove the row");
    }
    SimRequest r;
    IP_TRY(r.arrival_s, read_time(cell(columns.time), lines.place()));
    IP_TRY(r.prompt, read_tokens(cell(columns.prompt), "count of prompt tokens", lines.place()));
    IP_TRY(r.answer, read_tokens(cell(columns.answer), "count of answer tokens", lines.place()));
    IP_OK(append_request(r, lines.place(), &out));
  }
  return finish_trace(std::move(out), lines.place());
}

Result<Workload> load_trace(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return make_error(Code::kNotFound, "there is no trace '" + path + "'",
                      "give a CSV file, or Mooncake's JSON lines");
  }
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const std::string text = std::move(bytes).str();
  if (text.size() > kTraceBytesMax) {
    return make_error(Code::kTooLarge, "the trace '" + path + "' is larger than 1 GiB",
                      "cut it, or take a sample");
  }
  const std::string_view body = trim(text);
  return body.starts_with('{') ? read_mooncake_trace(text, path) : read_csv_trace(text, path);
}

}  // namespace interposer::planner
