// Result files that are one JSON document: promptfoo's and inspect's.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/strings.h"
#include "base/utf8.h"
#include "evals/import/builder.h"
#include "evals/import/formats.h"
#include "evals/record/response.h"

namespace interposer::evals {
namespace {

namespace json = boost::json;

Error not_read(const std::string& path, std::string what) {
  return make_error(Code::kInvalidArgument, path + ": " + std::move(what),
                    "give the file as the tool wrote it");
}

Result<json::value> parse(std::string_view text, const std::string& path) {
  json::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error);
  if (error) return not_read(path, "no JSON: " + error.message());
  return value;
}

const json::value* find(const json::value& value, std::string_view key) {
  const json::object* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains({key.data(), key.size()});
}

template <class... Keys>
const json::value* find(const json::value& value, std::string_view key, Keys... rest) {
  const json::value* inner = find(value, key);
  return inner == nullptr ? nullptr : find(*inner, rest...);
}

std::string text_of(const json::value* value) {
  if (value == nullptr || value->is_null()) return {};
  if (const json::string* text = value->if_string()) return std::string(*text);
  return json::serialize(*value);
}

double number_of(const json::value* value) {
  if (value == nullptr) return kUnscored;
  if (value->is_bool()) return value->get_bool() ? 1 : 0;
  json::error_code error;
  const double number = value->is_number() ? value->to_number<double>(error) : kUnscored;
  return error ? kUnscored : number;
}

std::int64_t count_of(const json::value* value) {
  const double number = number_of(value);
  return number >= 0 && number < 9e15 ? static_cast<std::int64_t>(number) : 0;
}

std::string shown(std::string text) {
  if (text.size() > kTextShownMax) text.resize(utf8_floor(text, kTextShownMax));
  return text;
}

// --- promptfoo ---------------------------------------------------------------------------------

std::string provider_of(const json::value& result) {
  const json::value* provider = find(result, "provider");
  if (provider == nullptr) return {};
  if (provider->is_string()) return text_of(provider);
  const std::string label = text_of(find(*provider, "label"));
  return label.empty() ? text_of(find(*provider, "id")) : label;
}

std::string prompt_of(const json::value& result) {
  const std::string label = text_of(find(result, "prompt", "label"));
  if (!label.empty() && label.size() <= 80) return label;
  return "prompt " + text_of(find(result, "promptIdx"));
}

UnitStatus promptfoo_status(const json::value& result) {
  const std::string error = text_of(find(result, "error"));
  const std::string output = text_of(find(result, "response", "output"));
  // promptfoo tells a failed assertion in "error" too: then there is a grading.
  if (!error.empty() && find(result, "response", "output") == nullptr)
    return UnitStatus::kProviderError;
  const std::string finish = text_of(find(result, "response", "finishReason"));
  if (finish == "length") return UnitStatus::kTruncated;
  const json::value* refusal = find(result, "response", "isRefusal");
  if (refusal != nullptr && refusal->is_bool() && refusal->get_bool()) return UnitStatus::kRefused;
  return output.empty() ? UnitStatus::kEmpty : UnitStatus::kOk;
}

class Promptfoo {
 public:
  Promptfoo(const std::string& path, const ReadOptions& options) : options_(options) {
    builder_.set.source = path;
    builder_.set.format = "promptfoo";
  }

  void see(const json::value& result) {
    variants_.insert(provider_of(result));
    prompts_.insert(prompt_of(result));
  }

  Status add(const json::value& result) {
    const std::string provider = provider_of(result), prompt = prompt_of(result);
    if (!options_.variant.empty() && options_.variant != provider && options_.variant != prompt)
      return {};
    const json::value* vars = find(result, "vars");
    if (vars == nullptr) vars = find(result, "testCase", "vars");
    const std::string vars_text = vars == nullptr ? "" : json::serialize(*vars);
    std::string id = text_of(find(result, "testIdx"));
    if (id.empty()) id = content_hash({vars_text});
    // Providers and prompts stay apart only where there is more than one to be told apart.
    const std::string cluster = id;
    const bool several = options_.variant.empty() && (variants_.size() > 1 || prompts_.size() > 1);
    if (several) id += " / " + provider + " / " + prompt;
    const std::uint32_t epoch = ++seen_[id];
    const std::uint32_t index = builder_.row(id, epoch);
    ResultSet& set = builder_.set;
    {
      Row& row = set.rows[index];
      row.content = hash_text("vars" + vars_text);
      const json::value* checks = find(result, "testCase", "assert");
      row.scoring = checks == nullptr ? 0 : hash_text(json::serialize(*checks));
      row.cluster = several ? hash_text(cluster) : 0;
      if (!options_.cluster.empty()) take_cluster(row, result, vars);
      row.status = static_cast<std::uint64_t>(promptfoo_status(result));
      row.latency_ms = number_of(find(result, "latencyMs"));
      const json::value* cost = find(result, "cost");
      row.cost_usd = number_of(cost == nullptr ? find(result, "response", "cost") : cost);
      const json::value* usage = find(result, "response", "tokenUsage");
      if (usage != nullptr) {
        row.input_tokens = count_of(find(*usage, "prompt"));
        row.output_tokens = count_of(find(*usage, "completion"));
      }
      const json::value* reason = find(result, "gradingResult", "reason");
      put_texts(set, row,
                {shown(vars_text),
                 {},
                 shown(text_of(find(result, "response", "output"))),
                 shown(text_of(reason))});
    }
    return add_scores(result, index);
  }

