#include "planner/perf/first_token.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

namespace interposer::planner {
namespace {

constexpr double kShortest = 0.8;  // of the stated length

// The golden ratio's multiples are spread evenly, whatever the count.
double spread(std::size_t i, double offset) {
  const double at = static_cast<double>(i) * 0.6180339887498949 + offset;
  return kShortest + (1 - kShortest) * (at - std::floor(at));
}

struct Waiting {
  double since = 0;
  double tokens_left = 0;
};

}  // namespace

LoopResult simulate_closed_loop(const LoopEngine& engine, double clients, double prompt_tokens,
                                double output_tokens, int rounds) {
  const auto count = static_cast<std::size_t>(std::max(1.0, std::floor(clients)));
  const std::size_t total = count * static_cast<std::size_t>(std::max(rounds, 1));
  std::deque<Waiting> waiting;
  std::vector<std::size_t> ends;  // running requests by the step in which they end; a min-heap
  const auto later = [](std::size_t a, std::size_t b) { return a > b; };
  std::vector<double> times;
  times.reserve(total);
  std::size_t asked = 0;
  const auto ask = [&](double now) {
    if (asked < total) {
      waiting.push_back({now, std::max(1.0, prompt_tokens * spread(asked, 0))});
      ++asked;
    }
  };
  for (std::size_t i = 0; i < count; ++i) ask(0);
  double now = 0;
  std::size_t step = 0;
  LoopResult out;
  while (times.size() < total) {
    const double decode = ends.empty() ? 0
                                       : engine.step_ms + engine.step_ms_per_request *
                                                              static_cast<double>(ends.size());
    if (waiting.empty()) {  // nothing changes until somebody ends: skip there
      const std::size_t until = ends.front();
      now += static_cast<double>(until - step) * decode;
      step = until;
    } else {
      double room = engine.chunk_tokens;
      std::size_t first = 0;  // prompts that end in this step
      for (Waiting& w : waiting) {
        const double taken = std::min(room, w.tokens_left);
        w.tokens_left -= taken;
        room -= taken;
        if (w.tokens_left > 0) break;
        ++first;
        if (room <= 0) break;
      }
      // A step with a prompt costs its launches too: step_ms holds them.
      now += std::max(decode, engine.step_ms) +
             (engine.chunk_tokens - room) * engine.prompt_ms_per_token;
      ++step;
      for (; first > 0; --first) {
        times.push_back(now - waiting.front().since);
        waiting.pop_front();
        const double answer = std::max(1.0, output_tokens * spread(times.size(), 0.37));
        ends.push_back(step + static_cast<std::size_t>(answer));
        std::push_heap(ends.begin(), ends.end(), later);
      }
    }
    ++out.steps;
    while (!ends.empty() && ends.front() <= step) {
      std::pop_heap(ends.begin(), ends.end(), later);
      ends.pop_back();
      ask(now);
    }
  }
  for (const double t : times) out.mean_ms += t / static_cast<double>(total);
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(total / 2);
  std::nth_element(times.begin(), middle, times.end());
  out.median_ms = *middle;
  return out;
}

FirstTerms first_token_terms(const ModelShape& shape, const GpuNumbers& gpu, Precision precision,
                             const GpuPlacement& placement, const ServingState& state) {
  constexpr int kRounds = 6;
  constexpr double kMostSimulated = 256;  // clients; more of them wait in proportion
  ServingState alone = state;
  alone.batch = state.output_tokens;  // prompts a step: one
  const Terms whole = step_terms(shape, gpu, precision, placement, state);
  const Terms one = step_terms(shape, gpu, precision, placement, alone);
  const Terms& prior = term_priors();
  const auto at = [](const Terms& t, Term term) { return t[static_cast<std::size_t>(term)]; };
  double step_ms = 0;  // at typical efficiencies, prompts of others left out
  for (std::size_t k = 0; k < static_cast<std::size_t>(Term::kPromptFlops); ++k) {
    step_ms += prior[k] * whole[k];
  }
  const double prompt_all = at(one, Term::kPromptFlops) * 1.8 +
                            at(one, Term::kPromptAttention) * 1.5 +
                            at(one, Term::kPromptReduce) * 1.2;
  const double launches = at(one, Term::kPromptLaunches);
  LoopEngine engine;
  engine.step_ms = step_ms;
  engine.prompt_ms_per_token = prompt_all / state.prompt_tokens;
  const double clients = std::min(state.batch, kMostSimulated);
  const LoopResult loop =
      simulate_closed_loop(engine, clients, state.prompt_tokens, state.output_tokens, kRounds);
  const double times = state.batch / clients;
  const double bare = prompt_all + step_ms;
  FirstTerms t{};
  const auto set = [&](FirstTerm term, double value) { t[static_cast<std::size_t>(term)] = value; };
  set(FirstTerm::kPromptFlops, at(one, Term::kPromptFlops));
  set(FirstTerm::kPromptAttention, at(one, Term::kPromptAttention));
  set(FirstTerm::kPromptReduce, at(one, Term::kPromptReduce));
  set(FirstTerm::kLaunches, launches);
  set(FirstTerm::kRequest, 10);
  set(FirstTerm::kBatch, state.batch / 10);
  set(FirstTerm::kStep, step_ms);
  set(FirstTerm::kWaitMean, std::max(0.0, loop.mean_ms * times - bare) / 2);
  set(FirstTerm::kWaitMedian, std::max(0.0, loop.median_ms * times - bare) / 2);
  return t;
}

const FirstTerms& first_token_priors() {
  static const FirstTerms kPriors = {1.8, 1.5, 1.2, 1, 1, 1, 1, 1, 1};
  return kPriors;
}

}  // namespace interposer::planner
