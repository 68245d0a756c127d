// Reading Exercism's exercises, and Catch's report of a run.
#include <algorithm>
#include <boost/json.hpp>

#include "base/strings.h"
#include "evals/code/exercism.h"
#include "evals/read/files.h"

namespace interposer::evals::code {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

Error broken(const fs::path& path, const std::string& what) {
  return make_error(Code::kInvalidArgument, "'" + path.string() + "': " + what,
                    "give an exercise of Exercism's C++ track");
}

// Names are plain: an exercise must not make the judge write elsewhere.
bool is_plain(std::string_view name) {
  return !name.empty() && name.front() != '/' && name.find("..") == name.npos;
}

Result<std::vector<std::string>> names_at(const json::object& files, const char* key,
                                          const fs::path& path) {
  std::vector<std::string> out;
  const json::value* const found = files.if_contains(key);
  if (found == nullptr || !found->is_array()) return broken(path, std::string("no files.") + key);
  for (const json::value& name : found->get_array()) {
    if (!name.is_string() || !is_plain(name.get_string())) return broken(path, "not a file name");
    out.emplace_back(name.get_string());
  }
  return out;
}

Result<json::object> read_config(const fs::path& path) {
  IP_TRY(const std::string text, read_file(path));
  boost::system::error_code failed;
  json::value config = json::parse(text, failed);
  json::value* const files =
      !failed && config.is_object() ? config.get_object().if_contains("files") : nullptr;
  if (files == nullptr || !files->is_object()) return broken(path, "no object 'files'");
  return std::move(files->get_object());
}

std::string attribute(std::string_view tag, std::string_view name) {
  const std::string wanted = " " + std::string(name) + "=\"";
  const std::size_t at = tag.find(wanted);
  if (at == tag.npos) return {};
  const std::size_t from = at + wanted.size();
  const std::size_t end = tag.find('"', from);
  return std::string(tag.substr(from, end == tag.npos ? 0 : end - from));
}

}  // namespace

std::int64_t count_tests(std::string_view source) {
  std::int64_t count = 0;
  for (std::string_view line : lines_of(source)) {
    line = trim(line);
    for (std::string_view macro : {"TEST_CASE(", "TEST_CASE_METHOD(", "SCENARIO("}) {
      count += line.starts_with(macro) ? 1 : 0;
    }
  }
  return count;
}

std::optional<TestReport> parse_catch_xml(std::string_view xml, std::string_view run_name) {
  const std::size_t at = xml.find("<Catch ");
  if (at == xml.npos) return std::nullopt;
  const std::string_view tag = xml.substr(at, xml.find('>', at) - at);
  if (attribute(tag, "name") != run_name || xml.find("</Catch>", at) == xml.npos) {
    return std::nullopt;
  }
  const auto count = [&](std::string_view text) {
    std::int64_t found = 0;
    for (std::size_t i = xml.find(text, at); i != xml.npos; i = xml.find(text, i + 1)) ++found;
    return found;
  };
  return TestReport{count("<TestCase "), count("<OverallResult success=\"false\"")};
}

Result<CppTask> read_cpp_task(const fs::path& folder) {
  CppTask task;
  task.name = folder.filename().string();
  const fs::path config = folder / ".meta" / "config.json";
  IP_TRY(const json::object files, read_config(config));
  IP_TRY(task.solution_files, names_at(files, "solution", config));
  IP_TRY(const std::vector<std::string> tests, names_at(files, "test", config));
  IP_TRY(const std::vector<std::string> examples, names_at(files, "example", config));
  for (const std::string& name : task.solution_files) {
    IP_TRY(task.stub[name], read_file(folder / name));
  }
  for (const std::string& name : tests) {
    IP_TRY(task.test_files[name], read_file(folder / name));
    task.tests += count_tests(task.test_files[name]);
  }
  for (const std::string& name : examples) {  // example.h solves the task's .h
    const auto solved = std::find_if(
        task.solution_files.begin(), task.solution_files.end(), [&](const std::string& file) {
          return fs::path(file).extension() == fs::path(name).extension();
        });
    if (solved == task.solution_files.end()) return broken(config, "an example solves no file");
    IP_TRY(task.example[*solved], read_file(folder / name));
  }
  for (const char* page : {"introduction.md", "instructions.md", "instructions.append.md"}) {
    const auto text = read_file(folder / ".docs" / page);
    if (text) task.instructions += *text + "\n";
  }
  if (task.tests == 0) return broken(folder, "no test cases");
  return task;
}

Result<std::vector<CppTask>> read_cpp_tasks(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (fs::exists(entry.path() / ".meta" / "config.json")) folders.push_back(entry.path());
  }
  if (failed) return broken(folder, failed.message());
  std::sort(folders.begin(), folders.end());
  std::vector<CppTask> out;
  for (const fs::path& path : folders) {
    IP_TRY(CppTask task, read_cpp_task(path));
    out.push_back(std::move(task));
  }
  return out;
}

}  // namespace interposer::evals::code
