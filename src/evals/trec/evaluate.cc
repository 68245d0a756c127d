#include "evals/trec/evaluate.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>

#include "evals/trec/text_file.h"

namespace interposer::evals::trec {
namespace {

constexpr int kExitMeasure = 4;
constexpr int kExitNoTopics = 7;
constexpr std::size_t kNameWidth = 22;  // of the printed table's first column
// trec_eval 10 ranks one document that nobody judged for a topic that the run lacks (-c).
constexpr std::string_view kNoDocument = "ceci_nest_pas_un_docno";

struct Value {
  std::string name;
  double total = 0;
  double now = 0;  // of the topic at hand
};

class Evaluator {
 public:
  Evaluator(Run run, const Judgments& judgments, const EvaluateOptions& options)
      : run_(std::move(run)), judgments_(judgments), options_(options) {
    for (const WantedMeasure& wanted : options.measures) {
      first_.push_back(values_.size());
      for (std::size_t i = 0; i < value_count(*wanted.measure, wanted.parameters); ++i) {
        values_.push_back({value_name(*wanted.measure, wanted.parameters, i), 0, 0});
      }
    }
  }

  Evaluation run() {
    std::size_t at = 0;
    for (const JudgedTopic& judged : judgments_.topics) {
      while (at < run_.topics.size() && run_.topics[at].id < judged.id) ++at;
      const bool found = at < run_.topics.size() && run_.topics[at].id == judged.id;
      RunTopic missing;
      if (!found) {
        if (!missing_topic_is_error(options_.personality)) continue;
        if (options_.skip_missing && !options_.complete) continue;
        if (!options_.complete) return fail(kExitMeasure, missing_topic(judged));
        missing = {judged.id,
                   {{kNoDocument.data(), static_cast<std::uint32_t>(kNoDocument.size()),
                     hash_of(kNoDocument), 1.0}}};
      }
      const Status done = measure(found ? run_.topics[at] : missing, judged, !found);
      if (!done) return fail(kExitMeasure, done.error());
    }
    if (topics_ == 0) {
      return fail(kExitNoTopics,
                  make_error(Code::kInvalidArgument, "no topic has both judgments and a run",
                             "compare the first fields of the two files"));
    }
    if (options_.summary) print_summary();
    return std::move(out_);
  }

 private:
  Evaluation fail(int status, Error error) {
    out_.exit_status = status;
    out_.error = std::move(error);
    return std::move(out_);
  }

  static Error missing_topic(const JudgedTopic& judged) {
    return make_error(Code::kInvalidArgument,
                      "the run has nothing for the judged topic '" + std::string(judged.id) + "'",
                      "add -c to count such topics as 0, or --as 9 to leave them out");
  }

  Status measure(RunTopic& topic, const JudgedTopic& judged, bool missing) {
    TopicView view{options_.personality, options_.docs_in_collection, {}, nullptr};
    std::vector<Ranking> rankings;
    std::optional<TopicPreferences> preferences;
    if (judged.groups.empty()) {
      IP_TRY(preferences, count_preferences(topic, judged, options_.rank.docs_max));
      view.preferences = &*preferences;
    } else {
      order_docs(topic, options_.rank.docs_max);
      for (const JudgedGroup& group : judged.groups) {
        IP_TRY(Ranking ranking, ranker_.rank(topic, group, options_.rank));
        rankings.push_back(std::move(ranking));
      }
      view.rankings = rankings;
    }
    for (Value& value : values_) value.now = 0;
    for (std::size_t m = 0; m < options_.measures.size(); ++m) {
      const WantedMeasure& wanted = options_.measures[m];
      if (wanted.measure->compute == nullptr) continue;
      scratch_.assign(value_count(*wanted.measure, wanted.parameters), 0);
      wanted.measure->compute(view, wanted.parameters, scratch_);
      for (std::size_t i = 0; i < scratch_.size(); ++i) values_[first_[m] + i].now = scratch_[i];
    }
    const Ranking* const ranking = rankings.empty() ? nullptr : &rankings.front();
    if (missing) forget_the_stand_in();
    if (options_.z_scores != nullptr) convert(judged.id);
    add_up();
    if (options_.topic_values != nullptr) collect(judged.id);
    if (options_.per_topic) print_topic(judged.id, ranking, missing);
    ++topics_;
    return {};
  }

  // What trec_eval 10 resets after its stand-in document was measured; by these exact names.
  void forget_the_stand_in() {
    for (Value& value : values_) {
      if (value.name == "num_ret" || value.name == "utility" || value.name.starts_with("unj") ||
          value.name == "rbp_resid") {
        value.now = 0;
      }
    }
  }

  void convert(std::string_view topic) {
    for (Value& value : values_) {
      const auto found = options_.z_scores->find(std::string(topic) + ' ' + value.name);
      if (found == options_.z_scores->end()) {
        value.now = kMissingZScore;
      } else if (found->second.sd != 0) {
        value.now = (value.now - found->second.mean) / found->second.sd;
      } else {
        value.now = value.now == found->second.mean ? 0 : kMissingZScore;
      }
    }
  }

  void collect(std::string_view topic) {
    for (std::size_t m = 0; m < options_.measures.size(); ++m) {
      const WantedMeasure& wanted = options_.measures[m];
      if (wanted.measure->averages != Averages::kMean || wanted.measure->compute == nullptr)
        continue;
      for (std::size_t i = 0; i < value_count(*wanted.measure, wanted.parameters); ++i) {
        const Value& value = values_[first_[m] + i];
        options_.topic_values->push_back({std::string(topic), value.name, value.now});
      }
    }
  }

