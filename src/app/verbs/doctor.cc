// interposer doctor: what is installed, what is missing, what to do. Needs no server and no home.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/settings.h"
#include "app/share.h"
#include "app/verb.h"
#include "base/json.h"
#include "sandbox/sandbox.h"
#include "store/home.h"
#include "web/assets.h"

namespace interposer::app {
namespace {

struct Finding {
  std::string what;
  bool good = false;
  std::string detail, remedy;
};

Finding program(const std::string& name, const std::string& package, const std::string& use) {
  for (const char* folder : {"/usr/bin/", "/usr/local/bin/", "/bin/"}) {
    if (access((folder + name).c_str(), X_OK) == 0) return {name, true, folder + name, ""};
  }
  return {name, false, "not found; needed for " + use, "apt-get install " + package};
}

Finding share_item(const std::string& what, const std::string& name) {
  const std::string path = share_file(name);
  std::error_code error;
  if (std::filesystem::exists(path, error)) return {what, true, path, ""};
  return {what, false, path + " is missing", "./run --setup-only makes it"};
}

Finding confinement() {
  const sandbox::Level& level = sandbox::level();
  return {"confinement of parsers", level.enough(), level.describe(),
          level.enough() ? "" : "use a kernel with Landlock (5.13 or newer) and seccomp"};
}

Finding configuration(const std::string& file) {
  auto settings = load_settings(file);
  if (!settings) return {"configuration", false, settings.error().message, settings.error().remedy};
  return {"configuration", true, settings->file.empty() ? "built-in defaults" : settings->file, ""};
}

Finding home_folder(const std::string& flag) {
  auto path = store::Home::locate(flag);
  if (!path) return {"home", false, path.error().message, path.error().remedy};
  std::filesystem::path folder(*path);
  std::error_code error;
  while (!folder.empty() && !std::filesystem::exists(folder, error)) folder = folder.parent_path();
  const bool writable = access(folder.c_str(), W_OK) == 0;
  return {"home", writable, *path,
          writable ? "" : "make " + folder.string() + " writable, or give --home"};
}

Finding page() {
  const bool embedded =
      web::find_asset("/index.html") != nullptr || web::find_asset("index.html") != nullptr;
  return {"page", embedded, embedded ? "embedded" : "this binary was built without the page",
          embedded ? "" : "./run --setup-only builds it"};
}

int work(const Common& common) {
  const std::vector<Finding> findings = {
      configuration(common.config),
      home_folder(common.home),
      share_item("chat model", "models/smollm2-135m-instruct-q4_1.gguf"),
      share_item("embedder", "models/all-minilm-l6-v2-q8_0.gguf"),
      share_item("sample base", "handbook"),
      page(),
      confinement(),
      program("pdftotext", "poppler-utils", "PDF files"),
  };
  bool all_good = true;
  JsonWriter out;
  out.begin_object().key("findings").begin_array();
  for (const Finding& finding : findings) {
    all_good = all_good && finding.good;
    out.begin_object().field("what", finding.what).field("good", finding.good);
    out.field("detail", finding.detail).field("remedy", finding.remedy).end_object();
    if (common.json) continue;
    fmt::print("{} {:<24} {}\n", finding.good ? styled("ok     ", "32") : styled("missing", "31"),
               finding.what, printable(finding.detail));
    if (!finding.remedy.empty()) fmt::print("{:33}{}\n", "", finding.remedy);
  }
  out.end_array().field("good", all_good).end_object();
  if (common.json) fmt::print("{}\n", out.str());
  return all_good ? kExitOk : kExitFailed;
}

}  // namespace

void add_doctor(CLI::App* app, Chosen* chosen) {
  auto common = std::make_shared<Common>();
  CLI::App* verb = subcommand(app, "doctor", "what is installed, what is missing, what to do",
                              "  interposer doctor\n  interposer doctor --json", common.get());
  verb->callback([common, chosen] { chosen->work = [common] { return work(*common); }; });
}

}  // namespace interposer::app
