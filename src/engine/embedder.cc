#include "engine/embedder.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <span>

#include "engine/host.h"

namespace interposer::engine {
namespace {

struct Window {
  std::size_t text;
  double weight;  // tokens
};

// The text's tokens in windows of at most `limit`, each inside what the model wants around a text.
std::vector<std::vector<Token>> windows(const llama::Model& model, const std::string& text,
                                        std::size_t limit) {
  std::vector<Token> whole = model.tokenize(text, true, false);
  if (whole.size() <= limit) return {std::move(whole)};
  std::vector<Token> body = model.tokenize(text, false, false);
  std::size_t before =
      whole.size() > body.size() && !std::equal(body.begin(), body.end(), whole.begin());
  std::size_t after = whole.size() - body.size() - before;
  std::size_t room = limit - before - after;
  std::vector<std::vector<Token>> out;
  for (std::size_t at = 0; at < body.size(); at += room) {
    std::vector<Token> window(whole.begin(), whole.begin() + static_cast<long>(before));
    auto begin = body.begin() + static_cast<long>(at);
    window.insert(window.end(), begin, begin + static_cast<long>(std::min(room, body.size() - at)));
    window.insert(window.end(), whole.end() - static_cast<long>(after), whole.end());
    out.push_back(std::move(window));
  }
  return out;
}

Result<EmbedOutcome> run(EmbedWorker* worker, std::vector<std::vector<Token>> texts,
                         const std::stop_token& stop) {
  auto promise = std::make_shared<std::promise<Result<EmbedOutcome>>>();
  auto future = promise->get_future();
  auto cancelled = std::make_shared<std::atomic<bool>>(false);
  std::stop_callback on_stop(stop, [&] {
    *cancelled = true;
    worker->ring();
  });
  EmbedTask task;
  task.texts = std::move(texts);
  task.bulk = true;
  task.cancelled = cancelled;
  task.done = [promise](Result<EmbedOutcome> r) { promise->set_value(std::move(r)); };
  IP_OK(worker->submit(std::move(task)));
  return future.get();
}

void add(std::vector<float>* into, std::span<const float> row, double weight) {
  if (into->empty()) into->assign(row.size(), 0);
  for (std::size_t i = 0; i < row.size(); ++i) {
    (*into)[i] += static_cast<float>(row[i] * weight);
  }
}

void normalise(std::vector<float>* row) {
  double sum = 0;
  for (float v : *row) sum += static_cast<double>(v) * v;
  if (sum <= 0) return;
  for (float& v : *row) v = static_cast<float>(v / std::sqrt(sum));
}

}  // namespace

Result<std::vector<std::vector<float>>> Embedder::embed(const std::vector<std::string>& texts,
                                                        std::stop_token stop) const {
  IP_TRY(EmbedHost * host, host_->embed());
  auto limit = static_cast<std::size_t>(host->worker->token_limit());
  std::vector<std::vector<Token>> parts;
  std::vector<Window> owners;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].empty()) continue;
    for (auto& window : windows(*host->model, texts[i], limit)) {
      if (window.empty()) continue;
      owners.push_back({i, static_cast<double>(window.size())});
      parts.push_back(std::move(window));
    }
  }
  IP_TRY(EmbedOutcome outcome, run(host->worker.get(), std::move(parts), stop));
  std::vector<std::vector<float>> out(texts.size());
  std::vector<int> windows_of(texts.size());
  for (std::size_t w = 0; w < owners.size(); ++w) ++windows_of[owners[w].text];
  for (std::size_t w = 0; w < owners.size(); ++w) {
    std::vector<float>& row = out[owners[w].text];
    if (windows_of[owners[w].text] == 1) {
      row = std::move(outcome.rows[w]);
    } else {
      add(&row, outcome.rows[w], owners[w].weight);
    }
  }
  auto width = static_cast<std::size_t>(host->model->facts().dimensions);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].empty()) out[i].assign(width, 0);
    if (windows_of[i] > 1) normalise(&out[i]);
  }
  return out;
}

Result<std::string> Embedder::identity() const {
  IP_TRY(llama::ModelFacts facts, llama::read_facts(host_->config().path));
  return facts.identity;
}

Result<std::int64_t> Embedder::dimensions() const {
  if (!host_->facts()) return host_->facts().error();
  return host_->facts()->dimensions;
}

}  // namespace interposer::engine
