// One llama.cpp context: KV memory, compute buffers, a thread pool and the batch of one step.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "engine/llama/model.h"

struct llama_context;
struct ggml_threadpool;

namespace interposer::engine::llama {

struct ContextOptions {
  std::int64_t context_tokens = 0;  // cells of the KV pool, shared by all sequences
  int batch_rows = 0;               // most rows of one step
  int sequences = 0;                // KV sequences, ids 0 ... sequences-1
  int threads = 1;
  bool embeddings = false;  // pooled rows instead of logits
};

// Belongs to one thread, but for cancel_step(). The model must outlive it (it holds a reference).
class Context {
 public:
  // kResourceExhausted when the memory cannot be had.
  static Result<std::unique_ptr<Context>> create(std::shared_ptr<const Model> model,
                                                 const ContextOptions& options);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // The batch of the next step. add() gives the row's index; at most batch_rows.
  void clear();
  int add(Token token, std::int64_t position, int sequence, bool output);
  int rows() const { return rows_; }

  enum class Outcome : std::uint8_t {
    kDone,
    kNoSpace,  // no free KV cells for these rows; nothing has changed
    kAborted,  // the abort check said so; the batch's rows are not in the KV
    kFailed,   // an error inside llama.cpp: the context is no longer to be trusted
  };
  Outcome step();
  void set_threads(int threads);  // of the next step; at most what it was created with
  // Asked between operations of a step, on its thread; true ends the step.
  void set_abort_check(std::function<bool()> check) { abort_check_ = std::move(check); }

  std::span<const float> logits(int row) const;          // of an output row of the last step
  std::span<const float> embedding(int sequence) const;  // pooled; empty: none

  // KV cells. cut() removes positions >= from; false: this model can't, the sequence is now empty.
  bool cut(int sequence, std::int64_t from);
  void share(int source, int target, std::int64_t length);  // the first `length` positions
  void forget_all();

  std::int64_t context_tokens() const { return context_tokens_; }
  int batch_rows() const { return batch_rows_; }
  int sequences() const { return sequences_; }
  int threads_max() const { return threads_max_; }
  const Model& model() const { return *model_; }

 private:
  struct Batch;
  Context() = default;
  static bool on_abort(void* self);
  void release_logits();

  std::shared_ptr<const Model> model_;
  llama_context* context_ = nullptr;
  ggml_threadpool* pool_ = nullptr;
  std::unique_ptr<Batch> batch_;
  std::function<bool()> abort_check_;
  std::int64_t context_tokens_ = 0;
  int batch_rows_ = 0, sequences_ = 0, rows_ = 0, threads_max_ = 1, threads_ = 1;
  bool embeddings_ = false;
  int released_rows_ = 0;  // see release_logits()
};

}  // namespace interposer::engine::llama
