#include "evals/import/lm_eval_task.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/config.h"
#include "base/json.h"
#include "base/strings.h"
#include "evals/read/files.h"
#include "evals/suite/template.h"

namespace interposer::evals {
namespace {

// Keys that say where the data is or how it is described: they change no number here.
const std::vector<std::string> kPassedOver = {
    "tag",         "group",         "dataset_path",  "dataset_name",     "training_split",
    "test_split",  "fewshot_split", "metadata",      "validation_split", "task_alias",
    "description", "repeats",       "dataset_kwargs"};

struct Task {
  std::string name, text, target, regex;
  bool regex_last = false, strip = false;
  std::vector<std::string> until;
  std::int64_t max_tokens = 256, shots = 0;
  double temperature = 0;
};

Status read_generation(Task& t, config::Node node) {
  config::Section section(node);
  section.read("until", &t.until).read("max_gen_toks", &t.max_tokens, 1, 1'000'000);
  section.read("temperature", &t.temperature, 0, 10).allow("do_sample");
  return section.finish();
}

Status read_filter(Task& t, config::Node node) {
  for (const config::Node& step : node["filter"].items()) {
    IP_TRY(const std::string kind, step["function"].text());
    if (kind == "regex") {
      IP_TRY(t.regex, step["regex_pattern"].text());
      if (step.has("group_select")) {
        IP_TRY(const std::int64_t pick, step["group_select"].integer());
        t.regex_last = pick == -1;
        if (pick != 0 && pick != -1)
          return step.error("group_select is " + std::to_string(pick), "0 and -1 are taken");
      }
    } else if (kind == "remove_whitespace" || kind == "strip") {
      t.strip = true;
    } else if (kind != "take_first") {
      return step.error("the filter '" + kind + "' is not taken",
                        "regex, strip and take_first are; write the extractors in the suite");
    }
  }
  return {};
}

Status read_metric(config::Node node) {
  IP_TRY(const std::string metric, node["metric"].text());
  if (metric == "exact_match") return {};
  return node.error("the metric '" + metric + "' is not taken",
                    "exact_match is; name a scorer in the suite for others");
}

Result<Task> read_task(std::string_view yaml, const std::string& file) {
  if (yaml.find("!function") != std::string_view::npos)
    return make_error(Code::kUnsupported, file + " needs Python (!function)",
                      "write that part as a template or an extractor of the suite");
  IP_TRY(const config::Document document, config::parse(yaml, file));
  Task t;
  std::string output = "generate_until";
  config::Section top(document.root());
  top.read("task", &t.name).require("task").read("doc_to_text", &t.text).require("doc_to_text");
  top.read("doc_to_target", &t.target).require("doc_to_target").read("output_type", &output);
  top.read("num_fewshot", &t.shots, 0, 1000);
  top.node("generation_kwargs", [&t](config::Node n) { return read_generation(t, n); });
  bool first = true;
  top.each("filter_list", [&](const std::string&, config::Node n) -> Status {
    if (!std::exchange(first, false)) return {};
    return read_filter(t, n);
  });
  top.each("metric_list", [](const std::string&, config::Node n) { return read_metric(n); });
  for (const std::string& key : kPassedOver) top.allow(key);
  IP_OK(top.finish());
  if (output != "generate_until")
    return document.root()["output_type"].error("output_type is '" + output + "'",
                                                "generate_until is taken");
  if (t.shots > 0)
    return document.root()["num_fewshot"].error("few-shot examples are not taken",
                                                "put them into the prompt's template");
  return t;
}

// doc_to_text is a template, or the name of a field.
std::string as_template(const std::string& text) {
  const bool name =
      !text.empty() &&
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
          std::string::npos;
  return name ? "{{ " + text + " }}" : text;
}

std::string yaml_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);  // a JSON text is a YAML text
  return out;
}

}  // namespace

Result<std::string> suite_of_lm_eval(std::string_view yaml, const std::string& file,
                                     const std::string& items_file) {
  IP_TRY(const Task t, read_task(yaml, file));
  std::string out = fmt::format(
      "# Made from {} by `interposer eval import lm-eval`.\nsuite: {}\nversion: 1\n"
      "dataset: {{file: {}}}\nrunner:\n  kind: completion\n  max_tokens: {}\n  temperature: {:g}\n",
      file, yaml_text(t.name), yaml_text(items_file), t.max_tokens, t.temperature);
  if (!t.until.empty()) {
    out += "  stop: [";
    for (std::size_t i = 0; i < t.until.size(); ++i)
      out += (i == 0 ? "" : ", ") + yaml_text(t.until[i]);
    out += "]\n";
  }
  if (!t.regex.empty() || t.strip) {
    out += "extract:\n";
    if (!t.regex.empty())
      out += fmt::format("  - {{regex: {}, pick: {}}}\n", yaml_text(t.regex),
                         t.regex_last ? "last" : "first");
    if (t.strip) out += "  - strip\n";
  }
  return out + "scorers: [exact]\n";
}

Result<std::string> items_of_lm_eval(std::string_view yaml, const std::string& file,
                                     std::string_view documents,
                                     const std::string& documents_file) {
  IP_TRY(const Task t, read_task(yaml, file));
  IP_TRY(const Template text, Template::parse(as_template(t.text), file + ": doc_to_text"));
  IP_TRY(const Template target, Template::parse(as_template(t.target), file + ": doc_to_target"));
  std::string out;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(documents)) {
    number += 1;
    if (trim(line).empty()) continue;
    auto input = text.render(line);
    auto answer = target.render(line);
    if (!input || !answer)
      return (input ? std::move(answer).error() : std::move(input).error())
          .within(fmt::format("{}:{}", documents_file, number));
    JsonWriter w;
    w.begin_object().field("id", std::to_string(number - 1)).field("input", *input);
    w.field("target", *answer).key("doc").raw(trim(line)).end_object();
    out += w.take() + "\n";
  }
  return out;
}

}  // namespace interposer::evals