  Result<ResultSet> finish() {
    if (builder_.set.rows.empty()) {
      std::vector<std::string> names(variants_.begin(), variants_.end());
      names.insert(names.end(), prompts_.begin(), prompts_.end());
      if (names.empty()) return not_read(builder_.set.source, "no results in it");
      return make_error(Code::kNotFound, "no '" + options_.variant + "' in " + builder_.set.source,
                        did_you_mean(options_.variant, names));
    }
    builder_.set.model = options_.variant.empty() ? join({variants_.begin(), variants_.end()}, ", ")
                                                  : options_.variant;
    return builder_.finish();
  }

 private:
  void take_cluster(Row& row, const json::value& result, const json::value* vars) {
    const json::value* field = vars == nullptr ? nullptr : find(*vars, options_.cluster);
    if (field == nullptr) field = find(result, "testCase", "metadata", options_.cluster);
    if (field != nullptr) row.cluster = hash_text(json::serialize(*field));
  }

  Status add_scores(const json::value& result, std::uint32_t row) {
    if (!is_scorable(builder_.set.status(builder_.set.rows[row]))) {
      for (const char* name : {"pass", "score"}) {
        IP_TRY(const std::size_t column, builder_.metric(name));
        builder_.score(row, column, kUnscored);
      }
      return {};
    }
    IP_TRY(const std::size_t pass, builder_.metric("pass"));
    builder_.score(row, pass, number_of(find(result, "success")));
    IP_TRY(const std::size_t score, builder_.metric("score"));
    builder_.score(row, score, number_of(find(result, "score")));
    const json::value* named = find(result, "namedScores");
    if (named == nullptr || !named->is_object()) return {};
    for (const auto& [name, value] : named->get_object()) {
      IP_TRY(const std::size_t column, builder_.metric({name.data(), name.size()}));
      builder_.score(row, column, number_of(&value));
    }
    return {};
  }

