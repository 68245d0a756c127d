// GSM8K's graded solutions and BIG-Bench Hard's stored outputs.
#include <boost/json.hpp>
#include <cmath>

#include "evals/golden/golden.h"
#include "evals/read/files.h"
#include "evals/scorers/answer.h"

namespace interposer::evals::golden {
namespace {

namespace json = boost::json;

Error broken(const std::filesystem::path& path, const std::string& what) {
  return make_error(Code::kDataLoss, "'" + path.string() + "': " + what, "restore the data set");
}

Result<json::value> parse(std::string_view text, const std::filesystem::path& path) {
  boost::system::error_code failed;
  json::value value = json::parse(json::string_view(text.data(), text.size()), failed);
  if (failed) return broken(path, failed.message());
  return value;
}

std::string_view text_at(const json::object& object, std::string_view key) {
  const json::value* const found = object.if_contains(json::string_view(key.data(), key.size()));
  if (found == nullptr || !found->is_string()) return {};
  return {found->get_string().data(), found->get_string().size()};
}

// The stored accuracy is a share of the examples in percent.
Status check_bbh_task(const std::filesystem::path& path, Agreement& out) {
  std::string metrics = path.string();
  metrics.replace(metrics.rfind(".json"), 5, "_eval_metrics.jsonl");
  IP_TRY(const std::string outputs_text, read_file(path));
  IP_TRY(const std::string metrics_text, read_file(metrics));
  IP_TRY(const json::value outputs, parse(outputs_text, path));
  IP_TRY(const json::value stored, parse(metrics_text, metrics));
  const json::value* const examples =
      outputs.is_object() ? outputs.get_object().if_contains("outputs") : nullptr;
  const json::value* const accuracy =
      stored.is_object() ? stored.get_object().if_contains("accuracy") : nullptr;
  if (examples == nullptr || !examples->is_array() || accuracy == nullptr ||
      !accuracy->is_number()) {
    return broken(path, "no outputs or no accuracy");
  }
  double right = 0;
  for (const json::value& example : examples->get_array()) {
    if (!example.is_object()) return broken(path, "an output is not an object");
    const json::object& fields = example.get_object();
    right += bbh_answer(text_at(fields, "prediction")) == text_at(fields, "target") ? 1 : 0;
  }
  const double got = right / static_cast<double>(examples->get_array().size()) * 100;
  out.count(std::abs(got - accuracy->to_number<double>()) < 1e-9, path.filename().string());
  return {};
}

}  // namespace

Result<Agreement> check_gsm8k(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "example_model_solutions.jsonl";
  IP_TRY(const std::string text, read_file(path));
  Agreement out;
  std::int64_t right = 0;
  for (std::string_view line : lines_of(text)) {
    IP_TRY(const json::value row, parse(line, path));
    if (!row.is_object()) return broken(path, "a line is not an object");
    const json::object& fields = row.get_object();
    const auto truth = answer_after_label(text_at(fields, "ground_truth"));
    for (const auto& [solver, graded] : fields) {
      if (!graded.is_object()) continue;
      const auto answer = answer_after_label(text_at(graded.get_object(), "solution"));
      const bool verdict = truth && answer && equal_as_numbers(*answer, *truth);
      const json::value* const stored = graded.get_object().if_contains("is_correct");
      ++out.expected;
      right += verdict ? 1 : 0;
      out.count(
          stored != nullptr && stored->is_bool() && stored->get_bool() == verdict,
          std::string(solver) + ": " + std::string(text_at(fields, "question").substr(0, 60)));
    }
  }
  out.notes.push_back(std::to_string(right) + " solutions are right");
  return out;
}

Result<Agreement> check_bbh(const std::filesystem::path& folder) {
  Agreement out;
  for (const char* const kind : {"outputs_cot", "outputs_direct"}) {
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder / kind, failed)) {
      if (entry.path().extension() != ".json") continue;
      ++out.expected;
      IP_OK(check_bbh_task(entry.path(), out));
    }
    if (failed) return broken(folder / kind, failed.message());
  }
  return out;
}

}  // namespace interposer::evals::golden
