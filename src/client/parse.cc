#include "client/parse.h"

#include <boost/json.hpp>

namespace interposer::client {
namespace {

namespace json = boost::json;

Error broken(std::string_view what) {
  return make_error(Code::kUnavailable,
                    "the server's answer is not understood: " + std::string(what),
                    "is another program listening there?", "broken_answer");
}

Result<json::value> parse(std::string_view text) {
  json::error_code failed;
  json::value value = json::parse(text, failed);
  if (failed) return broken(failed.message());
  return value;
}

Result<json::object> parse_object(std::string_view text) {
  IP_TRY(json::value value, parse(text));
  if (!value.is_object()) return broken("no object");
  return std::move(value.get_object());
}

// An object's members by name, with defaults.
class View {
 public:
  explicit View(const json::value& value) : object_(value.if_object()) {}
  explicit View(const json::object& object) : object_(&object) {}

  const json::value* find(std::string_view key) const {
    return object_ == nullptr ? nullptr : object_->if_contains(key);
  }
  std::string text(std::string_view key) const {
    const json::value* value = find(key);
    if (value == nullptr || !value->is_string()) return {};
    return std::string(value->get_string());
  }
  std::int64_t integer(std::string_view key) const {
    return static_cast<std::int64_t>(real(key).value_or(0));
  }
  std::optional<double> real(std::string_view key) const {
    const json::value* value = find(key);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
  }
  bool boolean(std::string_view key) const {
    const json::value* value = find(key);
    return value != nullptr && value->is_bool() && value->get_bool();
  }
  const json::array& list(std::string_view key) const {
    static const json::array kNone;
    const json::value* value = find(key);
    return value != nullptr && value->is_array() ? value->get_array() : kNone;
  }
  // The list's items, each as what `read` makes of its View.
  template <class Read>
  auto each(std::string_view key, Read read) const {
    std::vector<decltype(read(View(json::value())))> out;
    for (const json::value& item : list(key)) out.push_back(read(View(item)));
    return out;
  }
  View object(std::string_view key) const {
    const json::value* value = find(key);
    return value == nullptr ? View(json::value()) : View(*value);
  }
  std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> out;
    for (const json::value& item : list(key))
      if (item.is_string()) out.emplace_back(item.get_string());
    return out;
  }
  std::string json_of(std::string_view key) const {
    const json::value* value = find(key);
    return value == nullptr || value->is_null() ? std::string() : json::serialize(*value);
  }

 private:
  const json::object* object_;
};

Base read_base(const View& v) {
  Base b;
  b.name = v.text("name");
  b.state = v.text("state");
  b.mode = v.text("mode");
  b.about = v.text("about");
  b.documents = v.integer("documents");
  b.chunks = v.integer("chunks");
  b.vectors = v.integer("vectors");
  b.samples = v.texts("samples");
  b.sources = v.texts("sources");
  return b;
}

Document read_document(const View& v) {
  Document d;
  d.document = v.text("document");
  d.version = v.text("version");
  d.title = v.text("title");
  d.uri = v.text("uri");
  d.kind = v.text("kind");
  d.ingested_at = v.text("ingested_at");
  d.bytes = v.integer("bytes");
  return d;
}

std::vector<int> read_numbers(const json::array& list) {
  std::vector<int> out;
  for (const json::value& item : list)
    if (item.is_number()) out.push_back(item.to_number<int>());
  return out;
}

Model read_model(const View& v) {
  Model m;
  m.name = v.text("name");
  m.kind = v.text("kind");
  if (v.find("parameters") != nullptr) m.parameters = v.integer("parameters");
  m.self_test = v.boolean("self_test");
  m.capable = v.boolean("capable");
  return m;
}

AnswerSentence read_sentence(const View& v) {
  return {v.text("text"), read_numbers(v.list("citations"))};
}

AnswerCitation read_citation(const View& v) {
  AnswerCitation c;
  c.n = static_cast<int>(v.integer("n"));
  c.document = v.text("document");
  c.version = v.text("version");
  c.title = v.text("title");
  c.uri = v.text("uri");
  c.quote = v.text("quote");
  c.start = v.integer("start");
  c.end = v.integer("end");
  if (v.find("page") != nullptr) c.page = static_cast<int>(v.integer("page"));
  return c;
}

UsageRow read_usage(const View& v) {
  UsageRow row;
  row.model = v.text("model");
  row.requests = v.integer("requests");
  row.input_tokens = v.integer("input_tokens");
  row.cached_tokens = v.integer("cached_tokens");
  row.output_tokens = v.integer("output_tokens");
  row.cost_usd = v.real("cost_usd");
  row.joules = v.real("joules");
  return row;
}

SearchHit read_hit(const View& v) {
  SearchHit hit;
  hit.rank = static_cast<int>(v.integer("rank"));
  hit.score = v.real("score").value_or(0);
  hit.document = v.text("document");
  hit.version = v.text("version");
  hit.text = v.text("text");
  hit.start = v.integer("start");
  hit.end = v.integer("end");
  hit.lexical = v.object("legs").real("lexical");
  hit.vector = v.object("legs").real("vector");
  return hit;
}

Code code_of(int status) {
  switch (status) {
    case 400:
      return Code::kInvalidArgument;
    case 401:
      return Code::kUnauthenticated;
    case 403:
      return Code::kPermissionDenied;
    case 404:
      return Code::kNotFound;
    case 409:
      return Code::kFailedPrecondition;
    case 413:
      return Code::kTooLarge;
    case 429:
      return Code::kResourceExhausted;
    case 501:
      return Code::kUnsupported;
    case 504:
      return Code::kDeadlineExceeded;
    default:
      return status >= 500 ? Code::kUnavailable : Code::kInvalidArgument;
  }
}

}  // namespace

