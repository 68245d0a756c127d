#include "evals/trec/command.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/strings.h"
#include "evals/trec/compare.h"
#include "evals/trec/evaluate.h"
#include "evals/trec/text_file.h"

namespace interposer::evals::trec {
namespace {

constexpr int kExitUsage = 1;
constexpr int kExitFile = 2;
constexpr std::string_view kHelp =
    "A retrieval run against judgments, as trec_eval prints it.\n"
    "Usage: interposer eval trec [OPTIONS] JUDGMENTS RUN\n"
    "       interposer eval trec compare [OPTIONS] JUDGMENTS RUN_A RUN_B\n\n"
    "  -q            every topic, too        -n  no summary\n"
    "  -c            average over all judged topics\n"
    "  -J            judged documents only\n"
    "  -m MEASURE    official (default), all_trec, or a name with its parameters: P.5,10 (again "
    "for more)\n"
    "  -l LEVEL      grades from here on are relevant (1)\n"
    "  -M DOCS       documents of a topic that count\n"
    "  -N DOCS       documents in the collection\n"
    "  -R FORMAT     of the judgments: qrels, qrels_jg, prefs, qrels_prefs\n"
    "  -T FORMAT     of the run: trec_results\n"
    "  -Z FILE       means and deviations: print z-scores\n"
    "  --as 9|10|beir  whose numbers (10)\n"
    "compare: paired randomisation over topics, run B against run A\n"
    "  --rounds N    sign flips (10000)      --seed N  of them (12345)\n"
    "  --json        for machines\n\n"
    "Exit codes are trec_eval's: 0, 1 usage, 2 a file, 4 a topic that cannot be measured, 7 no "
    "topic in both.\n"
    "Examples:\n"
    "  interposer eval trec -q -m map -m ndcg_cut.10 qrels.txt run.txt\n"
    "  interposer eval trec --as beir -m ndcg_cut.10 qrels.txt run.txt\n"
    "  interposer eval trec compare -m ndcg_cut.10 qrels.txt before.run after.run\n";
constexpr std::string_view kUsage =
    "give [-q] [-c] [-n] [-J] [-m MEASURE]... [-l LEVEL] [-M DOCS] [-N DOCS] [-R FORMAT] [-Z FILE] "
    "[--as 9|10|beir] JUDGMENTS RUN";

struct Arguments {
  EvaluateOptions options;
  Format format = Format::kQrels;
  std::vector<std::string> measures;
  std::string z_file;
  std::vector<std::string> files;
};

const std::map<std::string_view, char>& long_names() {
  static const std::map<std::string_view, char> names{{"query_eval_wanted", 'q'},
                                                      {"measure", 'm'},
                                                      {"complete_rel_info_wanted", 'c'},
                                                      {"level_for_rel", 'l'},
                                                      {"nosummary", 'n'},
                                                      {"Judged_docs_only", 'J'},
                                                      {"Number_docs_in_coll", 'N'},
                                                      {"Max_retrieved_per_topic", 'M'},
                                                      {"Rel_info_format", 'R'},
                                                      {"Results_format", 'T'},
                                                      {"Zscore", 'Z'},
                                                      {"as", 'A'}};
  return names;
}

Error usage_error(std::string what) {
  return make_error(Code::kInvalidArgument, std::move(what), std::string(kUsage));
}

Result<std::int64_t> whole(char option, std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return usage_error(std::string("-") + option + " wants a whole number, not '" +
                       std::string(text) + "'");
  }
  return value;
}

Status set_flag(Arguments& out, char option) {
  switch (option) {
    case 'q':
      out.options.per_topic = true;
      return {};
    case 'c':
      out.options.complete = true;
      return {};
    case 'n':
      out.options.summary = false;
      return {};
    case 'J':
      out.options.rank.judged_only = true;
      return {};
    default:
      return usage_error(std::string("there is no option -") + option);
  }
}

Status set_value(Arguments& out, char option, const std::string& value) {
  switch (option) {
    case 'm':
      out.measures.push_back(value);
      return {};
    case 'Z':
      out.z_file = value;
      return {};
    case 'l': {
      IP_TRY(out.options.rank.level, whole(option, value));
      return {};
    }
    case 'M': {
      IP_TRY(out.options.rank.docs_max, whole(option, value));
      return {};
    }
    case 'N': {
      IP_TRY(out.options.docs_in_collection, whole(option, value));
      return {};
    }
    case 'R': {
      const auto format = format_by_name(value);
      if (!format) return usage_error("there is no judgment format '" + value + "'");
      out.format = *format;
      return {};
    }
    case 'T':
      if (value != "trec_results") return usage_error("there is no run format '" + value + "'");
      return {};
    default:
      break;
  }
  if (value == "9") {
    out.options.personality = Personality::kTrec9;
  } else if (value == "10") {
    out.options.personality = Personality::kTrec10;
  } else if (value == "beir") {
    out.options.personality = Personality::kBeir;
  } else {
    return usage_error("--as wants 9, 10 or beir, not '" + value + "'");
  }
  return {};
}

bool takes_value(char option) {
  return std::string_view("mlNMRTZA").find(option) != std::string_view::npos;
}

Result<Arguments> parse_arguments(const std::vector<std::string>& given, std::size_t files) {
  Arguments out;
  for (std::size_t i = 0; i < given.size(); ++i) {
    std::string_view word = given[i];
    if (word.size() < 2 || word[0] != '-') {
      out.files.push_back(given[i]);
      continue;
    }
    std::string value;
    char option = word[1];
    bool attached = false;
    if (option == '-') {
      const std::size_t equals = word.find('=');
      const auto found =
          long_names().find(word.substr(2, equals == word.npos ? equals : equals - 2));
      if (found == long_names().end()) return usage_error("there is no option " + given[i]);
      option = found->second;
      attached = equals != word.npos;
      if (attached) value = word.substr(equals + 1);
    } else if (!takes_value(option)) {
      for (char flag : word.substr(1)) {  // -qc is -q -c
        IP_OK(set_flag(out, flag));
      }
      continue;
    } else {
      attached = word.size() > 2;
      if (attached) value = word.substr(2);
    }
    if (!takes_value(option)) {
      IP_OK(set_flag(out, option));
      continue;
    }
    if (!attached && ++i == given.size())
      return usage_error("option " + given[i - 1] + " wants a value");
    IP_OK(set_value(out, option, attached ? value : given[i]));
  }
  if (out.files.size() != files) {
    return usage_error(std::to_string(files) + " files are wanted, the judgments first");
  }
  return out;
}

const Measure* measure_by_name(std::string_view name) {
  for (const Measure& measure : all_measures()) {
    if (measure.name == name) return &measure;
  }
  return nullptr;
}

Error unknown_measure(std::string_view name) {
  std::vector<std::string> names{"official", "set", "all_trec", "all_prefs", "prefs", "qrels_jg"};
  for (const Measure& measure : all_measures()) names.emplace_back(measure.name);
  return make_error(Code::kInvalidArgument, "there is no measure '" + std::string(name) + "'",
                    did_you_mean(name, names));
}

bool fits(Needs needs, Format format) {
  switch (needs) {
    case Needs::kNothing:
      return true;
    case Needs::kJudgments:
      return format == Format::kQrels;
    case Needs::kGroups:
      return format == Format::kQrelsJg;
    case Needs::kPreferences:
      return format == Format::kPrefs || format == Format::kQrelsPrefs;
  }
  return false;
}

// In the catalogue's order whatever the order of -m; the first parameters given for a name count.
Status choose_measures(Arguments& arguments) {
  if (arguments.measures.empty()) arguments.measures.emplace_back("official");
  std::map<const Measure*, Parameters> chosen;
  for (const std::string& wanted : arguments.measures) {
    const std::size_t dot = wanted.find('.');
    const std::string_view name = std::string_view(wanted).substr(0, dot);
    for (std::string_view member : members_of(name, arguments.options.personality)) {
      const Measure* const measure = measure_by_name(member);
      chosen.try_emplace(measure, default_parameters(*measure));
    }
    if (!members_of(name, arguments.options.personality).empty()) continue;
    const Measure* const measure = measure_by_name(name);
    if (measure == nullptr) return unknown_measure(name);
    if (dot == wanted.npos) {
      chosen.try_emplace(measure, default_parameters(*measure));
      continue;
    }
    IP_TRY(Parameters parameters,
           parse_parameters(*measure, std::string_view(wanted).substr(dot + 1)));
    const auto [at, fresh] = chosen.try_emplace(measure, parameters);
    if (!fresh && at->second.text.empty()) at->second = std::move(parameters);
  }
  for (const Measure& measure : all_measures()) {
    const auto found = chosen.find(&measure);
    if (found == chosen.end()) continue;
    if (!fits(measure.needs, arguments.format)) {
      return make_error(Code::kInvalidArgument,
                        "measure '" + std::string(measure.name) + "' does not go with this format",
                        "choose the format with -R");
    }
    arguments.options.measures.push_back({&measure, std::move(found->second)});
  }
  return {};
}

CommandResult failure(int status, const Error& error) {
  return {status, {}, "interposer eval trec: " + error.to_string() + "\n"};
}

// Evaluates files[0] and files[run] as the arguments say.
CommandResult evaluate_files(Arguments& arguments, std::size_t run_index) {
  const auto judgment_file = MappedFile::open(arguments.files[0]);
  if (!judgment_file) return failure(kExitFile, judgment_file.error());
  const auto judgments = parse_judgments(judgment_file->text(), arguments.files[0],
                                         arguments.format, arguments.options.personality);
  if (!judgments) return failure(kExitFile, judgments.error());
  const std::string& run_name = arguments.files[run_index];
  const auto run_file = MappedFile::open(run_name);
  if (!run_file) return failure(kExitFile, run_file.error());
  auto run = parse_run(run_file->text(), run_name, arguments.options.personality);
  if (!run) return failure(kExitFile, run.error());
  ZScores z_scores;
  if (!arguments.z_file.empty()) {
    const auto file = MappedFile::open(arguments.z_file);
    if (!file) return failure(kExitFile, file.error());
    auto scores = parse_z_scores(file->text(), arguments.z_file);
    if (!scores) return failure(kExitFile, scores.error());
    z_scores = *std::move(scores);
    arguments.options.z_scores = &z_scores;
  }
  Evaluation done = evaluate(*std::move(run), *judgments, arguments.options);
  arguments.options.z_scores = nullptr;
  if (done.exit_status == 0) return {0, std::move(done.text), {}};
  CommandResult result = failure(done.exit_status, done.error);
  result.output = std::move(done.text);
  return result;
}

bool asks_for_help(const std::vector<std::string>& given) {
  return std::any_of(given.begin(), given.end(),
                     [](const std::string& word) { return word == "-h" || word == "--help"; });
}

}  // namespace