  ReadOptions options_;
  SetBuilder builder_;
  std::set<std::string> variants_, prompts_;
  std::map<std::string, std::uint32_t> seen_;
};

// --- inspect -----------------------------------------------------------------------------------

// inspect's own value_to_float: C 1, P 0.5, I and N 0.
double inspect_value(const json::value& value) {
  if (const json::string* text = value.if_string()) {
    if (*text == "C") return 1;
    if (*text == "P") return 0.5;
    if (*text == "I" || *text == "N") return 0;
    const std::string lower = to_lower(std::string_view(text->data(), text->size()));
    if (lower == "yes" || lower == "true") return 1;
    if (lower == "no" || lower == "false") return 0;
    return kUnscored;
  }
  return number_of(&value);
}

UnitStatus inspect_status(const json::value& sample) {
  const json::value* error = find(sample, "error");
  if (error != nullptr && !error->is_null()) return UnitStatus::kProviderError;
  const json::value* choices = find(sample, "output", "choices");
  const json::array* list = choices == nullptr ? nullptr : choices->if_array();
  if (list == nullptr || list->empty()) return UnitStatus::kEmpty;
  const std::string stop = text_of(find(list->front(), "stop_reason"));
  if (stop == "max_tokens" || stop == "model_length") return UnitStatus::kTruncated;
  if (stop == "content_filter") return UnitStatus::kRefused;
  return UnitStatus::kOk;
}

// A message's content: a text, or a list of parts.
std::string content_of(const json::value* content) {
  const json::array* parts = content == nullptr ? nullptr : content->if_array();
  if (parts == nullptr) return text_of(content);
  std::string out;
  for (const json::value& part : *parts) out += text_of(find(part, "text"));
  return out;
}

Status inspect_scores(SetBuilder& builder, const json::value& sample, std::uint32_t row) {
  const json::value* scores = find(sample, "scores");
  if (scores == nullptr || !scores->is_object()) return {};
  for (const auto& [name, score] : scores->get_object()) {
    const json::value* value = find(score, "value");
    if (value == nullptr) continue;
    const std::string metric(name.data(), name.size());
    if (const json::object* parts = value->if_object()) {
      for (const auto& [part, inner] : *parts) {
        IP_TRY(const std::size_t column,
               builder.metric(metric + "/" + std::string(part.data(), part.size())));
        builder.score(row, column, inspect_value(inner));
      }
      continue;
    }
    IP_TRY(const std::size_t column, builder.metric(metric));
    builder.score(row, column, inspect_value(*value));
  }
  return {};
}

std::string output_of(const json::value& sample) {
  const json::value* choices = find(sample, "output", "choices");
  const json::array* list = choices == nullptr ? nullptr : choices->if_array();
  if (list == nullptr || list->empty()) return {};
  return content_of(find(list->front(), "message", "content"));
}

Status add_sample(SetBuilder& builder, const json::value& sample, const ReadOptions& options) {
  const std::string id = text_of(find(sample, "id"));
  if (id.empty()) return not_read(builder.set.source, "a sample without id");
  const auto epoch = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(count_of(find(sample, "epoch")), 1, 1'000'000));
  bool fresh = false;
  const std::uint32_t index = builder.row(id, epoch, &fresh);
  if (!fresh)
    return not_read(builder.set.source,
                    fmt::format("sample {} stands twice in epoch {}", id, epoch));
  ResultSet& set = builder.set;
  Row& row = set.rows[index];
  const json::value* input = find(sample, "input");
  const json::value* target = find(sample, "target");
  row.content = hash_text(text_of(input) + "\n" + text_of(target));
  if (!options.cluster.empty()) {
    const json::value* field = find(sample, "metadata", options.cluster);
    if (field != nullptr) row.cluster = hash_text(json::serialize(*field));
  }
  row.status = static_cast<std::uint64_t>(inspect_status(sample));
  const double seconds = number_of(find(sample, "total_time"));
  row.latency_ms = seconds * 1000;
  const json::value* usage = find(sample, "output", "usage");
  if (usage != nullptr) {
    row.input_tokens = count_of(find(*usage, "input_tokens"));
    row.output_tokens = count_of(find(*usage, "output_tokens"));
  }
  std::string output = output_of(sample);
  if (output.empty() && row.status == static_cast<std::uint64_t>(UnitStatus::kOk))
    row.status = static_cast<std::uint64_t>(UnitStatus::kEmpty);
  put_texts(set, row,
            {shown(text_of(input)), shown(text_of(target)), shown(std::move(output)), {}});
  return inspect_scores(builder, sample, index);
}

}  // namespace

Result<ResultSet> read_promptfoo(const std::string& path, std::string_view text,
                                 const ReadOptions& options) {
  std::vector<json::value> results;
  auto whole = parse(text, path);
  if (whole && find(*whole, "results") != nullptr) {
    const json::value* list = find(*whole, "results", "results");
    if (list == nullptr) list = find(*whole, "results");  // before version 3
    const json::array* array = list->if_array();
    if (array == nullptr) return not_read(path, "'results' is no list");
    results.assign(array->begin(), array->end());
  } else {  // JSON lines
    std::size_t number = 0;
    for (const std::string_view line : split(text, '\n')) {
      number += 1;
      if (trim(line).empty()) continue;
      IP_TRY(json::value result, parse(line, fmt::format("{}:{}", path, number)));
      results.push_back(std::move(result));
    }
  }
  Promptfoo reader(path, options);
  for (const json::value& result : results) reader.see(result);
  for (const json::value& result : results) {
    IP_OK(reader.add(result));
  }
  return reader.finish();
}

Result<ResultSet> read_inspect(const std::string& path, std::string_view text,
                               const ReadOptions& options) {
  IP_TRY(const json::value log, parse(text, path));
  SetBuilder builder;
  builder.set.source = path;
  builder.set.format = "inspect";
  builder.set.name = text_of(find(log, "eval", "task"));
  builder.set.model = text_of(find(log, "eval", "model"));
  const std::string status = text_of(find(log, "status"));
  if (!status.empty() && status != "success")
    builder.set.notes.push_back("the log's own status is " + status);
  const json::value* samples = find(log, "samples");
  const json::array* list = samples == nullptr ? nullptr : samples->if_array();
  if (list == nullptr) return not_read(path, "no samples in it");
  for (const json::value& sample : *list) {
    IP_OK(add_sample(builder, sample, options));
  }
  return builder.finish();
}

}  // namespace interposer::evals
