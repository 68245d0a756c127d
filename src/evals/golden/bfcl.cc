// BFCL: its stored answers must pass as calls, and verdicts of its own checker must be met.
#include <array>
#include <set>

#include "evals/golden/golden.h"
#include "evals/read/files.h"
#include "evals/tools/bfcl.h"
#include "evals/tools/python_calls.h"

namespace interposer::evals::golden {
namespace {

using tools::BfclCategory;
using tools::BfclItem;
using tools::CallVerdict;
using tools::Value;

struct File {
  const char* name;
  BfclCategory category;
};
constexpr std::array kFiles{
    File{"simple_python", BfclCategory::kSimple}, File{"multiple", BfclCategory::kMultiple},
    File{"parallel", BfclCategory::kParallel}, File{"parallel_multiple", BfclCategory::kParallel},
    File{"live_simple", BfclCategory::kSimple}};

// Items whose own first answers BFCL's checker refuses, too: an answer lacks a required parameter,
// or has a type that the function's description does not.
const std::set<std::string>& refused_answers() {
  static const std::set<std::string> ids{"parallel_multiple_12", "parallel_multiple_26",
                                         "live_simple_106-63-0", "live_simple_112-68-0"};
  return ids;
}

Error broken(const std::filesystem::path& path, std::size_t line, const std::string& what) {
  return make_error(Code::kDataLoss,
                    "'" + path.string() + "', line " + std::to_string(line + 1) + ": " + what,
                    "restore the data set");
}

// The first possible value that isn't "left out"; dicts hold possible values for each of their
// keys.
Value concrete(const Value& answer) {
  if (answer.kind == Value::Kind::kList) {
    Value out = Value::list({});
    for (const Value& item : answer.items) out.items.push_back(concrete(item));
    return out;
  }
  if (answer.kind != Value::Kind::kDict) return answer;
  Value out = Value::dict();
  for (std::size_t i = 0; i < answer.keys.size(); ++i) {
    for (const Value& possible : answer.items[i].items) {
      if (possible.is_text("")) continue;
      out.put(answer.keys[i], concrete(possible));
      break;
    }
  }
  return out;
}

Value first_answers(const Value& answers) {
  Value calls = Value::list({});
  for (const Value& answer : answers.items) {
    Value call = Value::dict();
    for (std::size_t i = 0; i < answer.keys.size(); ++i) {
      call.put(answer.keys[i], concrete(answer.items[i]));
    }
    calls.items.push_back(std::move(call));
  }
  return calls;
}

std::string text_at(const Value& row, const char* key) {
  const Value* const found = row.find(key);
  return found == nullptr ? std::string() : found->text;
}

Value value_at(const Value& row, const char* key) {
  const Value* const found = row.find(key);
  return found == nullptr ? Value::list({}) : *found;
}

bool flag_at(const Value& row, const char* key) {
  const Value* const found = row.find(key);
  return found != nullptr && found->boolean;
}

Status check_file(const std::filesystem::path& folder, const File& file, Agreement& out) {
  const std::string name = std::string("BFCL_v4_") + file.name + ".json";
  const std::filesystem::path questions = folder / name;
  const std::filesystem::path answers = folder / "possible_answer" / name;
  IP_TRY(const std::string question_text, read_file(questions));
  IP_TRY(const std::string answer_text, read_file(answers));
  const auto question_lines = lines_of(question_text);
  const auto answer_lines = lines_of(answer_text);
  if (question_lines.size() != answer_lines.size())
    return broken(answers, 0, "not a line a question");
  for (std::size_t i = 0; i < question_lines.size(); ++i) {
    IP_TRY(const Value question, tools::parse_json_value(question_lines[i], questions.string()));
    IP_TRY(const Value answer, tools::parse_json_value(answer_lines[i], answers.string()));
    const std::string id = text_at(answer, "id");
    if (id != text_at(question, "id")) return broken(answers, i, "another id than its question");
    const BfclItem item{value_at(question, "function"), value_at(answer, "ground_truth"),
                        file.category};
    ++out.expected;
    const CallVerdict verdict = tools::bfcl_check(item, first_answers(item.answers));
    out.count(verdict.valid, id + ": " + verdict.kind + ", " + verdict.detail,
              refused_answers().contains(id));
  }
  return {};
}

BfclCategory category_of(const std::string& name) {
  if (name.find("parallel") != name.npos) return BfclCategory::kParallel;
  return name.find("multiple") != name.npos ? BfclCategory::kMultiple : BfclCategory::kSimple;
}

// Decoded tuples are lists in the stored JSON.
void make_lists(Value& value) {
  if (value.kind == Value::Kind::kTuple) value.kind = Value::Kind::kList;
  for (Value& item : value.items) make_lists(item);
}

// One line: functions, answers, category, and either calls with the verdict (valid, kind) or a text
// with what it decodes to (decoded, null where it doesn't).
Status check_line(const Value& row, const std::string& place, Agreement& out) {
  ++out.expected;
  if (row.find("text") != nullptr) {
    const Value wanted = value_at(row, "decoded");
    auto decoded = tools::decode_python_calls(text_at(row, "text"));
    if (decoded) make_lists(*decoded);
    const bool none = wanted.kind == Value::Kind::kNone;
    const std::string got = decoded ? "got " + tools::repr(*decoded, 100) : decoded.error().message;
    out.count(decoded ? !none && tools::equal(*decoded, wanted) : none, place + ": " + got);
    return {};
  }
  const BfclItem item{value_at(row, "functions"), value_at(row, "answers"),
                      category_of(text_at(row, "category"))};
  const CallVerdict verdict =
      tools::bfcl_check(item, value_at(row, "calls"), {flag_at(row, "dots_become_underscores")});
  const bool same = verdict.valid == flag_at(row, "valid") && verdict.kind == text_at(row, "kind");
  out.count(same, place + ": got " + (verdict.valid ? "valid" : verdict.kind) + ", wanted " +
                      (flag_at(row, "valid") ? "valid" : text_at(row, "kind")));
  return {};
}

}  // namespace

Result<Agreement> check_bfcl_answers(const std::filesystem::path& folder) {
  Agreement out;
  for (const File& file : kFiles) {
    IP_OK(check_file(folder, file, out));
  }
  return out;
}

Result<Agreement> check_bfcl_verdicts(const std::filesystem::path& folder) {
  Agreement out;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    IP_TRY(const std::string text, read_file(entry.path()));
    const auto lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      IP_TRY(const Value row, tools::parse_json_value(lines[i], entry.path().string()));
      const std::string place =
          entry.path().filename().string() + ":" + std::to_string(i + 1) + " " + text_at(row, "id");
      IP_OK(check_line(row, place, out));
    }
  }
  if (failed) return broken(folder, 0, failed.message());
  return out;
}

}  // namespace interposer::evals::golden
