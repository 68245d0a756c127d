#include "wire/openai/embedding_answer.h"

#include <algorithm>
#include <bit>
#include <boost/json.hpp>
#include <cstring>

#include "base/json.h"
#include "wire/base64.h"
#include "wire/json_read.h"
#include "wire/openai/chat_reader.h"
#include "wire/openai/error_json.h"
#include "wire/openai/usage_json.h"

namespace interposer::wire::openai {
namespace {

namespace bj = boost::json;
static_assert(std::endian::native == std::endian::little, "base64 rows are little-endian");

Result<std::vector<float>> read_row(const bj::value& value) {
  std::vector<float> row;
  if (value.is_string()) {
    IP_TRY(const std::string bytes, base64_decode(std::string_view(value.get_string())));
    if (bytes.size() % sizeof(float) != 0) return broken_stream("an embedding of odd length");
    row.resize(bytes.size() / sizeof(float));
    std::memcpy(row.data(), bytes.data(), bytes.size());
    return row;
  }
  if (!value.is_array()) return broken_stream("an embedding is neither list nor base64");
  row.reserve(value.get_array().size());
  for (const bj::value& item : value.get_array()) {
    if (!item.is_number()) return broken_stream("an embedding holds something that is no number");
    row.push_back(static_cast<float>(item.to_number<double>()));
  }
  return row;
}

Result<Embedding> read_item(const bj::value& value, std::size_t position) {
  const bj::object* object = value.if_object();
  const bj::value* row = object == nullptr ? nullptr : object->if_contains("embedding");
  if (row == nullptr) return broken_stream("an item of 'data' has no embedding");
  Embedding out;
  out.index = static_cast<int>(position);
  if (const bj::value* index = object->if_contains("index"); index && index->is_int64()) {
    const std::int64_t number = index->get_int64();
    if (number < 0 || number > 1'000'000) return broken_stream("an index out of range");
    out.index = static_cast<int>(number);
  }
  IP_TRY(out.values, read_row(*row));
  return out;
}

}  // namespace

Status read_embeddings(std::string_view body, std::vector<Event>* out) {
  const auto tree = parse_json(body, "the answer");
  if (!tree) return broken_stream(tree.error().message);
  const bj::object* object = (*tree)->if_object();
  const bj::value* data = object == nullptr ? nullptr : object->if_contains("data");
  if (data == nullptr || !data->is_array()) {
    const auto failure = error_in(**tree);
    return broken_stream(failure ? failure->message : "it has no list 'data'");
  }
  std::vector<Embedding> rows;
  for (const bj::value& item : data->get_array()) {
    IP_TRY(Embedding row, read_item(item, rows.size()));
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Embedding& a, const Embedding& b) { return a.index < b.index; });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].index != static_cast<int>(i)) return broken_stream("an embedding is missing");
    out->push_back(std::move(rows[i]));
  }
  UsageReport report;
  report.usage.final = true;
  if (const bj::value* usage = object->if_contains("usage")) {
    if (const auto counts = read_usage(*usage)) {
      report.usage.tokens = *counts;
      report.usage.reported = true;
    }
  }
  out->push_back(std::move(report));
  return {};
}

std::string write_embeddings(const std::vector<Event>& events, std::string_view model,
                             bool base64) {
  JsonWriter json;
  json.begin_object().field("object", "list").key("data").begin_array();
  std::int64_t tokens = 0;
  for (const Event& event : events) {
    if (const auto* report = std::get_if<UsageReport>(&event))
      tokens = report->usage.tokens.prompt();
    const auto* row = std::get_if<Embedding>(&event);
    if (row == nullptr) continue;
    json.begin_object().field("object", "embedding").field("index", row->index).key("embedding");
    if (base64) {
      const std::string_view bytes(reinterpret_cast<const char*>(row->values.data()),
                                   row->values.size() * sizeof(float));
      json.string(base64_encode(bytes));
    } else {
      json.begin_array();
      for (const float value : row->values) json.number(static_cast<double>(value));
      json.end_array();
    }
    json.end_object();
  }
  json.end_array().field("model", model).key("usage").begin_object();
  json.field("prompt_tokens", tokens).field("total_tokens", tokens).end_object().end_object();
  return json.take();
}

}  // namespace interposer::wire::openai
