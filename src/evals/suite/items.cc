#include <fmt/format.h>

#include <boost/json.hpp>
#include <set>

#include "base/strings.h"
#include "evals/read/files.h"
#include "evals/record/response.h"
#include "evals/suite/suite.h"

namespace interposer::evals {
namespace {

namespace json = boost::json;

std::string text_of(const json::value* value) {
  if (value == nullptr || value->is_null()) return {};
  if (const json::string* text = value->if_string()) return std::string(*text);
  return json::serialize(*value);
}

std::vector<std::string> texts_of_list(const json::value* value) {
  if (value == nullptr || value->is_null()) return {};
  const json::array* list = value->if_array();
  if (list == nullptr) return {text_of(value)};
  std::vector<std::string> out;
  for (const json::value& item : *list) out.push_back(text_of(&item));
  return out;
}

const json::value* first_of(const json::object& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const json::value* found = object.if_contains(name)) return found;
  }
  return nullptr;
}

Item item_of(const json::object& object, std::string_view line, std::string_view cluster_field) {
  Item out;
  out.json = line;
  out.input = text_of(first_of(object, {"input", "question", "prompt", "query"}));
  out.targets = texts_of_list(first_of(object, {"target", "targets", "answer", "expected"}));
  out.target = out.targets.empty() ? "" : out.targets.front();
  const std::string field = cluster_field.empty() ? "cluster" : std::string(cluster_field);
  out.cluster = text_of(object.if_contains(field));
  out.tags = texts_of_list(object.if_contains("tags"));
  if (const json::value* messages = object.if_contains("messages");
      messages && messages->is_array()) {
    out.messages = json::serialize(*messages);
    if (out.input.empty()) out.input = out.messages;
  }
  if (const json::value* tools = object.if_contains("tools"); tools && tools->is_array())
    out.tools = json::serialize(*tools);
  std::string golds;
  for (const std::string& target : out.targets) golds += target + "\n";
  out.content = content_hash({out.input, out.messages, golds});
  out.id = text_of(object.if_contains("id"));
  if (out.id.empty()) out.id = out.content;
  return out;
}

}  // namespace

Result<std::vector<Item>> parse_items(std::string_view text, std::string_view file,
                                      std::string_view cluster_field) {
  std::vector<Item> out;
  std::set<std::string> ids;
  std::size_t number = 0;
  for (const std::string_view raw : lines_of(text)) {
    number += 1;
    const std::string_view line = trim(raw);
    if (line.empty()) continue;
    const auto error = [&](std::string what, std::string remedy) {
      return make_error(Code::kInvalidArgument,
                        fmt::format("{}:{}: {}", file, number, std::move(what)), std::move(remedy));
    };
    json::error_code bad;
    const json::value value = json::parse({line.data(), line.size()}, bad);
    if (bad || !value.is_object())
      return error("no JSON object",
                   "a dataset is JSON Lines: one item, {\"id\", \"input\", "
                   "\"target\"}, a line");
    Item item = item_of(value.get_object(), line, cluster_field);
    if (item.input.empty() && item.messages.empty())
      return error("the item has neither input nor messages", "add \"input\": \"the question\"");
    if (!ids.insert(item.id).second)
      return error("the id '" + item.id + "' stands twice", "ids name items: make them different");
    out.push_back(std::move(item));
    if (out.size() > kItemsMax) return error("too many items", "split the dataset");
  }
  if (out.empty())
    return make_error(Code::kInvalidArgument, std::string(file) + " holds no items",
                      "a dataset is JSON Lines");
  return out;
}

Result<std::vector<Item>> load_items(const Suite& suite) {
  IP_TRY(const std::string text, read_file(suite.dataset));
  if (!suite.dataset_sha256.empty() && sha256(text) != suite.dataset_sha256)
    return make_error(
        Code::kFailedPrecondition,
        suite.dataset + " is not the data that the suite names: its SHA-256 is " + sha256(text),
        "get that version, or change sha256 (and the suite's version) on purpose",
        "dataset_changed");
  IP_TRY(std::vector<Item> items, parse_items(text, suite.dataset, suite.cluster_field));
  if (suite.limit > 0 && items.size() > static_cast<std::size_t>(suite.limit))
    items.resize(static_cast<std::size_t>(suite.limit));
  return items;
}

}  // namespace interposer::evals
