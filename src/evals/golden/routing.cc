// AlpacaEval's means, RouteLLM's grades, LLMRouter's outcome matrix.
#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "evals/golden/golden.h"
#include "evals/read/files.h"
#include "evals/scorers/answer.h"
#include "stats/moments.h"

namespace interposer::evals::golden {
namespace {

namespace json = boost::json;

Error broken(const std::filesystem::path& path, const std::string& what) {
  return make_error(Code::kDataLoss, "'" + path.string() + "': " + what, "restore the data set");
}

Result<Csv> read_csv(const std::filesystem::path& path) {
  IP_TRY(const std::string text, read_file(path));
  return parse_csv(text, path.string());
}

Result<double> number(std::string_view text, const std::filesystem::path& path) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return broken(path, "'" + std::string(text) + "' is not a number");
  }
  return value;
}

std::string percent(double share) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4f", share);
  return buffer;
}

// AlpacaEval's own annotations.json; unannotated items don't count.
Result<stats::Moments> annotated_win_rate(const std::filesystem::path& path) {
  IP_TRY(const std::string text, read_file(path));
  boost::system::error_code failed;
  const json::value rows = json::parse(text, failed);
  if (failed || !rows.is_array()) return broken(path, "not an array");
  std::vector<double> wins;
  for (const json::value& row : rows.get_array()) {
    const json::value* const preference =
        row.is_object() ? row.get_object().if_contains("preference") : nullptr;
    if (preference == nullptr) return broken(path, "an annotation has no preference");
    if (preference->is_number()) wins.push_back(preference->to_number<double>() - 1);
  }
  return stats::moments(wins);
}

// Preferences run from 1 (the baseline) to 2 (the model); the leaderboard is in percent.
Result<stats::Moments> win_rate(const std::filesystem::path& path) {
  if (path.extension() == ".json") return annotated_win_rate(path);
  IP_TRY(const Csv csv, read_csv(path));
  const std::size_t column = csv.column("preference");
  if (column == csv.header.size()) return broken(path, "no column 'preference'");
  std::vector<double> wins;
  for (const auto& row : csv.rows) {
    IP_TRY(const double preference, number(row[column], path));
    wins.push_back(preference - 1);
  }
  return stats::moments(wins);
}

// Labels of the stored set that its own responses contradict: the response gives another number.
// (question from 0; the label says right.)
const std::set<std::size_t> kMixtralLabelFaults{164, 191, 460, 1241, 1269};

struct Extraction {
  std::int64_t strict = 0;
  std::int64_t flexible = 0;
  std::int64_t disagree = 0;
};

std::string text_of(const json::object& object, const char* key) {
  const json::value* const found = object.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

Result<std::vector<std::string>> gsm8k_answers(const std::filesystem::path& path) {
  IP_TRY(const std::string text, read_file(path));
  std::vector<std::string> answers;
  for (std::string_view line : lines_of(text)) {
    boost::system::error_code failed;
    const json::value row = json::parse(json::string_view(line.data(), line.size()), failed);
    if (failed || !row.is_object()) return broken(path, "a line is not an object");
    answers.push_back(gsm8k_clean(text_of(row.get_object(), "answer")));
  }
  return answers;
}

Extraction check_model(const Csv& csv, const std::vector<std::string>& answers, std::size_t label,
                       std::size_t response, const std::set<std::size_t>& faults, Agreement& out) {
  Extraction counts;
  for (std::size_t i = 0; i < csv.rows.size(); ++i) {
    const std::string& said = csv.rows[i][response];
    const auto strict = gsm8k_strict(said);
    const auto flexible = gsm8k_flexible(said);
    const bool strict_right = strict && gsm8k_clean(*strict) == answers[i];
    const bool right = flexible && gsm8k_clean(*flexible) == answers[i];
    counts.strict += strict_right ? 1 : 0;
    counts.flexible += right ? 1 : 0;
    counts.disagree += strict_right != right ? 1 : 0;
    const bool stored = csv.rows[i][label] == "True";
    out.count(stored == right, csv.header[label] + ", question " + std::to_string(i),
              faults.contains(i));
  }
  return counts;
}

// The preferences of each model: NAME.csv beside the leaderboard, or an annotations.json below
// NAME/. By path.
using ModelFiles = std::vector<std::pair<std::string, std::filesystem::path>>;
Result<ModelFiles> model_files(const std::filesystem::path& folder,
                               const std::filesystem::path& board) {
  ModelFiles out;
  std::error_code failed;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, failed)) {
    const std::filesystem::path& path = entry.path();
    if (path.extension() == ".csv" && path != board && path.parent_path() == folder) {
      out.emplace_back(path.stem().string(), path);
    }
    if (path.filename() != "annotations.json") continue;
    std::filesystem::path model = path.parent_path();
    if (model.filename().string().starts_with("weighted_")) model = model.parent_path();
    out.emplace_back(model.filename().string(), path);
  }
  if (failed) return broken(folder, failed.message());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Result<Agreement> check_alpaca_eval(const std::filesystem::path& folder) {
  const std::filesystem::path board_path =
      folder / "weighted_alpaca_eval_gpt4_turbo_leaderboard.csv";
  IP_TRY(const Csv board, read_csv(board_path));
  const std::size_t rate = board.column("win_rate");
  const std::size_t error = board.column("standard_error");
  if (rate == board.header.size() || error == board.header.size()) {
    return broken(board_path, "no win_rate or standard_error");
  }
  Agreement out;
  IP_TRY(const ModelFiles models, model_files(folder, board_path));
  for (const auto& [name, path] : models) {
    const std::string model = name;
    out.expected += 2;
    const auto row = std::find_if(board.rows.begin(), board.rows.end(),
                                  [&](const auto& fields) { return fields[0] == model; });
    if (row == board.rows.end()) return broken(board_path, "no model " + model);
    IP_TRY(const stats::Moments wins, win_rate(path));
    IP_TRY(const double stored_rate, number((*row)[rate], board_path));
    IP_TRY(const double stored_error, number((*row)[error], board_path));
    out.count(std::abs(wins.mean * 100 - stored_rate) < 1e-9, model + " win_rate");
    out.count(std::abs(wins.standard_error() * 100 - stored_error) < 1e-9,
              model + " standard_error");
  }
  return out;
}

