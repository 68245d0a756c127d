#include "engine/llama/model.h"

#include <llama.h>

#include <climits>
#include <exception>

#include "base/utf8.h"
#include "engine/llama/guard.h"
#include "engine/llama/log.h"

namespace interposer::engine::llama {
namespace {

bool on_progress(float value, void* user) {
  auto* progress = static_cast<LoadProgress*>(user);
  return !*progress || (*progress)(value);
}

}  // namespace

Result<std::shared_ptr<const Model>> Model::load(const std::string& path, LoadProgress progress) {
  start_backend();
  IP_TRY(ModelFacts facts, read_facts(path));
  llama_model_params params = llama_model_default_params();
  params.n_gpu_layers = 0;
  params.load_mode = LLAMA_LOAD_MODE_MMAP;
  params.progress_callback = on_progress;
  params.progress_callback_user_data = &progress;

  ErrorCapture errors;
  std::shared_ptr<Model> model(new Model);
  try {
    model->model_ = llama_model_load_from_file(path.c_str(), params);
  } catch (const std::exception& e) {
    return make_error(Code::kDataLoss, "loading model " + path + ": " + e.what(),
                      "fetch the file again, or convert it anew", "model_damaged");
  }
  if (model->model_ == nullptr) {
    return make_error(
        Code::kDataLoss,
        "loading model " + path + ": " + errors.first("llama.cpp refused the file"),
        "fetch the file again: it is incomplete, damaged or of an unknown architecture",
        "model_damaged");
  }
  model->path_ = path;
  model->facts_ = std::move(facts);
  model->vocab_ = llama_model_get_vocab(model->model_);
  model->can_cut_ =
      !llama_model_is_recurrent(model->model_) && !llama_model_is_hybrid(model->model_);
  return std::shared_ptr<const Model>(std::move(model));
}

Model::~Model() {
  if (model_ != nullptr) llama_model_free(model_);
}

std::vector<Token> Model::tokenize(std::string_view text, bool special, bool parse) const {
  std::string clean;
  if (!utf8_valid(text)) {  // its byte-pair splitter wants code points
    clean = utf8_repair(text);
    text = clean;
  }
  if (text.size() > INT_MAX / 2) text = text.substr(0, INT_MAX / 2);
  std::vector<Token> out(text.size() / 3 + 16);
  auto run = [&] {
    return llama_tokenize(vocab_, text.data(), static_cast<std::int32_t>(text.size()), out.data(),
                          static_cast<std::int32_t>(out.size()), special, parse);
  };
  std::int32_t n = run();
  if (n < 0 && n != INT32_MIN) {
    out.resize(static_cast<std::size_t>(-n));
    n = run();
  }
  out.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return out;
}

std::string Model::piece(Token token, bool control) const {
  std::string out(32, '\0');
  std::int32_t n = llama_token_to_piece(vocab_, token, out.data(),
                                        static_cast<std::int32_t>(out.size()), 0, control);
  if (n < 0) {
    out.resize(static_cast<std::size_t>(-n));
    n = llama_token_to_piece(vocab_, token, out.data(), static_cast<std::int32_t>(out.size()), 0,
                             control);
  }
  out.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return out;
}

bool Model::ends_generation(Token token) const { return llama_vocab_is_eog(vocab_, token); }

Token Model::bos() const { return llama_vocab_bos(vocab_); }

}  // namespace interposer::engine::llama
