#include "evals/trec/judgments.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "evals/trec/run.h"
#include "evals/trec/text_file.h"

namespace interposer::evals::trec {
namespace {

struct Line {
  std::string_view topic, group, subgroup, doc, grade;
  std::size_t number = 0;
};

bool is_preference(Format format) {
  return format == Format::kPrefs || format == Format::kQrelsPrefs;
}

// A whole number, as "1.0" too, which some tools write.
std::optional<std::int32_t> parse_grade(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || value > kGradeMax || value < -kGradeMax) return std::nullopt;
  std::string_view fraction(rest, static_cast<std::size_t>(end - rest));
  if (!fraction.empty() &&
      (fraction[0] != '.' || fraction.find_first_not_of('0', 1) != std::string_view::npos)) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(value);
}

std::optional<double> parse_level(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || rest != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

Result<std::vector<Line>> read_lines(std::string_view text, std::string_view file, Format format,
                                     Personality personality) {
  const bool has_subgroup = format == Format::kPrefs;
  std::vector<Line> lines;
  LineReader reader(text);
  while (reader.next_line()) {
    if (has_comments(personality) && reader.first_char() == '#') continue;
    Line line;
    line.number = reader.line_number();
    line.topic = reader.next_field();
    line.group = reader.next_field();
    line.subgroup = has_subgroup ? reader.next_field() : std::string_view("0");
    line.doc = reader.next_field();
    line.grade = reader.next_field();
    if (line.grade.empty() || !reader.at_line_end()) {
      return line_error(file, line.number,
                        has_subgroup ? "not the five fields of a preference"
                                     : "not the four fields of a judgment",
                        has_subgroup ? "write: topic group subgroup document level"
                                     : "write: topic 0 document grade");
    }
    lines.push_back(line);
  }
  return lines;
}

Error grade_error(std::string_view file, const Line& line, bool preference) {
  return line_error(file, line.number,
                    "'" + std::string(line.grade.substr(0, 40)) +
                        (preference ? "' is not a level" : "' is not a grade"),
                    preference ? "write a number" : "write a whole number of at most 65535");
}

Status add_judged(JudgedTopic& topic, const Line& line, Format format, std::string_view file) {
  const std::string_view judge = format == Format::kQrelsJg ? line.group : std::string_view();
  if (topic.groups.empty() || topic.groups.back().judge != judge)
    topic.groups.push_back({judge, {}});
  std::vector<Judged>& docs = topic.groups.back().docs;
  if (!docs.empty() && docs.back().doc == line.doc) {
    return line_error(file, line.number,
                      "document '" + std::string(line.doc) + "' is judged twice for topic '" +
                          std::string(line.topic) + "'",
                      "keep one of the two lines");
  }
  const auto grade = parse_grade(line.grade);
  if (!grade) return grade_error(file, line, false);
  docs.push_back({line.doc, hash_of(line.doc), *grade});
  return {};
}

}  // namespace

std::optional<Format> format_by_name(std::string_view name) {
  if (name == "qrels") return Format::kQrels;
  if (name == "qrels_jg") return Format::kQrelsJg;
  if (name == "prefs") return Format::kPrefs;
  if (name == "qrels_prefs") return Format::kQrelsPrefs;
  return std::nullopt;
}

Result<Judgments> parse_judgments(std::string_view text, std::string_view file, Format format,
                                  Personality personality) {
  IP_TRY(std::vector<Line> lines, read_lines(text, file, format, personality));
  std::stable_sort(lines.begin(), lines.end(), [&](const Line& a, const Line& b) {
    if (a.topic != b.topic) return a.topic < b.topic;
    if (format == Format::kQrelsJg && a.group != b.group) return a.group < b.group;
    return a.doc < b.doc;
  });
  Judgments out;
  out.format = format;
  for (const Line& line : lines) {
    if (out.topics.empty() || out.topics.back().id != line.topic) {
      out.topics.push_back({line.topic, {}, {}});
    }
    JudgedTopic& topic = out.topics.back();
    if (is_preference(format)) {
      const auto level = parse_level(line.grade);
      if (!level) return grade_error(file, line, true);
      topic.preferences.push_back({line.group, line.subgroup, line.doc, *level});
    } else {
      IP_OK(add_judged(topic, line, format, file));
    }
  }
  return out;
}

}  // namespace interposer::evals::trec
