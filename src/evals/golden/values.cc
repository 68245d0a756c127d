// Values that Python's packages gave (tests/evals makes the files): texts' scores by sacrebleu,
// statistics by scipy.
#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "evals/golden/golden.h"
#include "evals/read/files.h"
#include "evals/scorers/bleu.h"
#include "evals/scorers/chrf.h"
#include "stats/distributions.h"
#include "stats/intervals.h"
#include "stats/paired.h"
#include "stats/percentiles.h"

namespace interposer::evals::golden {
namespace {

namespace json = boost::json;
using Numbers = std::vector<double>;

constexpr double kTextTolerance = 1e-6;    // in percent points, as sacrebleu's own tests have it
constexpr double kNumberTolerance = 1e-9;  // relative

Error broken(const std::filesystem::path& path, const std::string& what) {
  return make_error(Code::kDataLoss, "'" + path.string() + "': " + what, "make the file again");
}

std::vector<std::string> texts_at(const json::object& row, const char* key) {
  std::vector<std::string> out;
  const json::value* const found = row.if_contains(key);
  if (found == nullptr || !found->is_array()) return out;
  for (const json::value& text : found->get_array()) {
    if (text.is_string()) out.emplace_back(text.get_string());
  }
  return out;
}

std::string text_at(const json::object& row, const char* key) {
  const json::value* const found = row.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

double number_at(const json::object& row, const char* key) {
  const json::value* const found = row.if_contains(key);
  return found != nullptr && found->is_number() ? found->to_number<double>() : NAN;
}

BleuTokenizer tokenizer_of(const std::string& name) {
  if (name == "intl") return BleuTokenizer::kInternational;
  return name == "none" ? BleuTokenizer::kNone : BleuTokenizer::k13a;
}

// One segment each of "hypotheses", with one reference beside each; corpus unless "sentence".
double text_score(const json::object& row) {
  const std::vector<std::string> hypotheses = texts_at(row, "hypotheses");
  const std::vector<std::string> references = texts_at(row, "references");
  const std::size_t n = std::min(hypotheses.size(), references.size());
  const std::string metric = text_at(row, "metric");
  if (metric.starts_with("chrf")) {
    ChrfOptions options;
    options.word_order = metric == "chrf++" ? 2 : 0;
    ChrfCounts total(options.char_order + options.word_order);
    for (std::size_t i = 0; i < n; ++i) {
      add(total, chrf_counts(hypotheses[i], {references[i]}, options));
    }
    return chrf(total, options);
  }
  BleuCounts total;
  const BleuTokenizer tokenizer = tokenizer_of(text_at(row, "tokenizer"));
  for (std::size_t i = 0; i < n; ++i) {
    total += bleu_counts(hypotheses[i], {references[i]}, tokenizer);
  }
  return bleu(total, metric == "sentence_bleu");
}

Numbers numbers_at(const json::object& row, const char* key) {
  Numbers out;
  const json::value* const found = row.if_contains(key);
  if (found == nullptr || !found->is_array()) return out;
  for (const json::value& number : found->get_array()) {
    if (number.is_number()) out.push_back(number.to_number<double>());
  }
  return out;
}

std::int64_t whole(double x) { return static_cast<std::int64_t>(x); }

// By scipy's names; "x" is a list, "a" its parameters. NaN for an unknown name.
double statistic(const std::string& name, const Numbers& x, const Numbers& a) {
  const auto at = [&](std::size_t i) { return i < a.size() ? a[i] : NAN; };
  if (name == "norm.ppf") return stats::normal_quantile(at(0));
  if (name == "norm.sf") return stats::normal_sf(at(0));
  if (name == "t.cdf") return stats::t_cdf(at(0), at(1));
  if (name == "t.ppf") return stats::t_quantile(at(0), at(1));
  if (name == "chi2.sf") return stats::chi2_sf(at(0), at(1));
  if (name == "f.sf") return stats::f_sf(at(0), at(1), at(2));
  if (name == "beta.ppf") return stats::beta_quantile(at(0), at(1), at(2));
  if (name == "binom.cdf") return stats::binomial_cdf(whole(at(0)), whole(at(1)), at(2));
  if (name == "nct.cdf") return stats::noncentral_t_cdf(at(0), at(1), at(2));
  if (name == "wilson.low") return stats::wilson(whole(at(0)), whole(at(1))).low;
  if (name == "exact.high") return stats::clopper_pearson(whole(at(0)), whole(at(1))).high;
  if (name == "mcnemar") return stats::mcnemar_exact(whole(at(0)), whole(at(1))).p;
  if (x.empty()) return NAN;
  if (name == "ttest_1samp") return stats::paired_t(x).p;
  if (name == "wilcoxon") return stats::wilcoxon(x).p;
  if (name == "sem") return stats::mean_estimate(x).standard_error;
  if (name == "percentile") {
    Numbers sorted = x;
    std::sort(sorted.begin(), sorted.end());
    return stats::percentile_linear(sorted, at(0));
  }
  return NAN;
}

template <class Check>
Result<Agreement> check_lines(const std::filesystem::path& folder, const Check& check) {
  Agreement out;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    IP_TRY(const std::string text, read_file(entry.path()));
    const auto lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      boost::system::error_code wrong;
      const json::value row =
          json::parse(json::string_view(lines[i].data(), lines[i].size()), wrong);
      if (wrong || !row.is_object()) {
        return broken(entry.path(), "line " + std::to_string(i + 1) + " is not a JSON object");
      }
      ++out.expected;
      check(row.get_object(), std::to_string(i + 1), out);
    }
  }
  if (failed) return broken(folder, failed.message());
  return out;
}

std::string gap(const std::string& place, double got, double want) {
  return place + ": got " + std::to_string(got) + ", wanted " + std::to_string(want);
}

}  // namespace

Result<Agreement> check_sacrebleu(const std::filesystem::path& folder) {
  return check_lines(folder, [](const json::object& row, const std::string& line, Agreement& out) {
    const double want = number_at(row, "value");
    const double got = text_score(row);
    out.count(std::abs(got - want) <= kTextTolerance,
              gap("line " + line + ", " + text_at(row, "metric"), got, want));
  });
}

Result<Agreement> check_scipy(const std::filesystem::path& folder) {
  return check_lines(folder, [](const json::object& row, const std::string& line, Agreement& out) {
    const double want = number_at(row, "value");
    const std::string name = text_at(row, "function");
    const double got = statistic(name, numbers_at(row, "x"), numbers_at(row, "a"));
    const bool close = std::abs(got - want) <= kNumberTolerance * std::max(std::abs(want), 1e-300);
    out.count(close || got == want, gap("line " + line + ", " + name, got, want));
  });
}

}  // namespace interposer::evals::golden
