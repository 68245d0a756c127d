// study_bench DIR [FIRST:COUNT [PARTS]]: the report without the binary around it, for work on the
// model.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "planner/calibrate/energy_rows.h"
#include "planner/calibrate/report.h"
#include "planner/perf/fitted.h"

namespace {

using namespace interposer::planner;

// sd whose 90 % band holds 90 % of the held-out errors.
double spread_of(const Design& design, const HeldOut& held) {
  std::vector<double> off;
  for (std::size_t k = 0; k < held.row.size(); ++k) {
    off.push_back(std::abs(held.estimate[k].log_ms - design.rows.log_y[held.row[k]]));
  }
  std::sort(off.begin(), off.end());
  constexpr double kZ95 = 1.645;
  return off[off.size() * 9 / 10] / kZ95;
}

void print_level(const LogAdditive& m, int factor, std::string_view name, const std::string& word,
                 int level) {
  std::printf("    {\"%.*s\", \"%s\", {", static_cast<int>(name.size()), name.data(), word.c_str());
  for (std::size_t k = 0; k < kTerms; ++k) {
    const double effect =
        factor < 0 ? m.general(k) : m.term_effect(static_cast<std::size_t>(factor), level, k);
    std::printf("%s%.3fF", k == 0 ? "" : ", ", effect);
  }
  const double whole = factor < 0 ? 0 : m.whole_effect(static_cast<std::size_t>(factor), level);
  std::printf("}, %.3fF},\n", whole);
}

// fitted_table.cc, from all clean rows.
int print_table(const std::string& dir) {
  const auto sample = load_silicon_sample(dir + "/silicon_sample.csv");
  const auto shapes = load_measured_shapes(dir + "/model_configs");
  if (!sample.ok() || !shapes.ok()) return 1;
  const auto design = make_design(*sample, *shapes, Target::kTpot);
  if (!design.ok()) return 1;
  const auto row = sample->clean();
  StepModel model;
  model.fit(*design, row);
  std::printf(
      "// Written by `study_bench DIR table`: the coarse hierarchy fitted on the %zu clean rows "
      "of\n"
      "// aiconfigurator's silicon_sample.csv (dumps to 2026-04-27, Apache-2.0); kind: derived "
      "from\n"
      "// measurements. Effects on logarithms. Do not edit.\n"
      "#include \"planner/perf/fitted.h\"\n\nnamespace interposer::planner {\nnamespace {\n\n"
      "constexpr FittedLevel kLevels[] = {\n",
      row.size());
  print_level(model.coarse(), -1, "general", "", 0);
  std::vector<bool> seen;
  for (int f = 0; f < kFactors; ++f) {
    if (f == kVersion || f == kEngineGeneration || f == kGenerationArchitecture) continue;
    seen.assign(design->table.of[f].size(), false);
    for (const std::size_t i : row) {
      seen[static_cast<std::size_t>(design->rows.levels[static_cast<std::size_t>(f)][i])] = true;
    }
    for (const auto& [word, level] : design->table.of[f]) {
      if (!seen[static_cast<std::size_t>(level)]) continue;
      print_level(model.coarse(), f, factor_name(static_cast<Factor>(f)), word, level);
    }
  }
  const StudyOptions options;
  const HeldOut near = hold_out(*design, row, group_folds(*sample, row, 0, 5), options);
  std::printf("};\n\nconstexpr FittedSpread kSpread = {%.3f", spread_of(*design, near));
  for (const Factor f : {kGpuEngineArchitecture, kGpu, kArchitecture}) {
    std::printf(", %.3f",
                spread_of(*design, hold_out(*design, row, level_folds(*design, row, f), options)));
  }
  std::printf(
      "};\n\n}  // namespace\n\n"
      "std::span<const FittedLevel> fitted_levels() { return kLevels; }\n"
      "const FittedSpread& fitted_spread() { return kSpread; }\n\n"
      "}  // namespace interposer::planner\n");
  return 0;
}

// Each part's answer for rows held out, to study mixtures: measured, then the parts, in logs.
void print_parts(const Design& design, std::span<const std::size_t> row,
                 std::span<const std::size_t> fold) {
  const std::size_t folds = *std::max_element(fold.begin(), fold.end()) + 1;
  for (std::size_t f = 0; f < folds; ++f) {
    std::vector<std::size_t> train;
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (fold[k] != f) train.push_back(row[k]);
    }
    if (train.size() == row.size()) continue;
    StepModel model;
    model.fit(design, train);
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (fold[k] != f) continue;
      const StepParts p = model.parts(row[k]);
      std::printf("%zu %zu %d %.6f %.6f %.6f %.6f %.6f %.6f\n", row[k], f,
                  static_cast<int>(model.distance(row[k])), design.rows.log_y[row[k]], p.plain,
                  p.engine, p.coarse, p.fine, p.near);
    }
  }
}

