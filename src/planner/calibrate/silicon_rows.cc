#include "planner/calibrate/silicon_rows.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <map>

#include "planner/calibrate/csv.h"

namespace interposer::planner {
namespace {

constexpr double kQueuedShare = 0.4;
// The 51 rows of this file are implausible; those at tensor parallel 1 do not even fit.
constexpr std::string_view kImplausibleFile = "h200_sxm/vllm/0.12.0/Qwen_Qwen3-235B-A22B-FP8.csv";

struct Columns {
  std::size_t source, engine, version, model, gpu, precision, mode, isl, osl, gemm, batch, tp, dp,
      ep, ttft, tpot;
};

Result<Columns> find_columns(const CsvTable& t) {
  Columns c{};
  const std::pair<std::string_view, std::size_t*> wanted[] = {{"silicon_data_source", &c.source},
                                                              {"backend", &c.engine},
                                                              {"backend_version", &c.version},
                                                              {"model_path", &c.model},
                                                              {"system", &c.gpu},
                                                              {"precision", &c.precision},
                                                              {"mode", &c.mode},
                                                              {"isl", &c.isl},
                                                              {"osl", &c.osl},
                                                              {"gemm_quant_mode", &c.gemm},
                                                              {"batch_size", &c.batch},
                                                              {"tp_size", &c.tp},
                                                              {"attention_dp_size", &c.dp},
                                                              {"moe_ep_size", &c.ep},
                                                              {"silicon_ttft_ms", &c.ttft},
                                                              {"silicon_tpot_ms", &c.tpot}};
  for (const auto& [name, at] : wanted) {
    const auto column = t.column(name);
    if (!column.ok()) return column.error();
    *at = *column;
  }
  return c;
}

std::string drop(std::string text, std::string_view part) {
  if (const auto at = text.find(part); at != std::string::npos) text.erase(at, part.size());
  return text;
}

std::string architecture_of(const std::string& model) {
  if (model.find("DeepSeek-R1") != std::string::npos ||
      model.find("DeepSeek-V3") != std::string::npos) {
    return "deepseek";
  }
  const auto slash = model.rfind('/');
  std::string name = slash == std::string::npos ? model : model.substr(slash + 1);
  return drop(drop(drop(std::move(name), "-FP8"), "-NVFP4"), "-Instruct");
}

Precision precision_of(const std::string& stated, const std::string& gemm,
                       const std::string& model) {
  const auto is = [&](std::string_view word) { return stated == word; };
  if (is("fp8")) return Precision::kFp8;
  if (is("fp4")) return Precision::kFp4;
  if (is("int4")) return Precision::kInt4;
  if (is("bf16")) return Precision::kBf16;
  if (gemm.starts_with("fp8")) return Precision::kFp8;
  if (gemm == "nvfp4") return Precision::kFp4;
  if (gemm == "int4_wo") return Precision::kInt4;
  if (model.find("FP8") != std::string::npos) return Precision::kFp8;
  return model.find("NVFP4") != std::string::npos ? Precision::kFp4 : Precision::kBf16;
}

// Numbers of a usable row, in this order.
Result<std::array<double, 6>> read_numbers(const CsvTable& t, std::size_t i, const Columns& c) {
  std::array<double, 6> out{};
  const std::size_t from[] = {c.tp, c.batch, c.isl, c.osl, c.ttft, c.tpot};
  for (std::size_t k = 0; k < out.size(); ++k) {
    const auto value = t.number(i, from[k]);
    if (!value.ok()) return value.error();
    out[k] = *value;
  }
  return out;
}

Excluded excluded_of(const SiliconRow& row) {
  if (row.gpu == "gb200") return Excluded::kGb200;
  if (row.source.find(kImplausibleFile) != std::string::npos) {
    return row.tensor_parallel == 1 ? Excluded::kDoesNotFit : Excluded::kImplausible;
  }
  return row.ttft_ms > kQueuedShare * row.request_ms() ? Excluded::kQueued : Excluded::kNo;
}

// One measurement however often the dumps repeat it: the same configuration and batch, the same
// time per token to 0.01 ms.
std::string identity(const SiliconRow& r) {
  return fmt::format("{}|{}|{}|{}|{}|{:.2f}", r.group(), r.prompt_tokens, r.output_tokens, r.batch,
                     r.tensor_parallel, r.tpot_ms);
}

}  // namespace

std::string_view precision_name(Precision precision) {
  switch (precision) {
    case Precision::kBf16:
      return "bf16";
    case Precision::kFp8:
      return "fp8";
    case Precision::kFp4:
      return "fp4";
    case Precision::kInt4:
      return "int4";
  }
  return "unknown";
}

std::string_view excluded_name(Excluded why) {
  switch (why) {
    case Excluded::kNo:
      return "used";
    case Excluded::kGb200:
      return "gb200, mislabelled";
    case Excluded::kDoesNotFit:
      return "does not fit in memory";
    case Excluded::kImplausible:
      return "rest of the implausible file";
    case Excluded::kQueued:
      return "queued: over 40 % of the time before the first token";
  }
  return "unknown";
}

std::string SiliconRow::group() const {
  return fmt::format("{}|{}|{}|{}|{}", architecture, gpu, engine, precision_name(precision),
                     tensor_parallel);
}

std::vector<std::size_t> SiliconSample::clean() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (excluded[i] == Excluded::kNo) out.push_back(i);
  }
  return out;
}

