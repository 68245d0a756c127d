// What one step of an engine takes, from any performance model, compiled into tables that the
// simulation reads in nanoseconds.
#pragma once

#include <vector>

#include "base/result.h"
#include "boards/step_profile.h"

namespace interposer::planner {

// One step: `batch` sequences decode a token each and hold `context` tokens together; beside them
// `prompt` prompt tokens are computed, which attend to `pairs` (token, earlier token) pairs.
struct StepWork {
  double batch = 0;
  double context = 0;
  double prompt = 0;
  double pairs = 0;
};

// A performance model of one engine on one placement. Pure; called from one thread.
class StepTime {
 public:
  virtual ~StepTime() = default;
  virtual double seconds(const StepWork& work) const = 0;
};

inline constexpr int kSimBatchMax = 4096;  // sequences of one replica

// seconds = base(batch) + context(batch) * context + prefill_token * prompt + prefill_pair * pairs.
// Linear in context because KV bytes and attention are; the batch goes by table because touched
// experts are not.
struct StepCurve {
  std::vector<double> base_s;     // [batch], from 0 (a step that only computes prompts)
  std::vector<double> context_s;  // [batch]
  double prefill_token_s = 0;
  double prefill_pair_s = 0;

  int batch_max() const { return static_cast<int>(base_s.size()) - 1; }
  double decode_s(int batch, double context) const {
    const auto b = static_cast<std::size_t>(batch);
    return base_s[b] + context_s[b] * context;
  }
  double prefill_s(double prompt, double pairs) const {
    return prefill_token_s * prompt + prefill_pair_s * pairs;
  }
  // The same engine when decoding takes `decode` times as long, and prompts `prefill` times.
  StepCurve scaled(double decode, double prefill) const;
};

// Reads the model at batches a quarter apart (two contexts each; lines between) and at two prompt
// lengths. `typical_context`
// is a sequence's, in tokens: the line in context is laid through none and twice it.
// kInvalidArgument when the model answers with what is no duration, or with fewer seconds for more
// context.
Result<StepCurve> compile_curve(const StepTime& model, int batch_max, double typical_context);

// The same as the plain record that routing evaluates.
void fill_profile(const StepCurve& curve, boards::StepProfile* profile);

}  // namespace interposer::planner
