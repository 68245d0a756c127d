#include "evals/suite/suite.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "base/strings.h"
#include "evals/record/response.h"
#include "evals/score/scorers.h"
#include "net/file.h"

namespace interposer::evals {
namespace {

constexpr std::uint64_t kTextFileBytesMax = 1 << 20;

std::string beside(const Suite& suite, const std::string& path) {
  if (path.starts_with('/') || suite.folder.empty()) return path;
  return suite.folder + "/" + path;
}

// A text, or "file://PATH" for the text of that file.
Result<std::string> text_or_file(const Suite& suite, const std::string& given) {
  if (!given.starts_with("file://")) return given;
  return net::FileSystem::real().read(beside(suite, given.substr(7)), kTextFileBytesMax);
}

Status read_dataset(Suite& s, config::Node node) {
  config::Section section(node);
  section.read("file", &s.dataset).require("file");
  section.read("sha256", &s.dataset_sha256).read("cluster", &s.cluster_field);
  section.read("split", &s.split).read("limit", &s.limit, 0, kItemsMax);
  IP_OK(section.finish());
  s.dataset = beside(s, s.dataset);
  return {};
}

Status read_price(Target& target, config::Node node) {
  Price price;
  config::Section section(node);
  section.read("input", &price.input, 0, 1e6).require("input");
  section.read("output", &price.output, 0, 1e6).require("output");
  IP_OK(section.finish());
  target.price = price;
  return {};
}

Status read_target(Suite& s, config::Node node) {
  Target t;
  std::string route;
  config::Section section(node);
  section.read("name", &t.name).read("model", &t.model).read("route", &route);
  section.read("url", &t.url).read("key_env", &t.key_env);
  section.node("price", [&](config::Node price) { return read_price(t, price); });
  IP_OK(section.finish());
  if (!route.empty()) t.model = route;
  if (t.name.empty()) t.name = t.model.empty() ? "default" : t.model;
  for (const Target& other : s.targets) {
    if (other.name == t.name)
      return node.error("two targets are called '" + t.name + "'", "give one a `name`");
  }
  s.targets.push_back(std::move(t));
  return {};
}

Status read_prompt(Suite& s, config::Node node) {
  std::string system, text;
  config::Section section(node);
  section.read("system", &system).read("template", &text);
  IP_OK(section.finish());
  IP_TRY(s.system, text_or_file(s, system));
  if (text.empty()) return {};
  IP_TRY(const std::string source, text_or_file(s, text));
  auto parsed = Template::parse(source, node.where());
  if (!parsed) return std::move(parsed).error();
  s.prompt = std::move(*parsed);
  return {};
}

Status read_duration(config::Node node, std::string_view key, Duration* out) {
  if (!node.has(key)) return {};
  IP_TRY(const std::string text, node[key].text());
  auto parsed = parse_duration(text);
  if (!parsed) return std::move(parsed).error().within(node[key].where());
  *out = *parsed;
  return {};
}

Status read_runner(Suite& s, config::Node node) {
  Runner& r = s.runner;
  int kind = 0;
  std::string tools;
  config::Section section(node);
  section.read_enum("kind", {"chat", "completion", "retrieve", "grounded"}, &kind);
  section.read("base", &r.base).read("mode", &r.mode).read("legs", &r.legs);
  section.read("k", &r.k, 1, 1000).read("max_tokens", &r.max_tokens, 1, 10'000'000);
  section.read("concurrency", &r.concurrency, 1, 10'000).read("attempts", &r.attempts, 1, 100);
  section.read("stop", &r.stop).read("tools", &tools).allow("timeout");
  double temperature = -1, top_p = -1;
  std::int64_t seed = -1;
  section.read("temperature", &temperature, 0, 10).read("top_p", &top_p, 0, 1);
  section.read("seed", &seed, 0, INT64_MAX);
  IP_OK(section.finish());
  IP_OK(read_duration(node, "timeout", &r.timeout));
  r.kind = static_cast<RunnerKind>(kind);
  if (temperature >= 0) r.temperature = temperature;
  if (top_p >= 0) r.top_p = top_p;
  if (seed >= 0) r.seed = seed;
  if (!tools.empty()) {
    IP_TRY(r.tools, text_or_file(s, tools));
  }
  for (const std::string& stop : r.stop) {
    if (stop == "\\n")
      return node["stop"].error("a stop of backslash and n, not of a line end",
                                "in YAML write \"\\n\" in double quotes");
  }
  return {};
}

Status read_extract_map(Suite& s, config::Node node) {
  Extract e;
  std::string regex, after, pick = "first";
  config::Section section(node);
  section.read("regex", &regex).read("after", &after).read("pick", &pick);
  IP_OK(section.finish());
  e.last = pick == "last";
  if (pick != "first" && pick != "last") return node.error("'pick' is first or last");
  if (regex.empty() == after.empty()) return node.error("an extractor is a regex or an after");
  e.kind = regex.empty() ? Extract::Kind::kAfter : Extract::Kind::kRegex;
  e.pattern = regex.empty() ? after : regex;
  if (!regex.empty()) {
    auto valid = check_pattern(regex);
    if (!valid) return node["regex"].error(valid.error().message);
  }
  s.extract.push_back(std::move(e));
  return {};
}

Status read_extract(Suite& s, config::Node node) {
  if (node.kind() == config::Kind::kMap) return read_extract_map(s, node);
  IP_TRY(const std::string name, node.text());
  static const std::vector<std::pair<std::string, Extract::Kind>> kNames = {
      {"strip", Extract::Kind::kStrip},
      {"lower", Extract::Kind::kLower},
      {"number", Extract::Kind::kNumber},
      {"last_line", Extract::Kind::kLine},
      {"no_thinking", Extract::Kind::kNoThinking}};
  std::vector<std::string> names;
  for (const auto& [known, kind] : kNames) {
    if (known == name) {
      s.extract.push_back({kind, {}, true});
      return {};
    }
    names.push_back(known);
  }
  return node.error("no extractor '" + name + "'", did_you_mean(name, names));
}

Status read_scorer(Suite& s, config::Node node) {
  ScorerSpec spec;
  if (node.kind() == config::Kind::kMap) {
    const auto entries = node.entries();
    if (entries.size() != 1) return node.error("a scorer is one name, or {name: argument}");
    spec.name = entries[0].first;
    IP_TRY(spec.argument, entries[0].second.text());
  } else {
    IP_TRY(spec.name, node.text());
  }
  auto known = check_scorer(spec);
  if (!known) return node.error(known.error().message, known.error().remedy);
  s.scorers.push_back(std::move(spec));
  return {};
}

Status read_budget(Suite& s, config::Node node) {
  config::Section section(node);
  double usd = -1;
  std::int64_t tokens = -1;
  section.read("usd", &usd, 0, 1e9).read("tokens", &tokens, 0, INT64_MAX);
  section.read("allow_unpriced", &s.budget.allow_unpriced).allow("wall");
  IP_OK(section.finish());
  if (usd >= 0) s.budget.usd = usd;
  if (tokens >= 0) s.budget.tokens = tokens;
  Duration wall{};
  IP_OK(read_duration(node, "wall", &wall));
  if (wall > Duration{}) s.budget.wall = wall;
  return {};
}

Status read_sequential(Suite& s, config::Node node) {
  Sequential q;
  config::Section section(node);
  section.read("baseline", &q.baseline).require("baseline").read("metric", &q.metric);
  section.read("looks", &q.looks, 2, 100).read("alpha", &q.alpha, 1e-6, 0.5);
  IP_OK(section.finish());
  q.baseline = beside(s, q.baseline);
  s.sequential = std::move(q);
  return {};
}

}  // namespace

Result<Duration> parse_duration(std::string_view given) {
  std::string_view text = trim(given);
  double value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  static constexpr std::pair<std::string_view, double> kUnits[] = {
      {"", 1}, {"s", 1}, {"ms", 0.001}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  for (const auto& [name, seconds] : kUnits) {
    if (bad == std::errc() && unit == name && value >= 0 && value * seconds < 1e9)
      return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value * seconds));
  }
  return make_error(Code::kInvalidArgument, "'" + std::string(given) + "' is no duration",
                    "write 30m, 1.5h, 90s or 250ms");
}

Result<Suite> parse_suite(std::string_view text, const std::string& file,
                          const std::string& folder) {
  IP_TRY(const config::Document document, config::parse(text, file));
  Suite s;
  s.file = file;
  s.folder = folder;
  s.digest = sha256(text);
  config::Section top(document.root());
  top.read("suite", &s.name).require("suite").read("version", &s.version, 0, INT32_MAX);
  top.read("epochs", &s.epochs, 1, kEpochsMax);
  top.node("dataset", [&](config::Node n) { return read_dataset(s, n); }).require("dataset");
  top.each("targets", [&](const std::string&, config::Node n) { return read_target(s, n); });
  top.node("prompt", [&](config::Node n) { return read_prompt(s, n); });
  top.node("runner", [&](config::Node n) { return read_runner(s, n); });
  top.each("extract", [&](const std::string&, config::Node n) { return read_extract(s, n); });
  top.each("scorers", [&](const std::string&, config::Node n) { return read_scorer(s, n); });
  top.require("scorers");
  top.node("budget", [&](config::Node n) { return read_budget(s, n); });
  top.node("gate", [&](config::Node n) -> Status {
    IP_TRY(s.gate, parse_gate(n));
    return {};
  });
  top.node("sequential", [&](config::Node n) { return read_sequential(s, n); });
  IP_OK(top.finish());
  if (s.targets.empty()) s.targets.push_back({"default", "", "", "", std::nullopt});
  if (s.scorers.empty())
    return document.root()["scorers"].error("a suite without scorers", "name one, like em@squad");
  return s;
}

Result<Suite> load_suite(const std::string& path) {
  IP_TRY(const std::string text, net::FileSystem::real().read(path, kTextFileBytesMax));
  return parse_suite(text, path, std::filesystem::path(path).parent_path().string());
}

}  // namespace interposer::evals
