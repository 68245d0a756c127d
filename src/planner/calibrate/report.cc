#include "planner/calibrate/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/json.h"
#include "planner/calibrate/energy_rows.h"
#include "planner/perf/machine.h"

namespace interposer::planner {
namespace {

constexpr std::size_t kSliceRows = 100;  // slices this large have a target for coverage

struct Means {
  double mean = 0, worst = 0, median = 0, worst_median = 0;
};
Means means_of(const std::vector<Score>& scores) {
  Means out;
  for (const Score& s : scores) {
    out.mean += s.mean / static_cast<double>(scores.size());
    out.median += s.median / static_cast<double>(scores.size());
    out.worst = std::max(out.worst, s.mean);
    out.worst_median = std::max(out.worst_median, s.median);
  }
  return out;
}

std::string told(const Means& m, std::size_t seeds) {
  return fmt::format("{:.2f} % MAPE (worst of {} seeds {:.2f}), median {:.2f} % ({:.2f})", m.mean,
                     seeds, m.worst, m.median, m.worst_median);
}

class Reporter {
 public:
  Reporter(const ReportOptions& options, CalibrationReport& out) : options_(options), out_(out) {}

  Status load(const std::string& dir) {
    auto sample = load_silicon_sample(dir + "/silicon_sample.csv");
    if (!sample.ok()) return sample.error();
    sample_ = *std::move(sample);
    auto shapes = load_measured_shapes(dir + "/model_configs");
    if (!shapes.ok()) return shapes.error();
    shapes_ = *std::move(shapes);
    auto tpot = make_design(sample_, shapes_, Target::kTpot);
    if (!tpot.ok()) return tpot.error();
    auto ttft = make_design(sample_, shapes_, Target::kTtft);
    if (!ttft.ok()) return ttft.error();
    tpot_ = *std::move(tpot);
    ttft_ = *std::move(ttft);
    return {};
  }

  void protocol();
  void answered();
  void clean();
  void config_rule();
  void far();
  void first_token();
  Status energy(const std::string& dir);

 private:
  void say(std::string_view part) const {
    if (options_.study.progress) options_.study.progress(part);
  }
  // All seeds on these rows; the held-out predictions of each.
  std::vector<HeldOut> seeds(const Design& design, const std::vector<std::size_t>& row,
                             std::string_view what) const;
  void slices(const Design& design, const std::vector<HeldOut>& held, std::string title);
  void intervals(const std::vector<HeldOut>& held);
  void far_intervals(const HeldOut& held);
  void add(std::string what, std::string reached, std::string target, bool met) {
    out_.lines.push_back({std::move(what), std::move(reached), std::move(target), met});
  }

