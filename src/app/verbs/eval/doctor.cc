// interposer eval doctor: stored verdicts of other tools that this evaluator must meet exactly.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/verbs/eval/eval.h"
#include "base/json.h"
#include "base/strings.h"
#include "evals/golden/golden.h"

namespace interposer::app {
namespace {

namespace golden = evals::golden;
namespace fs = std::filesystem;

constexpr int kExitDiffers = 1;
constexpr int kExitAllSkipped = 3;

struct Options {
  std::string data;
  std::vector<std::string> only;
  bool json = false;
};

struct Row {
  std::string_view name;
  golden::Agreement agreement;
  std::string error;  // the set could not be read
};

// The folder itself, or its "evals"; without --data $INTERPOSER_TEST_DATA or ../shared/data.
Result<fs::path> data_folder(const std::string& given) {
  if (given.empty()) return golden::data_folder(fs::current_path());
  if (!fs::is_directory(given)) {
    return make_error(Code::kNotFound, "there is no folder '" + given + "'",
                      "--data wants the folder that holds gsm8k, bbh, trec_eval, ...");
  }
  const fs::path inner = fs::path(given) / "evals";
  return fs::is_directory(inner) ? inner : fs::path(given);
}

Status check_names(const std::vector<std::string>& only) {
  std::vector<std::string> names;
  for (const golden::Set& set : golden::sets()) names.emplace_back(set.name);
  for (const std::string& name : only) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    return make_error(Code::kInvalidArgument, "there is no golden set '" + name + "'",
                      did_you_mean(name, names));
  }
  return {};
}

Row check(const golden::Set& set, const fs::path& data) {
  Row row{set.name, {}, {}};
  const fs::path folder = data / set.folder;
  if (data.empty() || !fs::is_directory(folder)) {
    row.agreement.notes.push_back("skipped: no folder '" + std::string(set.folder) +
                                  "' in the data");
    return row;
  }
  auto checked = set.check(folder);
  if (checked) {
    row.agreement = *std::move(checked);
  } else {
    row.error = checked.error().to_string();
  }
  return row;
}

void print_row(const Row& row) {
  const golden::Agreement& a = row.agreement;
  const bool bad = !row.error.empty() || a.differs();
  fmt::print("{:<18} {:>8} {:>8} {:>8} {:>8} {:>12}  {}\n", row.name, a.expected, a.checked,
             a.equal, a.skipped, a.known,
             bad              ? styled("DIFFERS", "31")
             : a.checked == 0 ? "skipped"
                              : "equal");
  if (!row.error.empty()) fmt::print("    {}\n", printable(row.error));
  for (const std::string& note : a.notes) fmt::print("    {}\n", printable(note));
  for (const std::string& place : a.faults) {
    fmt::print("    known fault of the reference: {}\n", printable(place));
  }
  for (const std::string& place : a.unequal) fmt::print("    unequal: {}\n", printable(place));
}

void list(JsonWriter& out, const char* key, const std::vector<std::string>& texts) {
  out.key(key).begin_array();
  for (const std::string& text : texts) out.string(text);
  out.end_array();
}

void print_json(const std::vector<Row>& rows, const fs::path& data, int exit_code) {
  JsonWriter out;
  out.begin_object().field("data", data.string()).field("exit_code", exit_code);
  out.key("sets").begin_array();
  for (const Row& row : rows) {
    const golden::Agreement& a = row.agreement;
    out.begin_object().field("name", row.name);
    out.field("expected", a.expected).field("checked", a.checked).field("equal", a.equal);
    out.field("skipped", a.skipped).field("known_faults", a.known);
    out.field("differs", a.differs() || !row.error.empty());
    if (!row.error.empty()) out.field("error", row.error);
    list(out, "unequal", a.unequal);
    list(out, "faults", a.faults);
    list(out, "notes", a.notes);
    out.end_object();
  }
  out.end_array().end_object();
  fmt::print("{}\n", out.str());
}

int work(const Options& options) {
  const Status known = check_names(options.only);
  if (!known) return fail(known.error());
  const auto data = data_folder(options.data);
  if (!data) return fail(data.error());
  if (!options.json) {
    fmt::print("{:<18} {:>8} {:>8} {:>8} {:>8} {:>12}\n", "set", "expected", "checked", "equal",
               "skipped", "known faults");
  }
  std::vector<Row> rows;
  bool differs = false;
  bool any = false;
  for (const golden::Set& set : golden::sets()) {
    const bool wanted = options.only.empty() || std::find(options.only.begin(), options.only.end(),
                                                          set.name) != options.only.end();
    if (!wanted) continue;
    rows.push_back(check(set, *data));
    const Row& row = rows.back();
    differs = differs || !row.error.empty() || row.agreement.differs();
    any = any || row.agreement.checked > 0;
    if (!options.json) print_row(row);
  }
  const int exit_code = differs ? kExitDiffers : any ? kExitOk : kExitAllSkipped;
  if (options.json) print_json(rows, *data, exit_code);
  if (exit_code == kExitAllSkipped) {
    std::fputs("interposer eval doctor: nothing was checked (give --data DIR)\n", stderr);
  }
  return exit_code;
}

}  // namespace

void add_eval_doctor(CLI::App* eval, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      eval->add_subcommand("doctor", "stored verdicts of other tools that must come out equal");
  verb->footer(
      "Exit codes: 0 all checked are equal, 1 something differs, 3 nothing could be checked.\n"
      "Examples:\n"
      "  interposer eval doctor --data ../shared/data\n"
      "  interposer eval doctor --set gsm8k --set 'trec_eval 9.0.8' --json");
  verb->add_option("--data", options->data,
                   "the folder of the sets (default: $INTERPOSER_TEST_DATA, ../shared/data)");
  verb->add_option("--set", options->only, "only this set (again for more)");
  verb->add_flag("--json", options->json, "print JSON for machines");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
