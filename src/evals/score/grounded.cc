#include "evals/score/grounded.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/strings.h"
#include "evals/suite/suite.h"

namespace interposer::evals {
namespace {

namespace json = boost::json;

json::value parse(std::string_view text) {
  json::error_code error;
  json::value out = json::parse({text.data(), text.size()}, error);
  return error ? json::value(nullptr) : out;
}

const json::value* member(const json::value& value, std::string_view key) {
  const json::object* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains({key.data(), key.size()});
}

std::string text(const json::value& value, std::string_view key) {
  const json::value* found = member(value, key);
  const json::string* out = found == nullptr ? nullptr : found->if_string();
  return out == nullptr ? std::string() : std::string(*out);
}

const json::array& list(const json::value& value, std::string_view key) {
  static const json::array kNone;
  const json::value* found = member(value, key);
  const json::array* out = found == nullptr ? nullptr : found->if_array();
  return out == nullptr ? kNone : *out;
}

std::int64_t integer(const json::value& value, std::string_view key) {
  const json::value* found = member(value, key);
  json::error_code error;
  const auto out = found == nullptr ? -1 : found->to_number<std::int64_t>(error);
  return error ? -1 : out;
}

bool flag(const json::value& value, std::string_view key, bool otherwise) {
  const json::value* found = member(value, key);
  return found != nullptr && found->is_bool() ? found->get_bool() : otherwise;
}

// "handbook/hbm.md" is also what "hbm.md" names.
bool names_document(std::string_view document, std::string_view wanted) {
  return document == wanted || document.substr(document.find('/') + 1) == wanted;
}

std::vector<std::string> ranked(const Response& response) {
  std::vector<std::string> out;
  const json::value extra = parse(response.extra);
  for (const json::value& document : list(extra, "documents")) {
    if (const json::string* id = document.if_string()) out.emplace_back(*id);
  }
  return out;
}

struct Grounded {
  json::value extra;
  std::map<std::int64_t, const json::value*> citations;

  explicit Grounded(const Response& response) : extra(parse(response.extra)) {
    for (const json::value& citation : list(extra, "citations"))
      citations.emplace(integer(citation, "n"), &citation);
  }
  Grounded(const Grounded&) = delete;
  Grounded& operator=(const Grounded&) = delete;
  bool refused() const { return flag(extra, "refused", false); }
  const json::array& sentences() const { return list(extra, "sentences"); }
};

std::vector<std::int64_t> marks(const json::value& sentence) {
  std::vector<std::int64_t> out;
  for (const json::value& n : list(sentence, "citations")) {
    if (n.is_int64()) out.push_back(n.get_int64());
  }
  return out;
}

// Digits with inner commas and points, commas taken away: "12,864" and "4.8".
std::vector<std::string> numbers_in(std::string_view text) {
  std::vector<std::string> out;
  std::string current;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    const bool inner =
        (c == ',' || c == '.') && !current.empty() && i + 1 < text.size() && digit(text[i + 1]);
    if (digit(c)) {
      current += c;
    } else if (inner) {
      if (c == '.') current += c;
    } else if (!current.empty()) {
      out.push_back(std::move(current));
      current.clear();
    }
  }
  return out;
}

Scored share(std::int64_t good, std::int64_t all) {
  if (all == 0) return {kUnscored, "nothing to check"};
  return {static_cast<double>(good) / static_cast<double>(all), {}};
}

bool equal_values(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return a.to_number<double>() == b.to_number<double>();
  if (a.kind() != b.kind()) return false;
  if (const json::array* x = a.if_array()) {
    const json::array& y = b.get_array();
    return x->size() == y.size() && std::equal(x->begin(), x->end(), y.begin(), equal_values);
  }
  if (const json::object* x = a.if_object()) {
    const json::object& y = b.get_object();
    return x->size() == y.size() && std::all_of(x->begin(), x->end(), [&y](const auto& entry) {
             const json::value* other = y.if_contains(entry.key());
             return other != nullptr && equal_values(entry.value(), *other);
           });
  }
  return a == b;
}

}  // namespace

Scored recall_at(const Item& item, const Response& response, std::size_t k) {
  if (item.targets.empty()) return {kUnscored, "the item names no documents"};
  const std::vector<std::string> documents = ranked(response);
  std::int64_t found = 0;
  for (const std::string& target : item.targets) {
    for (std::size_t i = 0; i < std::min(k, documents.size()); ++i) {
      if (!names_document(documents[i], target)) continue;
      found += 1;
      break;
    }
  }
  return share(found, static_cast<std::int64_t>(item.targets.size()));
}

Scored reciprocal_rank_at(const Item& item, const Response& response, std::size_t k) {
  if (item.targets.empty()) return {kUnscored, "the item names no documents"};
  const std::vector<std::string> documents = ranked(response);
  for (std::size_t i = 0; i < std::min(k, documents.size()); ++i) {
    for (const std::string& target : item.targets) {
      if (names_document(documents[i], target)) return {1.0 / static_cast<double>(i + 1), {}};
    }
  }
  return {0, {}};
}

