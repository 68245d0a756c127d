#include "evals/trec/compare.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <map>
#include <set>

#include "base/json.h"
#include "stats/multiplicity.h"
#include "stats/paired.h"
#include "stats/verdict.h"

namespace interposer::evals::trec {
namespace {

constexpr int kExitUsage = 1;
constexpr int kExitNoTopics = 7;

struct Options {
  stats::RandomisationOptions randomisation;
  bool json = false;
  std::vector<std::string> rest;  // trec_eval's
};

struct TopicPair {
  std::string topic;
  double a = 0;
  double b = 0;
  double difference() const { return b - a; }
};

struct Comparison {
  std::string measure;
  std::vector<TopicPair> topics;
  double mean_a = 0;
  double mean_b = 0;
  std::int64_t better = 0;  // topics
  std::int64_t worse = 0;
  double p = 1;
  double p_holm = 1;
  stats::Judgement judgement;
};

CommandResult failure(int status, const std::string& message) {
  return {status, {}, "interposer eval trec compare: " + message + "\n"};
}

Result<Options> parse_options(const std::vector<std::string>& given) {
  Options out;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const bool rounds = given[i] == "--rounds";
    if (given[i] == "--json") {
      out.json = true;
    } else if (rounds || given[i] == "--seed") {
      std::uint64_t value = 0;
      const std::string text = i + 1 < given.size() ? given[i + 1] : "";
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      const bool bad = text.empty() || error != std::errc() || end != text.data() + text.size();
      if (bad || (rounds && (value == 0 || value > kRoundsMax))) {
        return make_error(Code::kInvalidArgument, given[i] + " wants a whole number",
                          rounds ? "from 1 to 10000000" : "");
      }
      (rounds ? out.randomisation.rounds : out.randomisation.seed) = value;
      ++i;
    } else {
      out.rest.push_back(given[i]);
    }
  }
  return out;
}

// measure -> topic -> value, measures in order of appearance.
struct Table {
  std::vector<std::string> measures;
  std::map<std::string, std::map<std::string, double>> values;
};

Table table_of(const std::vector<TopicValue>& values) {
  Table out;
  for (const TopicValue& v : values) {
    const auto [measure, fresh] = out.values.try_emplace(v.measure);
    if (fresh) out.measures.push_back(v.measure);
    measure->second[v.topic] = v.value;
  }
  return out;
}

Comparison compare(const std::string& measure, const std::map<std::string, double>& a,
                   const std::map<std::string, double>& b, const Options& options) {
  Comparison out;
  out.measure = measure;
  std::vector<double> differences;
  for (const auto& [topic, value] : a) {
    const auto other = b.find(topic);
    if (other == b.end()) continue;
    const TopicPair pair{topic, value, other->second};
    out.mean_a += pair.a;
    out.mean_b += pair.b;
    out.better += pair.difference() > 0 ? 1 : 0;
    out.worse += pair.difference() < 0 ? 1 : 0;
    differences.push_back(pair.difference());
    out.topics.push_back(pair);
  }
  const double n = static_cast<double>(out.topics.size());
  out.mean_a /= n;
  out.mean_b /= n;
  out.p = stats::randomisation(differences, options.randomisation).p;
  out.judgement = stats::judge(stats::mean_estimate(differences), 0);
  std::stable_sort(out.topics.begin(), out.topics.end(),
                   [](const TopicPair& x, const TopicPair& y) {
                     return std::abs(x.difference()) > std::abs(y.difference());
                   });
  return out;
}

// The verdict is the randomisation test's, corrected for the number of measures.
std::string_view verdict(const Comparison& c) {
  if (c.p_holm >= 0.05) return "inconclusive";
  return c.mean_b > c.mean_a ? "better" : "worse";
}

template <class... Values>
std::string format(const char* pattern, Values... values) {
  char text[512];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

std::string as_text(const std::vector<Comparison>& all, const PerTopic& runs,
                    const std::vector<std::string>& alone, const Options& options) {
  std::string out = "A " + runs.run_files[0] + "\nB " + runs.run_files[1] + "\n";
  out +=
      format("%zu topics, paired randomisation (%zu rounds, seed %llu), Holm over %zu measures\n\n",
             all.front().topics.size(), options.randomisation.rounds,
             static_cast<unsigned long long>(options.randomisation.seed), all.size());
  out += format("%-14s %8s %8s %8s  %-20s %7s %7s %6s %6s  %s\n", "measure", "A", "B", "B - A",
                "95 % interval", "p", "Holm", "better", "worse", "B is");
  for (const Comparison& c : all) {
    const std::string interval =
        format("[%+.4f, %+.4f]", c.judgement.interval.low, c.judgement.interval.high);
    out += format("%-14s %8.4f %8.4f %+8.4f  %-20s %7.4f %7.4f %6lld %6lld  ", c.measure.c_str(),
                  c.mean_a, c.mean_b, c.mean_b - c.mean_a, interval.c_str(), c.p, c.p_holm,
                  static_cast<long long>(c.better), static_cast<long long>(c.worse));
    out += verdict(c);
    out += '\n';
    if (verdict(c) == "inconclusive") {
      out += format("%-14s smallest difference that these topics show: %.4f\n", "",
                    c.judgement.visible_effect);
    }
  }
  for (const Comparison& c : all) {
    out += "\n" + c.measure + ", largest differences:\n";
    for (std::size_t i = 0; i < std::min(kTopicsShown, c.topics.size()); ++i) {
      const TopicPair& pair = c.topics[i];
      out += format("  %-20s %.4f -> %.4f  %+.4f\n", pair.topic.substr(0, 100).c_str(), pair.a,
                    pair.b, pair.difference());
    }
  }
  if (!alone.empty()) {
    out += format("\n%zu topics are in one run only and left out (-c counts them as 0):",
                  alone.size());
    for (std::size_t i = 0; i < std::min<std::size_t>(alone.size(), 10); ++i) out += " " + alone[i];
    out += '\n';
  }
  return out;
}

std::string as_json(const std::vector<Comparison>& all, const PerTopic& runs,
                    const std::vector<std::string>& alone, const Options& options) {
  JsonWriter out;
  out.begin_object().field("a", runs.run_files[0]).field("b", runs.run_files[1]);
  out.field("rounds", static_cast<std::uint64_t>(options.randomisation.rounds));
  out.field("seed", options.randomisation.seed);
  out.key("measures").begin_array();
  for (const Comparison& c : all) {
    out.begin_object().field("measure", c.measure);
    out.field("topics", static_cast<std::uint64_t>(c.topics.size()));
    out.field("mean_a", c.mean_a)
        .field("mean_b", c.mean_b)
        .field("difference", c.mean_b - c.mean_a);
    out.field("low", c.judgement.interval.low).field("high", c.judgement.interval.high);
    out.field("p", c.p).field("p_holm", c.p_holm);
    out.field("better", c.better).field("worse", c.worse).field("verdict", verdict(c));
    out.field("visible_effect", c.judgement.visible_effect);
    out.key("by_topic").begin_array();
    for (const TopicPair& pair : c.topics) {
      out.begin_object()
          .field("topic", pair.topic)
          .field("a", pair.a)
          .field("b", pair.b)
          .end_object();
    }
    out.end_array().end_object();
  }
  out.end_array().key("left_out").begin_array();
  for (const std::string& topic : alone) out.string(topic);
  out.end_array().end_object();
  return out.take() + "\n";
}

// -c: a topic that only the other run has counts 0.
void fill_holes(Table& table, const Table& other) {
  for (const auto& [measure, topics] : other.values) {
    for (const auto& [topic, value] : topics) table.values[measure].try_emplace(topic, 0);
  }
}

std::vector<std::string> topics_of_one(const Table& a, const Table& b) {
  std::set<std::string> in_a, in_b, alone;
  for (const auto& [measure, topics] : a.values) {
    for (const auto& [topic, value] : topics) in_a.insert(topic);
  }
  for (const auto& [measure, topics] : b.values) {
    for (const auto& [topic, value] : topics) in_b.insert(topic);
  }
  std::set_symmetric_difference(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(),
                                std::inserter(alone, alone.end()));
  return {alone.begin(), alone.end()};
}

}  // namespace

CommandResult compare_runs(const std::vector<std::string>& given) {
  const Result<Options> options = parse_options(given);
  if (!options) return failure(kExitUsage, options.error().to_string());
  PerTopic runs;
  CommandResult evaluated = per_topic_values(options->rest, runs);
  if (evaluated.exit_status != 0) return evaluated;
  Table a = table_of(runs.values[0]);
  Table b = table_of(runs.values[1]);
  if (runs.complete) {
    fill_holes(a, b);
    fill_holes(b, a);
  }
  std::vector<Comparison> all;
  std::vector<double> p;
  for (const std::string& measure : a.measures) {
    if (!b.values.contains(measure)) continue;
    all.push_back(compare(measure, a.values.at(measure), b.values.at(measure), *options));
    if (all.back().topics.empty()) return failure(kExitNoTopics, "no topic is in both runs");
    p.push_back(all.back().p);
  }
  if (all.empty()) {
    return failure(kExitUsage, "no measure that is averaged over topics (try -m map)");
  }
  const std::vector<double> adjusted = stats::holm(p);
  for (std::size_t i = 0; i < all.size(); ++i) all[i].p_holm = adjusted[i];
  const std::vector<std::string> alone = topics_of_one(a, b);
  return {0,
          options->json ? as_json(all, runs, alone, *options) : as_text(all, runs, alone, *options),
          {}};
}

}  // namespace interposer::evals::trec
