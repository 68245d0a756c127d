// Our own log into columns. A line is looked at only as far as its small members: the texts, which
// are most of it, are passed over and found again by their place.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/strings.h"
#include "evals/import/builder.h"
#include "evals/import/formats.h"
#include "evals/record/response.h"
#include "evals/trec/text_file.h"

namespace interposer::evals {
namespace {

namespace od = simdjson::ondemand;

// Nothing stands behind the value that was read.
bool at_end(od::document& document) {
  return document.current_location().error() != simdjson::SUCCESS;
}

// A line with the room behind it that simdjson reads into; copied only at a text's end.
class Padded {
 public:
  simdjson::padded_string_view of(std::string_view line, const char* end) {
    const auto behind = static_cast<std::size_t>(end - line.data());
    if (behind >= line.size() + simdjson::SIMDJSON_PADDING)
      return simdjson::padded_string_view(line.data(), line.size(), behind);
    copy_.assign(line);
    copy_.resize(line.size() + simdjson::SIMDJSON_PADDING);
    return simdjson::padded_string_view(copy_.data(), line.size(), copy_.size());
  }

 private:
  std::string copy_;
};

struct Line {  // of the log, what the columns need
  std::string unit, target, content, cluster, status, target_of;
  std::vector<std::string> tags;
  std::int64_t epoch = 1, input_tokens = 0, output_tokens = 0;
  double cost_usd = kUnscored, total_ms = kUnscored;
};

bool read_text(od::value& value, std::string& out) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return false;
  out = text;
  return true;
}

bool read_tags(od::value& value, std::vector<std::string>& out) {
  od::array tags;
  if (value.get_array().get(tags) != simdjson::SUCCESS) return false;
  for (auto item : tags) {
    std::string_view tag;
    if (item.get_string().get(tag) != simdjson::SUCCESS) return false;
    out.emplace_back(tag);
  }
  return true;
}

bool read_member(std::string_view key, od::value& value, Line& line) {
  if (key == "unit") return read_text(value, line.unit);
  if (key == "target") return read_text(value, line.target);
  if (key == "content") return read_text(value, line.content);
  if (key == "cluster") return read_text(value, line.cluster);
  if (key == "status") return read_text(value, line.status);
  if (key == "tags") return read_tags(value, line.tags);
  if (key == "epoch") return value.get_int64().get(line.epoch) == simdjson::SUCCESS;
  if (key == "input_tokens") return value.get_int64().get(line.input_tokens) == simdjson::SUCCESS;
  if (key == "output_tokens") return value.get_int64().get(line.output_tokens) == simdjson::SUCCESS;
  if (key == "cost_usd") return value.get_double().get(line.cost_usd) == simdjson::SUCCESS;
  if (key == "total_ms") return value.get_double().get(line.total_ms) == simdjson::SUCCESS;
  return true;
}

// False: no whole record (a torn line). To be whole, the object's end must have been reached.
bool read_line(od::parser& parser, simdjson::padded_string_view text, Line& line) {
  od::document document;
  od::object object;
  if (parser.iterate(text).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS)
    return false;
  for (auto field : object) {
    std::string_view key;
    od::value value;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
        field.value().get(value) != simdjson::SUCCESS)
      return false;
    if (!read_member(key, value, line)) return false;
  }
  return at_end(document) && !line.unit.empty();
}

template <class F>
void each_line(std::string_view text, F&& f) {
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    const char* const stop = found == nullptr ? end : static_cast<const char*>(found);
    f(std::string_view(at, static_cast<std::size_t>(stop - at)), end);
    at = stop + 1;
  }
}

class LogReader {
 public:
  explicit LogReader(std::string variant) : variant_(std::move(variant)) {}

  void add_segment(std::string_view text, std::uint32_t file) {
    each_line(text, [&](std::string_view bytes, const char* end) {
      if (bytes.empty() || bytes.size() > kRecordBytesMax) return;
      Line line;
      if (!read_line(parser_, padded_.of(bytes, end), line)) {
        torn_ += 1;
        return;
      }
      take(line, static_cast<std::uint64_t>(bytes.data() - text.data()),
           static_cast<std::uint32_t>(bytes.size()), file);
    });
  }

  Status add_scores(std::string_view text);
  Result<ResultSet> finish();
  SetBuilder& builder() { return builder_; }

 private:
  void take(const Line& line, std::uint64_t at, std::uint32_t size, std::uint32_t file) {
    if (!line.target.empty() &&
        std::find(targets_.begin(), targets_.end(), line.target) == targets_.end() &&
        targets_.size() < kTagsMax)
      targets_.push_back(line.target);
    if (!variant_.empty() && line.target != variant_) return;
    const auto status = status_by_name(line.status);
    if (!status || line.epoch < 1 || line.epoch > std::numeric_limits<std::int32_t>::max()) {
      torn_ += 1;
      return;
    }
    ResultSet& set = builder_.set;
    Row& row = set.rows[builder_.row(line.unit, static_cast<std::uint32_t>(line.epoch))];
    row.content = line.content.empty() ? 0 : hash_text(line.content);
    row.cluster = line.cluster.empty() ? 0 : hash_text(line.cluster);
    row.tags = 0;
    for (const std::string& tag : line.tags) row.tags |= set.tag_bit(tag);
    row.text_at = at;
    row.text_size = size;
    row.file = file;
    row.cost_usd = line.cost_usd;
    row.latency_ms = line.total_ms;
    row.input_tokens = line.input_tokens;
    row.output_tokens = line.output_tokens;
    row.status = static_cast<std::uint64_t>(*status);
  }
  Status read_score_head(std::string_view line, const char* end);
  bool read_score(std::string_view line, const char* end);

