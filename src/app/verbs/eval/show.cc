// interposer eval show: what a run holds, or one item of it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>

#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/verbs/eval/eval.h"
#include "app/verbs/eval/output.h"
#include "evals/record/result_set.h"

namespace interposer::app {
namespace {

struct Options {
  std::string run, item, status, sort;
  std::size_t items = 20;
};

std::string scores_of(const evals::ResultSet& set, std::size_t row) {
  std::string out;
  for (std::size_t m = 0; m < set.metrics.size(); ++m) {
    const double score = set.score(row, m);
    out += fmt::format("  {} {}", set.metrics[m].name,
                       std::isnan(score) ? std::string("-") : fmt::format("{:.4f}", score));
  }
  return out;
}

Result<std::string> item_text(const evals::ResultSet& set, const std::string& id) {
  std::string out;
  for (std::size_t i = 0; i < set.rows.size(); ++i) {
    const evals::Row& row = set.rows[i];
    if (set.id(row) != id) continue;
    IP_TRY(const evals::Texts texts, evals::texts_of(set, row));
    out += fmt::format("{} epoch {}: {}{}\n", id, row.epoch, evals::status_name(set.status(row)),
                       scores_of(set, i));
    if (!texts.input.empty()) out += "\ninput\n" + texts.input + "\n";
    if (!texts.expected.empty()) out += "\nexpected\n" + texts.expected + "\n";
    out += "\noutput\n" + texts.output + "\n";
    if (!texts.note.empty()) out += "\nnote\n" + texts.note + "\n";
  }
  if (out.empty())
    return make_error(Code::kNotFound, set.source + " has no item '" + id + "'",
                      "interposer eval show " + set.source + " lists them");
  return out;
}

Result<std::string> list_text(const evals::ResultSet& set, const Options& options) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < set.rows.size(); ++i) {
    if (options.status.empty() || options.status == evals::status_name(set.status(set.rows[i])))
      rows.push_back(i);
  }
  if (!options.sort.empty()) {
    const auto metric = set.find_metric(options.sort);
    if (!metric)
      return make_error(Code::kInvalidArgument, "the run has no metric '" + options.sort + "'");
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
      const double x = set.score(a, *metric), y = set.score(b, *metric);
      return std::isnan(y) ? !std::isnan(x) : x < y;  // what was not scored comes last
    });
  }
  std::string out =
      fmt::format("{} ({}{}{}): {} results, {} metrics\n", set.source, set.format,
                  set.model.empty() ? "" : ", ", set.model, set.rows.size(), set.metrics.size());
  for (const std::string& note : set.notes) out += "!  " + note + "\n";
  for (std::size_t i = 0; i < std::min(options.items, rows.size()); ++i) {
    const evals::Row& row = set.rows[rows[i]];
    out += fmt::format("{} [{}] {}{}\n", set.id(row), row.epoch,
                       evals::status_name(set.status(row)), scores_of(set, rows[i]));
  }
  if (rows.size() > options.items)
    out += fmt::format("... {} more (--items)\n", rows.size() - options.items);
  return out;
}

Result<int> show(const Options& options) {
  IP_TRY(const evals::ResultSet set, evals::read_results(options.run));
  IP_TRY(const std::string text,
         options.item.empty() ? list_text(set, options) : item_text(set, options.item));
  IP_OK(write_report("-", printable(text)));
  return kEvalPass;
}

}  // namespace

void add_eval_show(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = eval->add_subcommand("show", "what a run holds, or one of its items");
  verb->footer(
      "Examples:\n  interposer eval show runs/now --sort f1@squad\n"
      "  interposer eval show runs/now q17");
  verb->add_option("run", options->run, "a run folder or result file")->required();
  verb->add_option("item", options->item, "the id of an item");
  verb->add_option("--status", options->status, "only units of this status (truncated, ...)");
  verb->add_option("--sort", options->sort, "by this metric, lowest first");
  verb->add_option("--items", options->items, "items to list")->capture_default_str();
  verb->callback(
      [options, chosen] { chosen->work = [options] { return finish(show(*options)); }; });
}

}  // namespace interposer::app