Result<Agreement> check_routellm(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "gsm8k_responses.csv";
  IP_TRY(const Csv csv, read_csv(path));
  IP_TRY(const std::vector<std::string> answers, gsm8k_answers(folder / "../gsm8k/test.jsonl"));
  if (answers.size() != csv.rows.size())
    return broken(path, "not the questions of gsm8k's test set");
  Agreement out;
  for (const std::string model : {"gpt-4-1106-preview", "mistralai/Mixtral-8x7B-Instruct-v0.1"}) {
    const std::size_t label = csv.column(model);
    const std::size_t response = csv.column(model + "_response");
    if (label == csv.header.size() || response == csv.header.size()) {
      return broken(path, "no columns of " + model);
    }
    out.expected += static_cast<std::int64_t>(csv.rows.size());
    const bool mixtral = model.starts_with("mistralai");
    const Extraction counts =
        check_model(csv, answers, label, response,
                    mixtral ? kMixtralLabelFaults : std::set<std::size_t>{}, out);
    const double share =
        static_cast<double>(counts.disagree) / static_cast<double>(csv.rows.size());
    char note[200];
    std::snprintf(note, sizeof note,
                  "%s: strict %lld, flexible %lld; extractors disagree on %.1f %%", model.c_str(),
                  static_cast<long long>(counts.strict), static_cast<long long>(counts.flexible),
                  share * 100);
    out.notes.emplace_back(note);
  }
  return out;
}

Result<Agreement> check_llmrouter(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "test.json";
  IP_TRY(const std::string text, read_file(path));
  boost::system::error_code failed;
  const json::value rows = json::parse(text, failed);
  if (failed || !rows.is_array()) return broken(path, "not an array");
  std::map<std::string, double> total;
  double oracle = 0;
  for (const json::value& row : rows.get_array()) {
    const json::value* const scores =
        row.is_object() ? row.get_object().if_contains("scores") : nullptr;
    if (scores == nullptr || !scores->is_object()) return broken(path, "a query has no scores");
    double best = 0;
    for (const auto& [model, score] : scores->get_object()) {
      if (!score.is_number()) return broken(path, "a score is not a number");
      best = std::max(best, score.to_number<double>());
      total[std::string(model)] += score.to_number<double>();
    }
    oracle += best;
  }
  const double queries = static_cast<double>(rows.get_array().size());
  double best_single = 0;
  double worst_single = 1;
  for (const auto& [model, sum] : total) {
    best_single = std::max(best_single, sum / queries);
    worst_single = std::min(worst_single, sum / queries);
  }
  Agreement out;  // to the printed digit of the study
  out.expected = 3;
  out.count(percent(oracle / queries) == "0.7434", "oracle " + percent(oracle / queries));
  out.count(percent(best_single) == "0.5626", "best single " + percent(best_single));
  out.count(percent(worst_single) == "0.1538", "worst single " + percent(worst_single));
  return out;
}

}  // namespace interposer::evals::golden