std::vector<std::size_t> SiliconSample::config_rule() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (excluded[i] != Excluded::kGb200 && excluded[i] != Excluded::kDoesNotFit) out.push_back(i);
  }
  return out;
}

Result<SiliconSample> read_silicon_sample(std::string_view csv, std::string_view file) {
  auto table = CsvTable::parse(csv, file, kMaxSiliconLines);
  if (!table.ok()) return table.error();
  const auto columns = find_columns(*table);
  if (!columns.ok()) return columns.error();
  const Columns& c = *columns;
  SiliconSample out;
  out.lines = table->size();
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < table->size(); ++i) {
    const std::string& dp = table->text(i, c.dp);
    if (table->text(i, c.mode) != "agg" || !(dp.empty() || dp == "0" || dp == "1")) continue;
    const auto numbers = read_numbers(*table, i, c);
    if (!numbers.ok()) return numbers.error();
    const auto [tp, batch, isl, osl, ttft, tpot] = *numbers;
    if (tp > 8) continue;
    if (tp < 1 || batch < 1 || isl < 1 || osl < 2 || ttft <= 0 || tpot <= 0) {
      return make_error(
          Code::kInvalidArgument,
          fmt::format("{}: line {}: a size or a time is not positive", file, table->line(i)));
    }
    ++out.usable_lines;
    const std::string& model = table->text(i, c.model);
    const std::string& ep = table->text(i, c.ep);
    SiliconRow row{
        .line = table->line(i),
        .architecture = architecture_of(model),
        .gpu = table->text(i, c.gpu),
        .engine = table->text(i, c.engine),
        .version = table->text(i, c.version),
        .source = table->text(i, c.source),
        .precision = precision_of(table->text(i, c.precision), table->text(i, c.gemm), model),
        .tensor_parallel = static_cast<int>(tp),
        .expert_parallel = !ep.empty() && ep != "0" && ep != "1",
        .batch = batch,
        .prompt_tokens = isl,
        .output_tokens = osl,
        .ttft_ms = ttft,
        .tpot_ms = tpot};
    const auto [at, is_new] = known.try_emplace(identity(row), out.rows.size());
    if (is_new) {
      out.rows.push_back(std::move(row));
    } else if (row.version.size() > out.rows[at->second].version.size()) {
      out.rows[at->second] = std::move(row);  // the dump that says the version
    }
  }
  for (const SiliconRow& row : out.rows) {
    out.excluded.push_back(excluded_of(row));
    ++out.count[static_cast<std::size_t>(out.excluded.back())];
  }
  return out;
}

Result<SiliconSample> load_silicon_sample(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return make_error(Code::kNotFound, fmt::format("{}: cannot be read", path),
                      "give the path of aiconfigurator's silicon_sample.csv");
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return read_silicon_sample(text, path);
}

std::size_t fold_of(std::uint64_t seed, std::string_view group, std::size_t folds) {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (const char c : fmt::format("{}:{}", seed, group)) {
    h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
  h ^= h >> 31;
  return static_cast<std::size_t>(h % folds);
}

}  // namespace interposer::planner
