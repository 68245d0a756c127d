// lm-evaluation-harness, samples JSONL: one line a document and filter.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>

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

// Members that are no metric.
constexpr std::array<std::string_view, 14> kNoMetric = {
    "doc_id",  "doc",      "target",      "arguments",   "resps",  "filtered_resps", "filter",
    "metrics", "doc_hash", "prompt_hash", "target_hash", "schema", "unsafe_code",    "metadata"};

struct Line {
  std::string id, filter, doc, doc_hash, target, cluster;
  std::vector<std::pair<std::string, double>> values;
};

std::string raw_of(od::value& value) {
  std::string_view raw;
  return simdjson::to_json_string(value).get(raw) == simdjson::SUCCESS ? std::string(raw)
                                                                       : std::string();
}

// A text without its quotes, anything else as JSON.
std::string plain(std::string_view raw) {
  raw = trim(raw);
  if (raw.size() < 2 || raw.front() != '"') return std::string(raw);
  od::parser parser;
  const simdjson::padded_string padded(raw);
  od::document document;
  std::string_view text;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_string().get(text) != simdjson::SUCCESS)
    return std::string(raw);
  return std::string(text);
}

std::string member(const std::string& json_object, const std::string& key) {
  od::parser parser;
  const simdjson::padded_string padded(json_object);
  od::document document;
  od::value value;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.find_field_unordered(key).get(value) != simdjson::SUCCESS)
    return {};
  return plain(raw_of(value));
}

bool read_value(std::string_view key, od::value& value, Line& line) {
  od::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return false;
  if (type == od::json_type::number) {
    double number = 0;
    if (value.get_double().get(number) != simdjson::SUCCESS) return false;
    line.values.emplace_back(key, number);
  } else if (type == od::json_type::boolean) {
    bool flag = false;
    if (value.get_bool().get(flag) != simdjson::SUCCESS) return false;
    line.values.emplace_back(key, flag ? 1.0 : 0.0);
  }
  return true;  // lists are sums of corpus metrics: they have no value of one document
}

bool read_line(od::parser& parser, std::string_view text, Line& line) {
  const simdjson::padded_string padded(text);
  od::document document;
  od::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS)
    return false;
  for (auto field : object) {
    std::string_view view;
    od::value value;
    if (field.unescaped_key().get(view) != simdjson::SUCCESS ||
        field.value().get(value) != simdjson::SUCCESS)
      return false;
    const std::string key(view);
    if (key == "doc_id")
      line.id = plain(raw_of(value));
    else if (key == "filter")
      line.filter = plain(raw_of(value));
    else if (key == "doc_hash")
      line.doc_hash = plain(raw_of(value));
    else if (key == "doc")
      line.doc = raw_of(value);
    else if (key == "target")
      line.target = raw_of(value);
    else if (std::find(kNoMetric.begin(), kNoMetric.end(), key) != kNoMetric.end())
      continue;
    else if (!read_value(key, value, line))
      return false;
  }
  return at_end(document) && !line.id.empty();
}

// samples_gsm8k_2026-08-21T10-00-00.123.jsonl -> gsm8k
std::string task_of(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.starts_with("samples_")) name.remove_prefix(8);
  if (name.ends_with(".jsonl")) name.remove_suffix(6);
  const std::size_t stamp = name.rfind("_20");
  return std::string(stamp == std::string_view::npos ? name : name.substr(0, stamp));
}

Status add_file(SetBuilder& builder, std::string_view text, std::string_view path,
                std::uint32_t file, bool name_task, const ReadOptions& options) {
  od::parser parser;
  const std::string prefix = name_task ? task_of(path) + "/" : "";
  std::size_t number = 0;
  std::int64_t filtered = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view bytes = text.substr(at, end - at);
    number += 1;
    if (!trim(bytes).empty()) {
      Line line;
      if (bytes.size() > kRecordBytesMax || !read_line(parser, bytes, line))
        return make_error(Code::kInvalidArgument, fmt::format("{}:{}: no sample", path, number),
                          "give a samples file of lm-eval --log_samples, whole");
      if (options.variant.empty() || line.filter == options.variant) {
        Row& row = builder.set.rows[builder.row(prefix + line.id, 1)];
        row.content = line.doc_hash.empty() ? hash_text(line.doc + line.target)
                                            : hash_text(line.doc_hash + line.target);
        if (!options.cluster.empty()) line.cluster = member(line.doc, options.cluster);
        row.cluster = line.cluster.empty() ? 0 : hash_text(prefix + line.cluster);
        row.text_at = at;
        row.text_size = static_cast<std::uint32_t>(bytes.size());
        row.file = file;
        const auto index = static_cast<std::uint32_t>(&row - builder.set.rows.data());
        for (const auto& [name, value] : line.values) {
          const bool plain_filter = line.filter.empty() || line.filter == "none";
          IP_TRY(const std::size_t column,
                 builder.metric(plain_filter ? name : name + "," + line.filter));
          builder.score(index, column, value);
        }
        filtered += 1;
      }
    }
    at = end + 1;
  }
  if (number > 0 && filtered == 0)
    return make_error(Code::kNotFound,
                      fmt::format("{}: no sample of filter '{}'", path, options.variant),
                      "name a filter that the task has, or none");
  return {};
}

}  // namespace

Result<ResultSet> read_lm_eval(const std::string& source, const std::vector<std::string>& files,
                               const ReadOptions& options) {
  SetBuilder builder;
  builder.set.source = source;
  builder.set.format = "lm-eval";
  std::vector<std::string> tasks;
  for (const std::string& path : files) {
    IP_TRY(const trec::MappedFile file, trec::MappedFile::open(path));
    builder.set.files.push_back(path);
    IP_OK(add_file(builder, file.text(), path,
                   static_cast<std::uint32_t>(builder.set.files.size() - 1), files.size() > 1,
                   options));
    tasks.push_back(task_of(path));
  }
  builder.set.name = join(tasks, ", ");
  return builder.finish();
}

Result<ResultSet> read_lm_eval_text(std::string_view text, std::string_view name) {
  SetBuilder builder;
  builder.set.files.emplace_back(name);
  IP_OK(add_file(builder, text, name, 0, false, {}));
  return builder.finish();
}

Result<Texts> lm_eval_texts(std::string_view line) {
  od::parser parser;
  const simdjson::padded_string padded(line);
  od::document document;
  od::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS)
    return make_error(Code::kDataLoss, "a sample is no JSON object", "the file has changed");
  Texts out;
  for (auto field : object) {
    std::string_view key;
    od::value value;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
        field.value().get(value) != simdjson::SUCCESS)
      return make_error(Code::kDataLoss, "a sample is no JSON object", "the file has changed");
    const std::string name(key);
    if (name == "doc") out.input = raw_of(value);
    if (name == "target") out.expected = plain(raw_of(value));
    if (name == "resps") out.output = raw_of(value);
  }
  // [["text"]] is one response; anything else is shown as it is.
  std::string_view resps = trim(out.output);
  while (resps.size() > 2 && resps.front() == '[' && resps.back() == ']')
    resps = trim(resps.substr(1, resps.size() - 2));
  if (!resps.empty() && resps.front() == '"') {
    const std::string text = plain(resps);
    if (text != resps) out.output = text;
  }
  const std::string question = member(out.input, "question");
  if (!question.empty()) out.input = question;
  return out;
}

}  // namespace interposer::evals