Result<ServerStatus> parse_status(std::string text) {
  IP_TRY(const json::object object, parse_object(text));
  const View v(object);
  ServerStatus s;
  s.version = v.text("version");
  s.ready = v.boolean("ready");
  s.default_chat = v.text("default_chat");
  s.config_file = v.object("config").text("file");
  s.config_digest = v.object("config").text("digest");
  s.models = v.each("models", read_model);
  s.json = std::move(text);
  return s;
}

Result<std::vector<Base>> parse_bases(std::string_view text) {
  IP_TRY(const json::object object, parse_object(text));
  return View(object).each("bases", read_base);
}

Result<Base> parse_base(std::string_view text) {
  IP_TRY(const json::object object, parse_object(text));
  return read_base(View(object));
}

Result<Documents> parse_documents(std::string_view text) {
  IP_TRY(const json::object object, parse_object(text));
  Documents out;
  out.total = View(object).integer("total");
  out.documents = View(object).each("documents", read_document);
  return out;
}

Result<Source> parse_source(std::string text) {
  IP_TRY(const json::object object, parse_object(text));
  const View v(object);
  Source out;
  out.info = read_document(v);
  out.current = v.boolean("current");
  out.text = v.text("text");
  out.json = std::move(text);
  return out;
}

Result<SearchAnswer> parse_search(std::string text) {
  IP_TRY(const json::value value, parse(text));
  if (!value.is_array()) return broken("no list");
  SearchAnswer out;
  for (const json::value& item : value.get_array()) out.hits.push_back(read_hit(View(item)));
  out.json = std::move(text);
  return out;
}

Result<Answer> parse_answer(std::string text) {
  IP_TRY(const json::object object, parse_object(text));
  const View v(object);
  Answer out;
  out.question = v.text("question");
  out.answer = v.text("answer");
  out.mode = v.text("mode");
  out.reason = v.text("reason");
  out.model = v.text("model");
  out.refused = v.boolean("refused");
  out.sentences = v.each("sentences", read_sentence);
  out.citations = v.each("citations", read_citation);
  out.table_json = v.json_of("table");
  out.chart_json = v.json_of("chart");
  out.json = std::move(text);
  return out;
}

Result<JobEvent> parse_job_event(std::string_view text) {
  IP_TRY(const json::object object, parse_object(text));
  const View v(object);
  JobEvent e;
  e.n = v.integer("n");
  e.type = v.text("type");
  e.file = v.text("file");
  e.state = v.text("state");
  e.reason = v.text("reason");
  e.remedy = v.text("remedy");
  e.done = v.integer("done");
  e.total = v.integer("total");
  const View s = v.object("summary");
  e.summary = {s.integer("added"),   s.integer("changed"), s.integer("unchanged"),
               s.integer("deleted"), s.integer("failed"),  s.integer("chunks"),
               s.integer("vectors")};
  return e;
}

Result<std::vector<UsageRow>> parse_usage(std::string_view text) {
  IP_TRY(const json::object object, parse_object(text));
  return View(object).each("totals", read_usage);
}

Result<std::string> parse_text_member(std::string_view text, std::string_view key) {
  IP_TRY(const json::object object, parse_object(text));
  return View(object).text(key);
}

Error parse_error(int status, std::string_view body) {
  const Result<json::object> object = parse_object(body);
  if (object) {
    const View error = View(*object).object("error");
    if (std::string message = error.text("message"); !message.empty())
      return make_error(code_of(status), std::move(message), error.text("remedy"),
                        error.text("code"));
  }
  return make_error(code_of(status), "the server answered with status " + std::to_string(status),
                    "", "http_" + std::to_string(status));
}

}  // namespace interposer::client
