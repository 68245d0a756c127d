// For tests: a retrieval layer of a few documents in memory. Thread-safe, as the real one.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "knowledge/knowledge.h"

namespace interposer::api::testing {

class FakeKnowledge : public knowledge::Knowledge {
 public:
  using Infos = std::vector<knowledge::DocumentInfo>;

  void set_default_embedder(std::shared_ptr<knowledge::Embedder>) override {}
  Status add_base(const knowledge::BaseConfig& config) override {
    const std::lock_guard lock(mutex_);
    bases_[config.name];
    return {};
  }
  bool has_base(std::string_view name) const override {
    const std::lock_guard lock(mutex_);
    return bases_.find(name) != bases_.end();
  }
  std::vector<knowledge::BaseInfo> bases() const override {
    const std::lock_guard lock(mutex_);
    std::vector<knowledge::BaseInfo> out;
    for (const auto& [name, texts] : bases_) out.push_back(info(name, texts.size()));
    return out;
  }
  Result<knowledge::BaseInfo> base(std::string_view name) const override {
    const std::lock_guard lock(mutex_);
    return info(std::string(name), bases_.find(name)->second.size());
  }
  Result<knowledge::IngestSummary> ingest(const knowledge::IngestRequest& request) override {
    knowledge::IngestSummary summary;
    for (const std::string& path : request.paths) {
      if (path.find("bad") != std::string::npos)
        return make_error(Code::kNotFound, path + ": there is no such file", "check the path");
      tell(request, path, knowledge::FileEvent::State::kReading);
      put(request.base, path.substr(1), "text of " + path);
      tell(request, path, knowledge::FileEvent::State::kSearchable);
      summary.added += 1;
    }
    return summary;
  }
  Result<knowledge::IngestSummary> ingest_bytes(const std::string& base, const std::string& name,
                                                std::string bytes,
                                                const knowledge::IngestRequest& how) override {
    tell(how, name, knowledge::FileEvent::State::kSearchable);
    put(base, name, std::move(bytes));
    knowledge::IngestSummary summary;
    summary.added = 1;
    return summary;
  }
  Status remove(std::string_view document) override {
    const std::lock_guard lock(mutex_);
    const std::size_t slash = document.find('/');
    auto& texts = bases_.find(document.substr(0, slash))->second;
    if (texts.erase(std::string(document.substr(slash + 1))) == 0) return unknown(document);
    return {};
  }
  Result<knowledge::SearchResult> search(const knowledge::SearchRequest& request) const override {
    const std::lock_guard lock(mutex_);
    asked_ = request;
    knowledge::SearchResult out;
    for (const auto& [id, text] : bases_.find(request.base)->second) {
      const std::size_t at = text.find(request.query);
      if (at == std::string::npos) continue;
      knowledge::Hit hit;
      hit.rank = static_cast<int>(out.hits.size()) + 1;
      hit.score = 0.5;
      hit.document = request.base + "/" + id;
      hit.version = "v1";
      hit.start = static_cast<std::int64_t>(at);
      hit.end = static_cast<std::int64_t>(at + request.query.size());
      hit.text = request.query;
      hit.legs.lexical = 2.5;
      out.hits.push_back(std::move(hit));
    }
    return out;
  }
  Result<Infos> documents(std::string_view base, std::int64_t offset,
                          std::int64_t limit) const override {
    const std::lock_guard lock(mutex_);
    Infos out;
    std::int64_t position = 0;
    for (const auto& [id, text] : bases_.find(base)->second)
      if (position++ >= offset && static_cast<std::int64_t>(out.size()) < limit)
        out.push_back(document(std::string(base), id, text));
    return out;
  }
  Result<knowledge::Version> version(std::string_view name,
                                     std::string_view version) const override {
    const std::lock_guard lock(mutex_);
    const std::size_t slash = name.find('/');
    const auto& texts = bases_.find(name.substr(0, slash))->second;
    const auto found = texts.find(std::string(name.substr(slash + 1)));
    if (found == texts.end() || (!version.empty() && version != "v1")) return unknown(name);
    knowledge::Version out;
    out.info = document(std::string(name.substr(0, slash)), found->first, found->second);
    out.text = found->second;
    knowledge::Block block;
    block.kind = knowledge::BlockKind::kHeading;
    block.level = 1;
    block.end = static_cast<std::int64_t>(out.text.size());
    block.page = 3;
    out.blocks.push_back(block);
    return out;
  }
  Result<std::vector<Sentence>> sentences(std::string_view, std::string_view, std::int64_t,
                                          std::int64_t) const override {
    return std::vector<Sentence>();
  }
  Result<std::vector<std::vector<float>>> sentence_vectors(
      std::string_view, const std::vector<std::string>&) const override {
    return std::vector<std::vector<float>>();
  }
  Result<std::vector<Term>> terms(std::string_view, std::string_view) const override {
    return std::vector<Term>();
  }
  Result<std::vector<TableRef>> tables(std::string_view) const override {
    return std::vector<TableRef>();
  }
  Status reindex(std::string_view,
                 std::function<void(std::int64_t, std::int64_t)> progress) override {
    progress(1, 2);
    progress(2, 2);
    return {};
  }
  Status wait_for_vectors(std::string_view, std::stop_token) override { return {}; }

  void put(const std::string& base, const std::string& id, std::string text) {
    const std::lock_guard lock(mutex_);
    bases_[base][id] = std::move(text);
  }
  knowledge::SearchRequest asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  static knowledge::BaseInfo info(const std::string& name, std::size_t documents) {
    knowledge::BaseInfo out;
    out.name = name;
    out.documents = static_cast<std::int64_t>(documents);
    return out;
  }
  static knowledge::DocumentInfo document(const std::string& base, const std::string& id,
                                          const std::string& text) {
    knowledge::DocumentInfo out;
    out.document = base + "/" + id;
    out.base = base;
    out.id = id;
    out.version = "v1";
    out.title = id;
    out.kind = "markdown";
    out.bytes = static_cast<std::int64_t>(text.size());
    return out;
  }
  static Error unknown(std::string_view name) {
    return make_error(Code::kNotFound, "there is no document '" + std::string(name) + "'", "",
                      "unknown_document");
  }
  static void tell(const knowledge::IngestRequest& request, const std::string& file,
                   knowledge::FileEvent::State state) {
    if (!request.progress) return;
    knowledge::FileEvent event;
    event.file = file;
    event.state = state;
    request.progress(event);
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::string>, std::less<>> bases_;
  mutable knowledge::SearchRequest asked_;
};

}  // namespace interposer::api::testing
