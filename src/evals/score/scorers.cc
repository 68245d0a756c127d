#include "evals/score/scorers.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <map>
#include <set>

#include "base/json.h"
#include "base/strings.h"
#include "evals/score/grounded.h"
#include "evals/scorers/answer.h"
#include "evals/scorers/bleu.h"
#include "evals/scorers/chrf.h"
#include "evals/scorers/squad.h"
#include "evals/suite/suite.h"

namespace interposer::evals {
namespace {

using Make = std::vector<Scorer> (*)(const ScorerSpec& spec);

struct Known {
  const char* name;
  bool wants_argument;
  const char* what;
  Make make;
};

Scorer scorer(std::string name,
              std::function<Scored(const Item&, const Response&, std::string_view)> f,
              bool higher = true) {
  return {{name, higher, name + "/1"}, std::move(f)};
}

template <class F>
std::vector<Scorer> best_over_targets(const char* name, F compare) {
  return {scorer(name, [compare](const Item& item, const Response&, std::string_view answer) {
    double best = 0;
    for (const std::string& target : item.targets) best = std::max(best, compare(answer, target));
    return Scored{best, {}};
  })};
}

std::vector<Scorer> exact(const ScorerSpec&) {
  return best_over_targets("exact", [](std::string_view a, const std::string& b) {
    return trim(a) == trim(b) ? 1.0 : 0.0;
  });
}

std::vector<Scorer> em_squad(const ScorerSpec&) {
  return {scorer("em@squad", [](const Item& item, const Response&, std::string_view answer) {
    return Scored{squad_score(answer, item.targets).exact, {}};
  })};
}

std::vector<Scorer> f1_squad(const ScorerSpec&) {
  return {scorer("f1@squad", [](const Item& item, const Response&, std::string_view answer) {
    return Scored{squad_score(answer, item.targets).f1, {}};
  })};
}

std::vector<Scorer> contains(const ScorerSpec&) {
  return best_over_targets("contains", [](std::string_view a, const std::string& b) {
    return !b.empty() && to_lower(a).find(to_lower(b)) != std::string::npos ? 1.0 : 0.0;
  });
}

std::vector<Scorer> number(const ScorerSpec&) {
  return best_over_targets("number", [](std::string_view a, const std::string& b) {
    const auto found = gsm8k_flexible(a);
    return found && equal_as_numbers(gsm8k_clean(*found), gsm8k_clean(b)) ? 1.0 : 0.0;
  });
}

std::vector<Scorer> matches(const ScorerSpec& spec) {
  Extract step;
  step.kind = Extract::Kind::kRegex;
  step.pattern = spec.argument;
  Scorer out = scorer("matches", [step](const Item&, const Response&, std::string_view answer) {
    return Scored{extract_answer(answer, {step}) ? 1.0 : 0.0, {}};
  });
  out.metric.scorer += " " + spec.argument;
  return {out};
}

std::vector<Scorer> bleu_sentence(const ScorerSpec&) {
  return {scorer("bleu@sacrebleu", [](const Item& item, const Response&, std::string_view answer) {
    if (item.targets.empty()) return Scored{kUnscored, "the item has no target"};
    return Scored{bleu(bleu_counts(answer, item.targets), true), {}};
  })};
}

std::vector<Scorer> chrf_sentence(const ScorerSpec&) {
  return {scorer("chrf@sacrebleu", [](const Item& item, const Response&, std::string_view answer) {
    if (item.targets.empty()) return Scored{kUnscored, "the item has no target"};
    return Scored{chrf(chrf_counts(answer, item.targets)), {}};
  })};
}

std::vector<Scorer> json_valid(const ScorerSpec&) {
  return {scorer("json", [](const Item&, const Response&, std::string_view answer) {
    boost::json::error_code error;
    const std::string_view text = trim(answer);
    (void)boost::json::parse({text.data(), text.size()}, error);
    return Scored{error ? 0.0 : 1.0, error ? error.message() : ""};
  })};
}

std::vector<Scorer> latency(const ScorerSpec&) {
  return {scorer(
      "latency_ms",
      [](const Item&, const Response& r, std::string_view) {
        return Scored{r.total_ms.value_or(kUnscored), {}};
      },
      false)};
}

std::vector<Scorer> ttft(const ScorerSpec&) {
  return {scorer(
      "ttft_ms",
      [](const Item&, const Response& r, std::string_view) {
        return Scored{r.ttft_ms.value_or(kUnscored), {}};
      },
      false)};
}

std::vector<Scorer> tool_call(const ScorerSpec&) { return {scorer("tool_call", score_tool_call)}; }

std::vector<Scorer> retrieval(const ScorerSpec& spec) {
  // check_scorer() has seen that these are digits.
  const std::size_t k = spec.argument.empty() ? 10 : std::stoul(spec.argument);
  const std::string at = "@" + std::to_string(k);
  return {scorer("recall" + at, [k](const Item& i, const Response& r,
                                    std::string_view) { return recall_at(i, r, k); }),
          scorer("rr" + at, [k](const Item& i, const Response& r, std::string_view) {
            return reciprocal_rank_at(i, r, k);
          })};
}

std::vector<Scorer> grounded(const ScorerSpec&) {
  return {scorer("citations_resolve", score_citations_resolve),
          scorer("quotes_verbatim", score_quotes_verbatim),
          scorer("numbers_cited", score_numbers_cited),
          scorer("cited_share", score_cited_share),
          scorer("right_document", score_right_document),
          scorer("abstention", score_abstention)};
}

const Known kKnown[] = {
    {"exact", false, "the answer equals a target", exact},
    {"em@squad", false, "SQuAD's exact match", em_squad},
    {"f1@squad", false, "SQuAD's F1", f1_squad},
    {"contains", false, "the answer holds a target, without regard to case", contains},
    {"number", false, "the last number equals a target's", number},
    {"matches", true, "the answer matches this regular expression", matches},
    {"bleu@sacrebleu", false, "sentence BLEU", bleu_sentence},
    {"chrf@sacrebleu", false, "sentence chrF", chrf_sentence},
    {"json", false, "the answer is JSON", json_valid},
    {"tool_call", false, "one call, of the target's name with its arguments", tool_call},
    {"retrieval", false, "recall and reciprocal rank of the target documents", retrieval},
    {"grounded", false, "citations, quotes, numbers and abstention of a grounded answer", grounded},
    {"latency_ms", false, "time of the whole answer", latency},
    {"ttft_ms", false, "time to the first token", ttft},
};

const Known* find_known(std::string_view name) {
  for (const Known& known : kKnown) {
    if (name == known.name) return &known;
  }
  return nullptr;
}

// Steps of the two usual extractors, to see how much the choice matters.
std::string disagreement(const std::vector<const Response*>& responses) {
  std::int64_t both = 0, differ = 0;
  for (const Response* r : responses) {
    if (!is_scorable(r->status)) continue;
    both += 1;
    const auto strict = gsm8k_strict(r->text), flexible = gsm8k_flexible(r->text);
    const bool same =
        strict && flexible && equal_as_numbers(gsm8k_clean(*strict), gsm8k_clean(*flexible));
    differ += same ? 0 : 1;
  }
  if (both == 0 || differ == 0 || differ == both) return {};
  return fmt::format("extractors (strict '####', last number) disagree on {:.1f} %",
                     100.0 * static_cast<double>(differ) / static_cast<double>(both));
}

}  // namespace

Status check_scorer(const ScorerSpec& spec) {
  const Known* known = find_known(spec.name);
  if (known == nullptr) {
    std::vector<std::string> names;
    for (const Known& k : kKnown) names.emplace_back(k.name);
    return make_error(Code::kInvalidArgument, "no scorer '" + spec.name + "'",
                      did_you_mean(spec.name, names));
  }
  if (known->wants_argument && spec.argument.empty())
    return make_error(Code::kInvalidArgument, "the scorer '" + spec.name + "' wants an argument",
                      "write '- " + spec.name + ": ...'");
  if (spec.name == "matches") return check_pattern(spec.argument);
  if (spec.name == "retrieval" && !spec.argument.empty()) {
    const bool digits = spec.argument.size() <= 4 &&
                        spec.argument.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || spec.argument == "0")
      return make_error(Code::kInvalidArgument, "retrieval wants a number of documents",
                        "write '- retrieval: 10'");
  }
  return {};
}