  std::string variant_;
  SetBuilder builder_;
  od::parser parser_;
  Padded padded_;
  std::vector<std::string> targets_;
  std::int64_t torn_ = 0;
};

Error bad_scores(std::size_t line) {
  return make_error(Code::kDataLoss, fmt::format("scores.jsonl:{}: no line of scores", line),
                    "run `interposer eval score` on the folder: it makes the file anew");
}

Status LogReader::read_score_head(std::string_view line, const char* end) {
  od::document document;
  od::array metrics;
  if (parser_.iterate(padded_.of(line, end)).get(document) != simdjson::SUCCESS ||
      document["metrics"].get_array().get(metrics) != simdjson::SUCCESS)
    return bad_scores(1);
  for (auto item : metrics) {
    std::string_view name, scorer;
    bool higher = true;
    od::object metric;
    if (item.get_object().get(metric) != simdjson::SUCCESS ||
        metric["name"].get_string().get(name) != simdjson::SUCCESS)
      return bad_scores(1);
    const std::string kept(name);
    if (metric["higher"].get_bool().get(higher) != simdjson::SUCCESS) return bad_scores(1);
    if (metric["scorer"].get_string().get(scorer) != simdjson::SUCCESS) return bad_scores(1);
    IP_TRY(const std::size_t column, builder_.metric(kept, scorer));
    builder_.set.metrics[column].higher_is_better = higher;
  }
  return {};
}

bool LogReader::read_score(std::string_view line, const char* end) {
  od::document document;
  od::object object;
  if (parser_.iterate(padded_.of(line, end)).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS)
    return false;
  std::string_view unit, target;
  std::int64_t epoch = 1;
  if (object["unit"].get_string().get(unit) != simdjson::SUCCESS) return false;
  const std::string id(unit);
  if (object["epoch"].get_int64().get(epoch) != simdjson::SUCCESS) return false;
  if (object["target"].get_string().get(target) != simdjson::SUCCESS) return false;
  if (!variant_.empty() && target != variant_) return true;
  const std::uint32_t row = builder_.find(id, static_cast<std::uint32_t>(epoch));
  if (row == UINT32_MAX) return true;  // scored once, and its record is not here
  od::array values;
  if (object["s"].get_array().get(values) != simdjson::SUCCESS) return false;
  std::size_t column = 0;
  for (auto item : values) {
    double value = 0;
    if (column == builder_.set.metrics.size()) return false;
    if (item.get_double().get(value) == simdjson::SUCCESS) builder_.score(row, column, value);
    column += 1;
  }
  return true;
}

Status LogReader::add_scores(std::string_view text) {
  std::size_t number = 0;
  Status status;
  each_line(text, [&](std::string_view line, const char* end) {
    number += 1;
    if (!status || line.empty()) return;
    if (number == 1) {
      status = read_score_head(line, end);
    } else if (!read_score(line, end)) {
      status = bad_scores(number);
    }
  });
  return status;
}

Result<ResultSet> LogReader::finish() {
  if (variant_.empty() && targets_.size() > 1)
    return make_error(
        Code::kInvalidArgument,
        fmt::format("{} holds answers of {} targets", builder_.set.source, targets_.size()),
        "name one behind a #: " + builder_.set.source + "#" + join(targets_, ", #"));
  if (!variant_.empty() && builder_.set.rows.empty())
    return make_error(Code::kNotFound, "no target '" + variant_ + "' in " + builder_.set.source,
                      did_you_mean(variant_, targets_));
  if (torn_ > 0)
    builder_.set.notes.push_back(fmt::format("{} torn or foreign lines were passed over", torn_));
  if (targets_.size() == 1) builder_.set.model = targets_.front();
  if (!variant_.empty()) builder_.set.model = variant_;
  return builder_.finish();
}

}  // namespace

Result<ResultSet> read_own_log(const std::string& folder, const std::vector<std::string>& segments,
                               const ReadOptions& options) {
  LogReader reader(options.variant);
  ResultSet& set = reader.builder().set;
  set.source = folder;
  set.format = "interposer";
  for (const std::string& path : segments) {
    IP_TRY(const trec::MappedFile file, trec::MappedFile::open(path));
    set.files.push_back(path);
    reader.add_segment(file.text(), static_cast<std::uint32_t>(set.files.size() - 1));
  }
  const std::string scores = folder + "/scores.jsonl";
  auto file = trec::MappedFile::open(scores);
  if (file) {
    IP_OK(reader.add_scores(file->text()));
  } else {
    set.notes.push_back("not scored yet: run `interposer eval score " + folder + "`");
  }
  return reader.finish();
}

Result<ResultSet> read_own_text(std::string_view samples, std::string_view scores) {
  LogReader reader({});
  reader.builder().set.files.push_back("samples");
  reader.add_segment(samples, 0);
  IP_OK(reader.add_scores(scores));
  return reader.finish();
}

Result<Texts> own_texts(std::string_view line) {
  IP_TRY(Response response, parse_response(line));
  Texts out{response.input, response.expected, response.text, response.error};
  if (out.output.empty() && !response.tool_calls.empty()) out.output = response.tool_calls;
  return out;
}

}  // namespace interposer::evals