  const ReportOptions& options_;
  CalibrationReport& out_;
  SiliconSample sample_;
  Shapes shapes_;
  Design tpot_;
  Design ttft_;
};

void Reporter::protocol() {
  ReportTable t{"Rows", {"what", "rows"}, {}};
  t.rows.push_back({"lines of the file", fmt::format("{}", sample_.lines)});
  t.rows.push_back({"aggregated, tensor parallel <= 8, no attention DP",
                    fmt::format("{}", sample_.usable_lines)});
  t.rows.push_back({"distinct measurements (R1 and V3 are one architecture)",
                    fmt::format("{}", sample_.rows.size())});
  for (std::size_t why = 1; why < kExclusions; ++why) {
    t.rows.push_back({fmt::format("left out: {}", excluded_name(static_cast<Excluded>(why))),
                      fmt::format("{}", sample_.count[why])});
  }
  t.rows.push_back({"clean", fmt::format("{}", sample_.clean().size())});
  t.rows.push_back({"config rule (only gb200 and no-fit left out)",
                    fmt::format("{}", sample_.config_rule().size())});
  out_.tables.push_back(std::move(t));
}

// Every measurement is answered with a number, or refused because its weights and one request do
// not fit; a refusal of a row that ran, or an answer to one that cannot have, would be wrong.
void Reporter::answered() {
  std::size_t numbers = 0;
  std::size_t refusals = 0;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < sample_.rows.size(); ++i) {
    const SiliconRow& row = sample_.rows[i];
    const ModelShape& shape = shapes_.at(row.architecture);
    const GpuNumbers& gpu = *measured_gpu(row.gpu);
    const double needed = weights_bytes(shape, row.precision) +
                          cache_bytes(shape, row.precision, row.prompt_tokens + row.output_tokens);
    const bool fits = needed <= gpu.memory_bytes * row.tensor_parallel;
    const Terms terms =
        step_terms(shape, gpu, row.precision, {row.tensor_parallel, row.expert_parallel},
                   {row.batch, row.prompt_tokens, row.output_tokens});
    const double sum = std::accumulate(terms.begin(), terms.end(), 0.0);
    (fits ? numbers : refusals) += 1;
    const bool expected = sample_.excluded[i] != Excluded::kDoesNotFit;
    wrong += fits != expected || !std::isfinite(sum) || sum <= 0 ? 1 : 0;
  }
  add("evidence rows answered, or refused with the right reason",
      fmt::format("{} answered, {} refused (do not fit), {} wrong of {}", numbers, refusals, wrong,
                  sample_.rows.size()),
      "100 %", wrong == 0);
}

std::vector<HeldOut> Reporter::seeds(const Design& design, const std::vector<std::size_t>& row,
                                     std::string_view what) const {
  std::vector<HeldOut> out;
  for (const std::uint64_t seed : options_.seeds) {
    out.push_back(hold_out(design, row, group_folds(sample_, row, seed, options_.study.folds),
                           options_.study));
    const Score s = out.back().step_score(design);
    say(fmt::format("{}, seed {}: {:.2f} % MAPE, median {:.2f} %", what, seed, s.mean, s.median));
  }
  return out;
}

std::vector<Score> scores_of(const Design& design, const std::vector<HeldOut>& held) {
  std::vector<Score> out;
  for (const HeldOut& h : held) out.push_back(h.step_score(design));
  return out;
}

void Reporter::slices(const Design& design, const std::vector<HeldOut>& held, std::string title) {
  ReportTable t{std::move(title), {"slice", "rows", "MAPE %", "median %", "p90 %"}, {}};
  for (const Factor factor : {kEngine, kGpu, kPrecisionLevel, kArchitecture}) {
    for (const auto& [word, level] : design.table.of[factor]) {
      std::vector<double> measured;
      std::vector<double> predicted;
      for (const HeldOut& h : held) {
        for (std::size_t k = 0; k < h.row.size(); ++k) {
          if (design.rows.levels[factor][h.row[k]] != level) continue;
          measured.push_back(design.rows.log_y[h.row[k]]);
          predicted.push_back(h.estimate[k].log_ms);
        }
      }
      if (measured.empty()) continue;
      const Score s = score(measured, predicted);
      t.rows.push_back({fmt::format("{} {}", factor_name(factor), word),
                        fmt::format("{}", s.n / held.size()), fmt::format("{:.1f}", s.mean),
                        fmt::format("{:.1f}", s.median), fmt::format("{:.1f}", s.p90)});
    }
  }
  out_.tables.push_back(std::move(t));
}

void Reporter::intervals(const std::vector<HeldOut>& held) {
  std::map<std::string, Coverage> of;
  const auto add_coverage = [&](const Coverage& c) {
    if (c.n == 0) return;
    Coverage& sum = of[c.slice];
    sum.slice = c.slice;
    sum.n = c.n;
    const double share = 1 / static_cast<double>(held.size());
    sum.covered += c.covered * share;
    sum.winkler += c.winkler * share;
    sum.width += c.width * share;
  };
  for (const HeldOut& h : held) {
    const auto interval = conformal_intervals(tpot_, h, h);
    add_coverage(coverage(tpot_, h, interval, " all", [](std::size_t) { return true; }));
    for (const Factor factor : {kEngine, kGpu, kPrecisionLevel, kArchitecture}) {
      for (const auto& [word, level] : tpot_.table.of[factor]) {
        add_coverage(coverage(
            tpot_, h, interval, fmt::format("{} {}", factor_name(factor), word),
            [&, own = level](std::size_t i) { return tpot_.rows.levels[factor][i] == own; }));
      }
    }
  }
  ReportTable t{"90 % intervals of TPOT, held-out groups, mean of the seeds",
                {"slice", "rows", "covered %", "Winkler %", "high / low"},
                {}};
  double worst = 1;
  std::string worst_slice;
  for (const auto& [name, c] : of) {
    t.rows.push_back({name, fmt::format("{}", c.n), fmt::format("{:.1f}", 100 * c.covered),
                      fmt::format("{:.0f}", c.winkler), fmt::format("{:.2f}", c.width)});
    if (c.n >= kSliceRows && c.covered < worst) {
      worst = c.covered;
      worst_slice = name;
    }
  }
  out_.tables.push_back(std::move(t));
  const Coverage& all = of[" all"];
  add("90 % intervals: marginal coverage",
      fmt::format("{:.1f} %, Winkler {:.0f} %, high/low {:.2f}", 100 * all.covered, all.winkler,
                  all.width),
      "87-93 %", all.covered >= 0.87 && all.covered <= 0.93);
  add("90 % intervals: worst slice with n >= 100",
      fmt::format("{:.1f} % ({})", 100 * worst, worst_slice), ">= 80 %", worst >= 0.8);
}

void Reporter::clean() {
  const auto held = seeds(tpot_, sample_.clean(), "TPOT, clean rows");
  const Means m = means_of(scores_of(tpot_, held));
  add(fmt::format("TPOT, clean rows ({})", sample_.clean().size()), told(m, held.size()),
      "<= 9.5 %, median <= 5.5 %", m.mean <= 9.5 && m.median <= 5.5);
  slices(tpot_, held, "TPOT, clean rows, held-out groups, all seeds");
  if (options_.intervals) intervals(held);
}

void Reporter::config_rule() {
  const auto held = seeds(tpot_, sample_.config_rule(), "TPOT, config-rule rows");
  const Means m = means_of(scores_of(tpot_, held));
  add(fmt::format("TPOT, config-rule rows ({})", sample_.config_rule().size()),
      told(m, held.size()), "<= 12 %", m.mean <= 12);
}

void Reporter::first_token() {
  const auto held = seeds(ttft_, sample_.clean(), "TTFT, clean rows");
  const Means m = means_of(scores_of(ttft_, held));
  add(fmt::format("TTFT by simulation, clean rows ({})", sample_.clean().size()),
      told(m, held.size()), "<= 20 %", m.mean <= 20);
  slices(ttft_, held, "TTFT, clean rows, held-out groups, all seeds");
}

void Reporter::far_intervals(const HeldOut& held) {
  // Scores for a GPU come from GPUs held out in turn among the others.
  std::vector<Interval> interval(held.row.size());
  for (const auto& [gpu, level] : tpot_.table.of[kGpu]) {
    HeldOut one;
    std::vector<std::size_t> others;
    std::vector<std::size_t> at;
    for (std::size_t k = 0; k < held.row.size(); ++k) {
      if (held.fold[k] != static_cast<std::size_t>(level)) {
        others.push_back(held.row[k]);
        continue;
      }
      at.push_back(k);
      one.row.push_back(held.row[k]);
      one.fold.push_back(held.fold[k]);
      one.estimate.push_back(held.estimate[k]);
    }
    if (at.empty()) continue;
    const HeldOut scores =
        hold_out(tpot_, others, level_folds(tpot_, others, kGpu), options_.study);
    const auto own = conformal_intervals(tpot_, one, scores);
    for (std::size_t k = 0; k < at.size(); ++k) interval[at[k]] = own[k];
    say(fmt::format("intervals without {}", gpu));
  }
  const Coverage all = coverage(tpot_, held, interval, "all", [](std::size_t) { return true; });
  add("90 % intervals: leave one GPU out",
      fmt::format("{:.1f} %, Winkler {:.0f} %, high/low {:.2f}", 100 * all.covered, all.winkler,
                  all.width),
      ">= 85 %", all.covered >= 0.85);
  ReportTable t{"90 % intervals, leave one GPU out", {"GPU", "rows", "covered %", "Winkler %"}, {}};
  for (const auto& [gpu, level] : tpot_.table.of[kGpu]) {
    const Coverage c = coverage(tpot_, held, interval, gpu, [&, own = level](std::size_t i) {
      return tpot_.rows.levels[kGpu][i] == own;
    });
    if (c.n == 0) continue;
    t.rows.push_back({gpu, fmt::format("{}", c.n), fmt::format("{:.1f}", 100 * c.covered),
                      fmt::format("{:.0f}", c.winkler)});
  }
  out_.tables.push_back(std::move(t));
}

void Reporter::far() {
  const auto row = sample_.clean();
  struct Kind {
    std::string what;
    Factor factor;
    double target;
  };
  const Kind kinds[] = {
      {"TPOT, leave one GPU out", kGpu, 18},
      {"TPOT, leave one (architecture, GPU, engine) out", kGpuEngineArchitecture, 18},
      {"TPOT, leave one architecture out", kArchitecture, 0}};
  for (const Kind& kind : kinds) {
    const HeldOut held = hold_out(tpot_, row, level_folds(tpot_, row, kind.factor), options_.study);
    const Score own = held.step_score(tpot_);
    const Score plain = held.plain_score(tpot_);
    say(fmt::format("{}: {:.2f} % (plain global {:.2f} %)", kind.what, own.mean, plain.mean));
    const bool far_gpu = kind.factor == kGpu;
    add(kind.what,
        fmt::format("{:.2f} % MAPE, median {:.2f} %; plain global model {:.2f} %, {:.2f} %",
                    own.mean, own.median, plain.mean, plain.median),
        kind.target > 0 ? fmt::format("<= {:.0f} %{}", kind.target,
                                      far_gpu ? ", never worse than the plain global model" : "")
                        : "",
        kind.target <= 0 || (own.mean <= kind.target && (!far_gpu || own.mean <= plain.mean)));
    slices(tpot_, {held}, kind.what);
    if (far_gpu && options_.intervals) far_intervals(held);
  }
}

Status Reporter::energy(const std::string& dir) {
  auto rows = load_energy_rows(dir + "/ml_energy/tasks");
  if (!rows.ok()) return rows.error();
  auto shapes = load_energy_shapes(dir + "/model_configs", *rows);
  if (!shapes.ok()) return shapes.error();
  std::vector<std::size_t> row(rows->size());
  std::iota(row.begin(), row.end(), std::size_t{0});
  const std::pair<EnergyTarget, double> targets[] = {{EnergyTarget::kWattsPerGpu, 11},
                                                     {EnergyTarget::kJoulesPerToken, 15}};
  for (const auto& [target, limit] : targets) {
    auto design = make_energy_design(*rows, *shapes, target);
    if (!design.ok()) return design.error();
    const bool watts = target == EnergyTarget::kWattsPerGpu;
    std::vector<HeldOut> held;
    for (const std::uint64_t seed : options_.seeds) {
      std::vector<std::size_t> fold;
      for (const EnergyRow& r : *rows) {
        fold.push_back(fold_of(seed, r.group(), options_.study.folds));
      }
      held.push_back(hold_out(*design, row, std::move(fold), options_.study));
      const Score s = held.back().step_score(*design);
      say(fmt::format("{}, seed {}: {:.2f} %", watts ? "watts" : "J/token", seed, s.mean));
    }
    const Means m = means_of(scores_of(*design, held));
    add(fmt::format("{} ({} rows)",
                    watts ? "watts given tokens/s" : "J per token from configuration alone",
                    rows->size()),
        told(m, held.size()), fmt::format("<= {:.0f} %", limit), m.mean <= limit);
    slices(*design, held, watts ? "Watts given tokens/s" : "J per token from configuration");
  }
  return {};
}

}  // namespace

