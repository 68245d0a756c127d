#include "engine/llama/context.h"

#include <ggml-cpu.h>
#include <llama.h>

#include <algorithm>
#include <exception>

#include "base/log.h"
#include "engine/llama/guard.h"
#include "engine/llama/log.h"
#include "engine/llama/memory.h"

namespace interposer::engine::llama {

struct Context::Batch {
  explicit Batch(int rows) : raw(llama_batch_init(rows, 0, 1)) {}
  ~Batch() { llama_batch_free(raw); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  llama_batch raw;
};

namespace {

llama_context_params parameters(const Model& model, const ContextOptions& o) {
  llama_context_params p = llama_context_default_params();
  p.n_ctx = static_cast<std::uint32_t>(o.context_tokens);
  p.n_batch = static_cast<std::uint32_t>(o.batch_rows);
  p.n_ubatch = p.n_batch;  // one graph a step: a step is done or it never was
  p.n_seq_max = static_cast<std::uint32_t>(o.sequences);
  p.n_threads = o.threads;
  p.n_threads_batch = o.threads;
  p.kv_unified = true;  // sequences share cells: llama_memory_seq_cp is metadata only
  p.no_perf = true;
  p.embeddings = o.embeddings;
  // On: prefill is faster, and a greedy answer is the same alone and in a batch (inference.md D12).
  p.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_AUTO;
  if (o.embeddings) {
    // What the file does not say: mean for encoders, the last token for decoders.
    if (model.facts().pooling == Pooling::kNone) {
      p.pooling_type =
          model.facts().encoder_only ? LLAMA_POOLING_TYPE_MEAN : LLAMA_POOLING_TYPE_LAST;
    }
  } else {
    // Logits only where a row is sampled: at 49 k tokens of vocabulary 512 rows would be 100 MB.
    p.n_outputs_max = p.n_seq_max;
  }
  return p;
}

}  // namespace

Result<std::unique_ptr<Context>> Context::create(std::shared_ptr<const Model> model,
                                                 const ContextOptions& options) {
  start_backend();
  ErrorCapture errors;
  std::unique_ptr<Context> self(new Context);
  self->model_ = std::move(model);
  self->embeddings_ = options.embeddings;
  llama_context_params params = parameters(*self->model_, options);
  params.abort_callback = &Context::on_abort;
  params.abort_callback_data = self.get();
  try {
    self->context_ = llama_init_from_model(self->model_->raw(), params);
  } catch (const std::exception& e) {
    log::debug("creating a context failed", {{"why", e.what()}});
  }
  if (self->context_ == nullptr) {
    return make_error(Code::kResourceExhausted,
                      "no memory for " + std::to_string(options.context_tokens) +
                          " tokens of context of " + self->model_->path() + ": " +
                          errors.first("llama.cpp could not create it"),
                      "configure fewer context_tokens for this model", "model_memory");
  }
  // Without a pool of its own every step would start and join threads.
  ggml_threadpool_params pool = ggml_threadpool_params_default(options.threads);
  self->pool_ = ggml_threadpool_new(&pool);
  if (self->pool_ != nullptr) {
    llama_attach_threadpool(self->context_, self->pool_, self->pool_);
  }
  self->context_tokens_ = static_cast<std::int64_t>(llama_n_ctx(self->context_));
  self->batch_rows_ = static_cast<int>(llama_n_batch(self->context_));
  self->sequences_ = options.sequences;
  self->threads_max_ = self->threads_ = options.threads;
  self->batch_ = std::make_unique<Batch>(self->batch_rows_);
  return self;
}

Context::~Context() {
  if (context_ != nullptr) llama_free(context_);
  if (pool_ != nullptr) ggml_threadpool_free(pool_);
}

bool Context::on_abort(void* self) {
  auto* context = static_cast<Context*>(self);
  return context->abort_check_ && context->abort_check_();
}

void Context::clear() { rows_ = 0; }

int Context::add(Token token, std::int64_t position, int sequence, bool output) {
  llama_batch& b = batch_->raw;
  int row = rows_++;
  b.token[row] = token;
  b.pos[row] = static_cast<llama_pos>(position);
  b.n_seq_id[row] = 1;
  b.seq_id[row][0] = sequence;
  b.logits[row] = output ? 1 : 0;
  return row;
}

void Context::set_threads(int threads) {
  if (threads == threads_) return;
  threads_ = threads;
  llama_set_n_threads(context_, threads, threads);
}

Context::Outcome Context::step() {
  batch_->raw.n_tokens = rows_;
  int code = -3;
  try {
    bool encode = llama_get_memory(context_) == nullptr;
    code = encode ? llama_encode(context_, batch_->raw) : llama_decode(context_, batch_->raw);
    if (code == 0) llama_synchronize(context_);
  } catch (const std::exception& e) {
    log::error("a step of the engine failed", {{"model", model_->path()}, {"why", e.what()}});
  }
  if (embeddings_ && code == 0) release_logits();
  switch (code) {
    case 0:
      return Outcome::kDone;
    case 1:
      return Outcome::kNoSpace;
    case 2:
      return Outcome::kAborted;
    default:
      return Outcome::kFailed;
  }
}

// For each row of the longest step so far llama.cpp holds, and has cleared, a row as wide as the
// vocabulary, also where nobody reads logits: 60 MB for 512 rows of the default embedder.
void Context::release_logits() {
  if (rows_ <= released_rows_) return;
  released_rows_ = rows_;
  auto words = static_cast<std::size_t>(llama_vocab_n_tokens(model_->vocab()));
  release_pages(llama_get_logits(context_),
                static_cast<std::size_t>(rows_) * words * sizeof(float));
}

std::span<const float> Context::logits(int row) const {
  const float* p = llama_get_logits_ith(context_, row);
  if (p == nullptr) return {};
  return {p, static_cast<std::size_t>(llama_vocab_n_tokens(model_->vocab()))};
}

std::span<const float> Context::embedding(int sequence) const {
  const float* p = llama_get_embeddings_seq(context_, sequence);
  if (p == nullptr) return {};
  return {p, static_cast<std::size_t>(llama_model_n_embd_out(model_->raw()))};
}

bool Context::cut(int sequence, std::int64_t from) {
  llama_memory_t memory = llama_get_memory(context_);
  if (memory == nullptr) return true;
  if (llama_memory_seq_rm(memory, sequence, static_cast<llama_pos>(from), -1)) return true;
  llama_memory_seq_rm(memory, sequence, -1, -1);
  return false;
}

void Context::share(int source, int target, std::int64_t length) {
  llama_memory_t memory = llama_get_memory(context_);
  if (memory == nullptr) return;
  llama_memory_seq_cp(memory, source, target, 0, static_cast<llama_pos>(length));
}

void Context::forget_all() {
  llama_memory_t memory = llama_get_memory(context_);
  if (memory != nullptr) llama_memory_clear(memory, false);
}

}  // namespace interposer::engine::llama