Scored score_citations_resolve(const Item&, const Response& response, std::string_view) {
  const Grounded g(response);
  std::int64_t all = 0, good = 0;
  for (const json::value& sentence : g.sentences()) {
    for (const std::int64_t n : marks(sentence)) {
      all += 1;
      const auto found = g.citations.find(n);
      if (found == g.citations.end()) continue;
      const json::value& c = *found->second;
      const bool whole = !text(c, "document").empty() && !text(c, "version").empty() &&
                         integer(c, "start") >= 0 && integer(c, "end") > integer(c, "start");
      good += whole ? 1 : 0;
    }
  }
  return share(good, all);
}

Scored score_quotes_verbatim(const Item&, const Response& response, std::string_view) {
  const Grounded g(response);
  std::int64_t good = 0;
  for (const auto& [n, citation] : g.citations) {
    const auto length = static_cast<std::int64_t>(text(*citation, "quote").size());
    good += length > 0 && length == integer(*citation, "end") - integer(*citation, "start") ? 1 : 0;
  }
  return share(good, static_cast<std::int64_t>(g.citations.size()));
}

Scored score_numbers_cited(const Item&, const Response& response, std::string_view) {
  const Grounded g(response);
  std::int64_t all = 0, good = 0;
  std::string missing;
  for (const json::value& sentence : g.sentences()) {
    std::set<std::string> quoted;
    for (const std::int64_t n : marks(sentence)) {
      const auto found = g.citations.find(n);
      if (found == g.citations.end()) continue;
      for (std::string& number : numbers_in(text(*found->second, "quote"))) quoted.insert(number);
    }
    for (const std::string& number : numbers_in(text(sentence, "text"))) {
      all += 1;
      good += quoted.contains(number) ? 1 : 0;
      if (!quoted.contains(number)) missing += (missing.empty() ? "" : ", ") + number;
    }
  }
  Scored out = share(good, all);
  if (!missing.empty()) out.why = "not in what is cited: " + missing;
  return out;
}

Scored score_cited_share(const Item&, const Response& response, std::string_view) {
  const Grounded g(response);
  std::int64_t good = 0;
  for (const json::value& sentence : g.sentences()) good += marks(sentence).empty() ? 0 : 1;
  return share(good, static_cast<std::int64_t>(g.sentences().size()));
}

Scored score_right_document(const Item& item, const Response& response, std::string_view) {
  const json::value object = parse(item.json);
  std::vector<std::string> wanted;
  if (const std::string one = text(object, "document"); !one.empty()) wanted.push_back(one);
  for (const json::value& document : list(object, "document")) {
    if (const json::string* id = document.if_string()) wanted.emplace_back(*id);
  }
  if (wanted.empty()) return {kUnscored, "the item names no document"};
  const Grounded g(response);
  if (g.citations.empty()) return {0, "no citation"};
  const std::string first = text(*g.citations.begin()->second, "document");
  for (const std::string& document : wanted) {
    if (names_document(first, document)) return {1, {}};
  }
  return {0, "cites " + first};
}

Scored score_abstention(const Item& item, const Response& response, std::string_view) {
  const bool answerable = flag(parse(item.json), "answerable", true);
  const Grounded g(response);
  if (g.refused() != answerable) return {1, {}};
  return {0, answerable ? "refused what the base answers" : "answered what the base does not hold"};
}

Scored score_tool_call(const Item& item, const Response& response, std::string_view) {
  const json::value object = parse(item.json);
  const json::value* wanted = member(object, "call");
  if (wanted == nullptr) return {kUnscored, "the item has no \"call\""};
  const json::value made = parse(response.tool_calls.empty() ? "[]" : response.tool_calls);
  const json::array* calls = made.if_array();
  const std::size_t count = calls == nullptr ? 0 : calls->size();
  if (wanted->is_null()) return {count == 0 ? 1.0 : 0.0, count == 0 ? "" : "called without need"};
  if (count != 1) return {0, std::to_string(count) + " calls"};
  const json::value& call = calls->front();
  if (text(call, "name") != text(*wanted, "name"))
    return {0, "called '" + text(call, "name") + "'"};
  const json::value* given = member(call, "arguments");
  const json::value* right = member(*wanted, "arguments");
  if (given == nullptr || right == nullptr) return {0, "no arguments"};
  // The dialect sends arguments as the text of an object.
  const json::value decoded =
      given->is_string() ? parse({given->get_string().data(), given->get_string().size()}) : *given;
  return equal_values(decoded, *right) ? Scored{1, {}} : Scored{0, json::serialize(decoded)};
}

}  // namespace interposer::evals
