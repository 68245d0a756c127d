#include "evals/run/replay.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>
#include <map>
#include <memory>

#include "base/strings.h"
#include "evals/import/builder.h"
#include "evals/read/files.h"
#include "evals/report/comparison.h"
#include "evals/scorers/squad.h"
#include "stats/moments.h"

namespace interposer::evals {
namespace {

namespace json = boost::json;

constexpr const char* kTargets[] = {"old", "new", "old again"};

Error bad_line(const std::string& file, std::size_t line, std::string what, std::string remedy) {
  return make_error(Code::kInvalidArgument, fmt::format("{}:{}: {}", file, line, std::move(what)),
                    std::move(remedy));
}

std::string text(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains({key.data(), key.size()});
  const json::string* out = found == nullptr ? nullptr : found->if_string();
  return out == nullptr ? std::string() : std::string(*out);
}

Status read_head(const json::object& head, Capture& out) {
  const json::value* version = head.if_contains("interposer_capture");
  if (version == nullptr || !version->is_int64() || version->get_int64() != kCaptureVersion)
    return bad_line(
        out.file, 1, "no capture of version 1",
        "the first line is {\"interposer_capture\":1, \"opt_in\":true, \"redacted\":[]}");
  const json::value* opt_in = head.if_contains("opt_in");
  if (opt_in == nullptr || !opt_in->is_bool() || !opt_in->get_bool())
    return bad_line(out.file, 1, "the traffic's owner has not opted in",
                    "captures are asked again only with \"opt_in\": true");
  const json::value* redacted = head.if_contains("redacted");
  if (redacted == nullptr || !redacted->is_array())
    return bad_line(out.file, 1, "the capture does not say what was redacted",
                    "add \"redacted\": [\"email\", ...], or [] when nothing was");
  for (const json::value& kind : redacted->get_array()) {
    if (const json::string* name = kind.if_string()) out.redacted.emplace_back(*name);
  }
  return {};
}

std::string question_of(const json::object& request) {
  const json::value* messages = request.if_contains("messages");
  const json::array* list = messages == nullptr ? nullptr : messages->if_array();
  if (list == nullptr) return {};
  for (std::size_t i = list->size(); i > 0; --i) {
    const json::object* message = (*list)[i - 1].if_object();
    if (message != nullptr && text(*message, "role") == "user") return text(*message, "content");
  }
  return {};
}

Result<Captured> read_request(const json::object& line, const std::string& file,
                              std::size_t number) {
  Captured out;
  out.id = text(line, "id");
  out.route = text(line, "route");
  const json::value* request = line.if_contains("request");
  if (out.id.empty() || out.route.empty() || request == nullptr || !request->is_object())
    return bad_line(file, number, "a request has an id, a route and a request",
                    "docs/guide/eval.md, \"Captures\"");
  const json::object& body = request->get_object();
  const json::value* messages = body.if_contains("messages");
  if (messages == nullptr || !messages->is_array())
    return bad_line(file, number, "the request has no messages", "chat requests are replayed");
  out.request = json::serialize(body);
  out.question = question_of(body);
  if (const json::value* answer = line.if_contains("answer"); answer && answer->is_object())
    out.stored_text = text(answer->get_object(), "text");
  json::error_code error;
  if (const json::value* ms = line.if_contains("ms"); ms && ms->is_number())
    out.stored_ms = ms->to_number<double>(error);
  if (const json::value* label = line.if_contains("label"); label && label->is_string())
    out.label = std::string(label->get_string());
  if (const json::value* candidates = line.if_contains("candidates");
      candidates && candidates->is_array() && !candidates->get_array().empty()) {
    out.propensities = true;
    for (const json::value& c : candidates->get_array()) {
      const json::object* candidate = c.if_object();
      if (candidate == nullptr || !candidate->contains("propensity")) out.propensities = false;
    }
  }
  return out;
}

// The captured bytes with another model, streamed.
std::string body_for(const std::string& request, const std::string& model) {
  json::object body = json::parse(request).as_object();
  body["model"] = model;
  body["stream"] = true;
  body["stream_options"] = {{"include_usage", true}};
  return json::serialize(body);
}

std::string answer_of(const Response& r) {
  return r.tool_calls.empty() ? r.text : r.text + " " + r.tool_calls;
}

// A run made of one metric, whose texts are two answers side by side.
void add_row(SetBuilder& builder, std::size_t metric, const Captured& c, const Response* r,
             double score) {
  const std::uint32_t row = builder.row(c.id, 1);
  Row& made = builder.set.rows[row];
  Texts texts{c.question, c.label.value_or(""), "", ""};
  if (r != nullptr) {
    made.status = static_cast<std::uint64_t>(r->status);
    made.latency_ms = r->total_ms.value_or(kUnscored);
    made.cost_usd = r->cost_usd.value_or(kUnscored);
    made.output_tokens = r->output_tokens;
    texts.output = answer_of(*r);
  }
  put_texts(builder.set, builder.set.rows[row], texts);
  builder.score(row, metric, score);
}

struct Triple {
  const Response* of[3] = {nullptr, nullptr, nullptr};
};

bool scorable(const Response* r) { return r != nullptr && is_scorable(r->status); }

double agreement(const Response* a, const Response* b) {
  if (!scorable(a) || !scorable(b)) return kUnscored;
  return squad_f1(answer_of(*a), answer_of(*b));
}

double label_score(const Captured& c, const Response* r) {
  if (!c.label || !scorable(r)) return kUnscored;
  const std::string label = *c.label;
  return squad_score(r->text, std::span(&label, 1)).exact;
}

// The answers of that day are another model's, another load's: shown, and part of no test.
std::string stored_line(const Capture& capture, const ReplayReport& r) {
  std::vector<double> stored, now;
  for (const Captured& c : capture.requests) {
    if (c.stored_ms) stored.push_back(*c.stored_ms);
  }
  for (const Row& row : r.changed.rows) {
    if (!std::isnan(row.latency_ms)) now.push_back(row.latency_ms);
  }
  if (stored.empty() || now.empty()) return "";
  return fmt::format(
      "- median latency: stored {:.0f} ms, new route now {:.0f} ms (shown, not tested)\n",
      stats::median(stored), stats::median(now));
}

Result<std::unique_ptr<SetBuilder>> builder_of(const std::string& name, const char* metric) {
  auto out = std::make_unique<SetBuilder>();
  out->set.source = name;
  out->set.format = "replay";
  out->set.arena.reserve(64);  // on the heap, so that ids stay where they are when it moves
  IP_TRY(const std::size_t column, out->metric(metric, metric));
  (void)column;
  return out;
}

}  // namespace

Result<Capture> parse_capture(std::string_view text_, const std::string& file) {
  Capture out;
  out.file = file;
  std::size_t number = 0;
  std::map<std::string, bool> ids;
  for (const std::string_view line : lines_of(text_)) {
    number += 1;
    if (trim(line).empty()) continue;
    json::error_code error;
    const json::value value = json::parse({line.data(), line.size()}, error);
    if (error || !value.is_object())
      return bad_line(file, number, "no JSON object", "a capture is JSON Lines");
    if (number == 1) {
      IP_OK(read_head(value.get_object(), out));
      continue;
    }
    IP_TRY(Captured request, read_request(value.get_object(), file, number));
    if (!ids.emplace(request.id, true).second)
      return bad_line(file, number, "the id '" + request.id + "' stands twice",
                      "ids name requests");
    out.requests.push_back(std::move(request));
  }
  if (out.requests.empty())
    return make_error(Code::kInvalidArgument, file + " holds no requests", "capture some traffic");
  return out;
}

std::string RouteMap::of(const std::string& route) const {
  for (const auto& [from, to] : by_route) {
    if (from == route) return to;
  }
  return all.empty() ? route : all;
}

Result<RouteMap> parse_routes(std::string_view given) {
  RouteMap out;
  for (const std::string_view part : split(given, ',')) {
    const std::size_t equals = part.find('=');
    const std::string left(trim(part.substr(0, equals)));
    if (equals == std::string_view::npos) {
      out.all = left;
    } else {
      out.by_route.emplace_back(left, trim(part.substr(equals + 1)));
    }
    if (left.empty() || (equals != std::string_view::npos && out.by_route.back().second.empty()))
      return make_error(Code::kInvalidArgument, "'" + std::string(given) + "' names no routes",
                        "write --with new, or --with fast=new,smart=other");
  }
  return out;
}

Result<ReplayPlan> plan_replay(const Capture& capture, const RouteMap& routes) {
  ReplayPlan out;
  out.suite.file = capture.file;
  out.suite.name = "replay";
  for (const char* name : kTargets) {
    Target target;
    target.name = name;
    out.suite.targets.push_back(std::move(target));
  }
  bool differs = false;
  for (std::size_t i = 0; i < capture.requests.size(); ++i) {
    const Captured& c = capture.requests[i];
    Item item;
    item.id = c.id;
    item.input = c.question;
    item.target = c.label.value_or("");
    item.content = content_hash({c.request});
    out.items.push_back(std::move(item));
    const std::string changed = routes.of(c.route);
    differs = differs || changed != c.route;
    for (std::size_t t = 0; t < 3; ++t) {
      Unit unit;
      unit.item = i;
      unit.target = t;
      unit.method = "POST";
      unit.path = "/chat/completions";
      unit.body = body_for(c.request, t == 1 ? changed : c.route);
      // The second question to the old route is another one: it must not be served from the first.
      unit.key = request_key(kTargets[t] + unit.path, unit.body, 1);
      out.units.push_back(std::move(unit));
    }
  }
  if (!differs)
    return make_error(
        Code::kInvalidArgument, "no route of the capture is replaced",
        "name the new one: --with NEW, or --with " + capture.requests[0].route + "=NEW");
  return out;
}

Result<ReplayReport> judge_replay(const Capture& capture, const std::vector<Response>& responses) {
  std::map<std::string_view, Triple> by_id;
  for (const Response& r : responses) {
    for (std::size_t t = 0; t < 3; ++t) {
      if (r.target == kTargets[t]) by_id[r.unit].of[t] = &r;
    }
  }
  IP_TRY(const auto floor, builder_of("old route asked again", "agreement"));
  IP_TRY(const auto changed, builder_of("new route", "agreement"));
  IP_TRY(const auto old_label, builder_of("old route", "em@squad"));
  IP_TRY(const auto new_label, builder_of("new route", "em@squad"));
  ReplayReport out;
  out.propensities = true;
  std::int64_t both = 0, same_floor = 0, same_new = 0;
  for (const Captured& c : capture.requests) {
    const Triple& t = by_id[c.id];
    const double f = agreement(t.of[0], t.of[2]), n = agreement(t.of[0], t.of[1]);
    add_row(*floor, 0, c, t.of[2], f);
    add_row(*changed, 0, c, t.of[1], n);
    out.propensities = out.propensities && c.propensities;
    if (c.label) {
      out.labelled += 1;
      add_row(*old_label, 0, c, t.of[0], label_score(c, t.of[0]));
      add_row(*new_label, 0, c, t.of[1], label_score(c, t.of[1]));
    }
    if (std::isnan(f) || std::isnan(n)) continue;
    both += 1;
    same_floor += answer_of(*t.of[0]) == answer_of(*t.of[2]) ? 1 : 0;
    same_new += answer_of(*t.of[0]) == answer_of(*t.of[1]) ? 1 : 0;
  }
  out.requests = static_cast<std::int64_t>(capture.requests.size());
  if (both > 0) {
    out.identical_floor = static_cast<double>(same_floor) / static_cast<double>(both);
    out.identical_new = static_cast<double>(same_new) / static_cast<double>(both);
  }
  out.floor = floor->finish();
  out.changed = changed->finish();
  IP_TRY(out.agreement, compare(out.floor, out.changed, {}));
  if (out.labelled > 0) {
    out.old_labelled = old_label->finish();
    out.new_labelled = new_label->finish();
    IP_TRY(out.quality, compare(out.old_labelled, out.new_labelled, {}));
  }
  // The comparisons point into the sets' arenas, which stay where they are when the report moves.
  return out;
}

Result<std::string> replay_markdown(const Capture& capture, const ReplayReport& r) {
  const MetricComparison& m = r.agreement.metrics.front();
  std::string out = fmt::format("## Replay of {} requests from `{}`\n\n", r.requests, capture.file);
  out += fmt::format("- redacted in the capture: {}\n",
                     capture.redacted.empty() ? "nothing" : join(capture.redacted, ", "));
  out += fmt::format(
      "- answers equal to the old route's: new {:.1f} %, the old route itself {:.1f} % "
      "(the noise floor)\n",
      100 * r.identical_new, 100 * r.identical_floor);
  out += fmt::format("- word agreement: new {:.4f}, noise floor {:.4f}, difference {}\n", m.mean_b,
                     m.mean_a, verdict_sentence(m));
  out += m.judgement.verdict == stats::Verdict::kWorse
             ? "- **the new route answers differently**, beyond what the old one does by itself\n"
             : "- no difference beyond the old route's own noise is shown\n";
  if (r.quality) {
    out += fmt::format("- quality on {} labelled requests: {}\n", r.labelled,
                       verdict_sentence(r.quality->metrics.front()));
  } else {
    out += "- quality: **unjudged** (no labels, no calibrated judge)\n";
  }
  out += r.propensities ? "- off-policy estimates: not made here\n"
                        : "- off-policy estimates: unsupported (the capture has no propensities)\n";
  out += stored_line(capture, r) + "\n";
  const Compared compared{&r.floor, &r.changed, &r.agreement, 10};
  IP_TRY(const std::string block, comparison_markdown(compared));
  return out + block;
}

}  // namespace interposer::evals