  void add_up() {
    for (Value& value : values_) value.total += value.now;
  }

  void print(std::string_view name, std::string_view topic, std::string_view value) {
    out_.text += name;
    if (name.size() < kNameWidth) out_.text.append(kNameWidth - name.size(), ' ');
    out_.text += '\t';
    out_.text += topic;
    out_.text += '\t';
    out_.text += value;
    out_.text += '\n';
  }

  void print_number(const Value& value, std::string_view topic, double number, bool whole) {
    char buffer[400];  // the greatest double has 309 digits before its point
    const bool as_whole = whole && options_.z_scores == nullptr;
    const int size =
        as_whole ? std::snprintf(buffer, sizeof buffer, "%lld", static_cast<long long>(number))
                 : std::snprintf(buffer, sizeof buffer, "%6.4f", number);
    if (options_.z_scores != nullptr) out_.text += 'Z';  // beside the name's column
    print(value.name, topic, {buffer, static_cast<std::size_t>(size)});
  }

  void print_topic(std::string_view topic, const Ranking* ranking, bool missing) {
    for (std::size_t m = 0; m < options_.measures.size(); ++m) {
      const WantedMeasure& wanted = options_.measures[m];
      const Value& first = values_[first_[m]];
      switch (wanted.measure->shows) {
        case Shows::kReal:
        case Shows::kWhole:
          for (std::size_t i = 0; i < value_count(*wanted.measure, wanted.parameters); ++i) {
            const Value& value = values_[first_[m] + i];
            print_number(value, topic, value.now, wanted.measure->shows == Shows::kWhole);
          }
          break;
        case Shows::kRelevanceString:
          if (ranking == nullptr) break;
          print(first.name, topic,
                missing && first.name == "relstring"
                    ? "''"
                    : relevance_string(*ranking, wanted.parameters));
          break;
        case Shows::kRunId:
        case Shows::kTopics:
        case Shows::kOnlyMean:
          break;
      }
    }
  }

  // Topics that the means divide by.
  double divisor() const {
    return static_cast<double>(options_.complete ? judgments_.topics.size() : topics_);
  }

  double average(const Measure& measure, double total) const {
    switch (measure.averages) {
      case Averages::kMean:
        return total / divisor();
      case Averages::kSum:
        return total;
      case Averages::kGeometric: {
        const double absent = divisor() - static_cast<double>(topics_);
        return std::exp((total + absent * std::log(kGeometricFloor)) / divisor());
      }
      case Averages::kNothing:
        return 0;
    }
    return 0;
  }

  // With -c the judged relevant of topics that trec_eval 9 leaves out still count.
  double relevant_of_absent() const {
    if (!options_.complete || missing_topic_is_error(options_.personality)) return 0;
    std::int64_t total = 0;
    for (const JudgedTopic& judged : judgments_.topics) {
      const auto at =
          std::lower_bound(run_.topics.begin(), run_.topics.end(), judged.id,
                           [](const RunTopic& t, std::string_view id) { return t.id < id; });
      if ((at != run_.topics.end() && at->id == judged.id) || judged.groups.empty()) continue;
      for (const Judged& doc : judged.groups.front().docs) {
        total += doc.grade >= 0 && doc.grade >= options_.rank.level ? 1 : 0;
      }
    }
    return static_cast<double>(total);
  }

  void print_summary() {
    for (std::size_t m = 0; m < options_.measures.size(); ++m) {
      const WantedMeasure& wanted = options_.measures[m];
      const Value& first = values_[first_[m]];
      switch (wanted.measure->shows) {
        case Shows::kRunId:
          print(first.name, "all", run_.id);
          break;
        case Shows::kTopics:
          print_number(first, "all", divisor(), true);
          break;
        case Shows::kRelevanceString:
          break;
        case Shows::kReal:
        case Shows::kWhole:
        case Shows::kOnlyMean:
          for (std::size_t i = 0; i < value_count(*wanted.measure, wanted.parameters); ++i) {
            const Value& value = values_[first_[m] + i];
            const double absent = value.name == "num_rel" ? relevant_of_absent() : 0;
            print_number(value, "all", average(*wanted.measure, value.total + absent),
                         wanted.measure->shows == Shows::kWhole);
          }
      }
    }
  }

  Run run_;
  const Judgments& judgments_;
  const EvaluateOptions& options_;
  Ranker ranker_;
  std::vector<std::size_t> first_;  // of each measure, into values_
  std::vector<Value> values_;
  std::vector<double> scratch_;
  std::size_t topics_ = 0;
  Evaluation out_;
};

}  // namespace

Result<ZScores> parse_z_scores(std::string_view text, std::string_view file) {
  ZScores out;
  LineReader lines(text);
  while (lines.next_line()) {
    const std::string_view topic = lines.next_field();
    const std::string_view measure = lines.next_field();
    ZScore score;
    for (double* number : {&score.mean, &score.sd}) {
      const std::string_view field = lines.next_field();
      const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), *number);
      if (field.empty() || error != std::errc() || end != field.data() + field.size()) {
        return line_error(file, lines.line_number(), "not a z-score line",
                          "write: topic measure mean standard_deviation");
      }
    }
    out[std::string(topic) + ' ' + std::string(measure)] = score;
  }
  return out;
}

Evaluation evaluate(Run run, const Judgments& judgments, const EvaluateOptions& options) {
  return Evaluator(std::move(run), judgments, options).run();
}

}  // namespace interposer::evals::trec
