// One model's stored responses with the strict and loose verdicts of every instruction.
#include <algorithm>
#include <boost/json.hpp>

#include "base/strings.h"
#include "evals/golden/golden.h"
#include "evals/read/files.h"
#include "evals/scorers/ifeval.h"

namespace interposer::evals::golden {
namespace {

namespace json = boost::json;

Error broken(const std::filesystem::path& path, std::size_t line, const std::string& what) {
  return make_error(Code::kDataLoss,
                    "'" + path.string() + "', line " + std::to_string(line + 1) + ": " + what,
                    "restore the data set");
}

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : std::string();
}

std::int64_t whole_of(const json::value& value) {
  boost::system::error_code failed;
  const auto whole = value.to_number<std::int64_t>(failed);
  return failed ? 0 : whole;
}

InstructionArguments arguments_of(const json::object& given) {
  InstructionArguments out;
  for (const auto& [key, value] : given) {
    if (value.is_null()) continue;
    if (std::string_view(key.data(), key.size()).ends_with("relation")) {
      out.less_than = text_of(value) == "less than";
    } else if (key == "nth_paragraph") {
      out.position = whole_of(value);
    } else if (value.is_number()) {
      out.count = whole_of(value);
    } else if (value.is_string()) {
      out.text = text_of(value);
    } else if (value.is_array()) {
      for (const json::value& word : value.get_array()) out.texts.push_back(text_of(word));
    }
  }
  return out;
}

// The reference draws a random letter where the one asked for isn't in a-z ("#"), so that its two
// stored verdicts on the same response differ.
bool reference_is_random(std::string_view type, const InstructionArguments& arguments) {
  if (!type.ends_with("letter_frequency")) return false;
  const std::string letter = to_lower(arguments.text);
  return letter.size() != 1 || letter[0] < 'a' || letter[0] > 'z';
}

struct Row {
  json::array types, arguments, verdicts;
  std::string response;
};

Result<json::object> parse_line(std::string_view line, const std::filesystem::path& path,
                                std::size_t number) {
  boost::system::error_code failed;
  json::value value = json::parse(json::string_view(line.data(), line.size()), failed);
  if (failed || !value.is_object()) return broken(path, number, "not a JSON object");
  return std::move(value.get_object());
}

Result<json::array> array_of(json::object& object, const char* key,
                             const std::filesystem::path& path, std::size_t number) {
  json::value* const found = object.if_contains(key);
  if (found == nullptr || !found->is_array()) {
    return broken(path, number, std::string("no list '") + key + "'");
  }
  return std::move(found->get_array());
}

using Follows = std::optional<bool> (*)(std::string_view, const InstructionArguments&,
                                        std::string_view);

void check_row(const Row& row, const std::string& place, Follows follows, Agreement& out) {
  for (std::size_t k = 0; k < row.types.size(); ++k) {
    ++out.expected;
    const std::string type = text_of(row.types[k]);
    const InstructionArguments arguments = row.arguments[k].is_object()
                                               ? arguments_of(row.arguments[k].get_object())
                                               : InstructionArguments();
    const std::optional<bool> verdict = follows(type, arguments, row.response);
    if (!verdict) {
      ++out.skipped;
      continue;
    }
    const bool same = row.verdicts[k].is_bool() && row.verdicts[k].get_bool() == *verdict;
    out.count(same, type + ", " + place + (*verdict ? ": got true" : ": got false"),
              reference_is_random(type, arguments));
  }
}

Status check_model(const std::string& input_text, const std::filesystem::path& input_path,
                   const std::filesystem::path& verdict_path, Follows follows, Agreement& out) {
  IP_TRY(const std::string verdict_text, read_file(verdict_path));
  const std::vector<std::string_view> inputs = lines_of(input_text);
  const std::vector<std::string_view> verdicts = lines_of(verdict_text);
  if (inputs.size() != verdicts.size()) return broken(verdict_path, 0, "not a line a prompt");
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    IP_TRY(json::object input, parse_line(inputs[i], input_path, i));
    IP_TRY(json::object stored, parse_line(verdicts[i], verdict_path, i));
    Row row;
    IP_TRY(row.types, array_of(input, "instruction_id_list", input_path, i));
    IP_TRY(row.arguments, array_of(input, "kwargs", input_path, i));
    IP_TRY(row.verdicts, array_of(stored, "follow_instruction_list", verdict_path, i));
    row.response = text_of(stored["response"]);
    if (row.arguments.size() != row.types.size() || row.verdicts.size() != row.types.size()) {
      return broken(verdict_path, i, "lists of different lengths");
    }
    check_row(row,
              verdict_path.parent_path().filename().string() + " line " + std::to_string(i + 1),
              follows, out);
  }
  return {};
}

// The folder's own model, and those in folders below it.
Result<Agreement> check(const std::filesystem::path& folder, const char* file, Follows follows) {
  const std::filesystem::path input_path = folder / "en_input_data.jsonl";
  IP_TRY(const std::string input_text, read_file(input_path));
  std::vector<std::filesystem::path> found;
  std::error_code failed;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, failed)) {
    if (entry.path().filename() == file) found.push_back(entry.path());
  }
  if (failed) return broken(folder, 0, failed.message());
  if (found.empty()) return broken(folder / file, 0, "it is missing");
  std::sort(found.begin(), found.end());
  Agreement out;
  for (const std::filesystem::path& path : found) {
    IP_OK(check_model(input_text, input_path, path, follows, out));
  }
  if (out.skipped > 0) {
    out.notes.emplace_back(
        "skipped: number_sentences and response_language, and what is in the right case but "
        "perhaps not in English: they need a trained splitter or a detector");
  }
  return out;
}

}  // namespace

Result<Agreement> check_ifeval_strict(const std::filesystem::path& folder) {
  return check(folder, "eval_results_strict.jsonl", follows_strict);
}

Result<Agreement> check_ifeval_loose(const std::filesystem::path& folder) {
  return check(folder, "eval_results_loose.jsonl", follows_loose);
}

}  // namespace interposer::evals::golden