int study_parts(const std::string& dir, const std::string& what) {
  if (what == "joules" || what == "watts") {
    const auto rows = load_energy_rows(dir + "/ml_energy/tasks");
    if (!rows.ok()) return 1;
    const auto shapes = load_energy_shapes(dir + "/model_configs", *rows);
    if (!shapes.ok()) return 1;
    const auto design = make_energy_design(
        *rows, *shapes,
        what == "watts" ? EnergyTarget::kWattsPerGpu : EnergyTarget::kJoulesPerToken);
    if (!design.ok()) return 1;
    std::vector<std::size_t> row(rows->size());
    std::vector<std::size_t> fold;
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = i;
      fold.push_back(fold_of(0, (*rows)[i].group(), 5));
    }
    print_parts(*design, row, fold);
    return 0;
  }
  const auto sample = load_silicon_sample(dir + "/silicon_sample.csv");
  const auto shapes = load_measured_shapes(dir + "/model_configs");
  if (!sample.ok() || !shapes.ok()) return 1;
  const auto design =
      make_design(*sample, *shapes, what == "first" ? Target::kTtft : Target::kTpot);
  if (!design.ok()) return 1;
  const auto row = sample->clean();
  if (what == "first") {
    for (const std::size_t i : row) {  // and the terms, for work on the simulation
      std::fprintf(stderr, "%zu", i);
      for (std::size_t k = 0; k < design->rows.terms; ++k) {
        std::fprintf(stderr, " %.6g", design->rows.x[i * design->rows.terms + k]);
      }
      std::fputc('\n', stderr);
    }
  }
  print_parts(*design, row,
              what == "gpu"    ? level_folds(*design, row, kGpu)
              : what == "cell" ? level_folds(*design, row, kGpuEngineArchitecture)
                               : group_folds(*sample, row, 0, 5));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: study_bench DIR [FIRST:COUNT [clean|rule|far|first|energy]...]\n", stderr);
    return 2;
  }
  if (argc > 2 && std::string(argv[2]) == "table") return print_table(argv[1]);
  if (argc > 3 && std::string(argv[2]) == "parts") return study_parts(argv[1], argv[3]);
  ReportOptions options;
  if (argc > 2) {  // FIRST:COUNT; the reported ones are 10:10, the model was chosen on 0:3
    const std::string seeds = argv[2];
    const auto colon = seeds.find(':');
    const std::uint64_t first = std::strtoull(seeds.c_str(), nullptr, 10);
    const int count = colon == std::string::npos ? 1 : std::atoi(seeds.c_str() + colon + 1);
    options.seeds.clear();
    for (int i = 0; i < count; ++i) options.seeds.push_back(first + static_cast<std::uint64_t>(i));
  }
  const bool json = argc > 3 && std::string(argv[argc - 1]) == "json";
  if (argc > 3 + (json ? 1 : 0)) {
    std::string parts;
    for (int i = 3; i < argc; ++i) parts += std::string(" ") + argv[i];
    const auto has = [&](const char* part) { return parts.find(part) != std::string::npos; };
    options.config_rule = has("rule");
    options.far = has("far");
    options.first_token = has("first");
    options.energy = has("energy");
    options.clean = has("clean");
  }
  options.study.progress = [](std::string_view part) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(part.size()), part.data());
  };
  const auto report = calibration_report(argv[1], options);
  if (!report.ok()) {
    std::fprintf(stderr, "%s\n", report.error().to_string().c_str());
    return 1;
  }
  std::fputs((json ? report->json() + "\n" : report->markdown()).c_str(), stdout);
  return 0;
}