CommandResult run_command(const std::vector<std::string>& given) {
  if (asks_for_help(given)) return {0, std::string(kHelp), {}};
  if (!given.empty() && given[0] == "compare") {
    return compare_runs({given.begin() + 1, given.end()});
  }
  Result<Arguments> parsed = parse_arguments(given, 2);
  if (!parsed) return failure(kExitUsage, parsed.error());
  const Status chosen = choose_measures(*parsed);
  if (!chosen) return failure(kExitUsage, chosen.error());
  return evaluate_files(*parsed, 1);
}

CommandResult per_topic_values(const std::vector<std::string>& given, PerTopic& out) {
  Result<Arguments> parsed = parse_arguments(given, 3);
  if (!parsed) return failure(kExitUsage, parsed.error());
  if (parsed->measures.empty()) parsed->measures = {"map", "P.10", "ndcg_cut.10", "recip_rank"};
  const Status chosen = choose_measures(*parsed);
  if (!chosen) return failure(kExitUsage, chosen.error());
  parsed->options.summary = parsed->options.per_topic = false;
  parsed->options.skip_missing = true;
  out.complete = parsed->options.complete;
  out.run_files = {parsed->files[1], parsed->files[2]};
  for (std::size_t run = 0; run < 2; ++run) {
    parsed->options.topic_values = &out.values[run];
    CommandResult done = evaluate_files(*parsed, run + 1);
    if (done.exit_status != 0) return done;
  }
  return {};
}

}  // namespace interposer::evals::trec