std::string CalibrationReport::markdown() const {
  std::string out = "| what | reached | target | |\n|---|---|---|---|\n";
  for (const ReportLine& line : lines) {
    out += fmt::format("| {} | {} | {} | {} |\n", line.what, line.reached,
                       line.target.empty() ? "-" : line.target,
                       line.target.empty() ? ""
                       : line.met          ? "met"
                                           : "not met");
  }
  for (const ReportTable& table : tables) {
    out += fmt::format("\n{}\n\n| {} |\n|", table.title, fmt::join(table.columns, " | "));
    for (std::size_t i = 0; i < table.columns.size(); ++i) out += "---|";
    out += '\n';
    for (const auto& row : table.rows) out += fmt::format("| {} |\n", fmt::join(row, " | "));
  }
  return out;
}

std::string CalibrationReport::json() const {
  JsonWriter w;
  w.begin_object().key("lines").begin_array();
  for (const ReportLine& line : lines) {
    w.begin_object().field("what", line.what).field("reached", line.reached);
    if (!line.target.empty()) w.field("target", line.target).field("met", line.met);
    w.end_object();
  }
  w.end_array().key("tables").begin_array();
  for (const ReportTable& table : tables) {
    w.begin_object().field("title", table.title).key("columns").begin_array();
    for (const std::string& column : table.columns) w.string(column);
    w.end_array().key("rows").begin_array();
    for (const auto& row : table.rows) {
      w.begin_array();
      for (const std::string& cell : row) w.string(cell);
      w.end_array();
    }
    w.end_array().end_object();
  }
  w.end_array().end_object();
  return w.take();
}

Result<CalibrationReport> calibration_report(const std::string& dir, const ReportOptions& options) {
  CalibrationReport out;
  Reporter reporter(options, out);
  if (auto loaded = reporter.load(dir); !loaded.ok()) return loaded.error();
  reporter.protocol();
  reporter.answered();
  if (options.clean && !options.seeds.empty()) reporter.clean();
  if (options.config_rule && !options.seeds.empty()) reporter.config_rule();
  if (options.far) reporter.far();
  if (options.first_token && !options.seeds.empty()) reporter.first_token();
  if (options.energy && !options.seeds.empty()) {
    if (auto done = reporter.energy(dir); !done.ok()) return done.error();
  }
  return out;
}

}  // namespace interposer::planner