Result<std::vector<Scorer>> make_scorers(const Suite& suite) {
  std::vector<Scorer> out;
  std::set<std::string> names;
  // The extractors are part of what a number means.
  std::string steps;
  for (const Extract& step : suite.extract)
    steps +=
        fmt::format("|{}{}{}", static_cast<int>(step.kind), step.last ? 'l' : 'f', step.pattern);
  for (const ScorerSpec& spec : suite.scorers) {
    IP_OK(check_scorer(spec));
    for (Scorer& made : find_known(spec.name)->make(spec)) {
      if (!names.insert(made.metric.name).second)
        return make_error(Code::kInvalidArgument, "the scorer '" + spec.name + "' stands twice",
                          "leave one away");
      if (!steps.empty()) made.metric.scorer += " " + sha256(steps).substr(0, 8);
      out.push_back(std::move(made));
    }
  }
  return out;
}

Result<ScoredRun> score_responses(const Suite& suite, const std::vector<Item>& items,
                                  const std::vector<const Response*>& responses) {
  IP_TRY(const std::vector<Scorer> scorers, make_scorers(suite));
  std::map<std::string_view, const Item*> by_id;
  for (const Item& item : items) by_id.emplace(item.id, &item);
  ScoredRun out;
  JsonWriter head;
  head.begin_object().field("v", 1).field("suite", suite.name).field("digest", suite.digest);
  head.key("metrics").begin_array();
  for (const Scorer& s : scorers) {
    head.begin_object().field("name", s.metric.name).field("higher", s.metric.higher_is_better);
    head.field("scorer", s.metric.scorer).end_object();
  }
  out.scores = head.end_array().end_object().take() + "\n";
  for (const Response* r : responses) {
    const auto item = by_id.find(r->unit);
    if (item == by_id.end()) continue;  // the dataset has become shorter
    JsonWriter w;
    w.begin_object().field("unit", r->unit).field("epoch", r->epoch).field("target", r->target);
    w.key("s").begin_array();
    std::string why;
    bool scored = false;
    std::optional<std::string> answer;
    if (is_scorable(r->status)) answer = extract_answer(r->text, suite.extract);
    for (const Scorer& s : scorers) {
      Scored value;
      if (is_scorable(r->status)) value = s.score(*item->second, *r, answer.value_or(""));
      w.number(value.value);
      scored = scored || !std::isnan(value.value);
      if (!value.why.empty()) why += (why.empty() ? "" : "; ") + s.metric.name + ": " + value.why;
    }
    w.end_array();
    if (is_scorable(r->status) && !answer)
      why += (why.empty() ? "" : "; ") + std::string("no answer found");
    if (!why.empty()) w.field("why", why);
    out.scores += w.end_object().take() + "\n";
    out.units += 1;
    out.unscored += scored ? 0 : 1;
  }
  const bool numbers = std::any_of(suite.scorers.begin(), suite.scorers.end(),
                                   [](const ScorerSpec& s) { return s.name == "number"; });
  if (numbers) {
    if (std::string note = disagreement(responses); !note.empty()) out.notes.push_back(note);
  }
  return out;
}

}  // namespace interposer::evals
