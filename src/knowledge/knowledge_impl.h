// Inside of knowledge: what knowledge.cc, ingest.cc, search.cc and documents.cc implement together.
#pragma once

#include <map>
#include <shared_mutex>

#include "knowledge/base_state.h"
#include "knowledge/ingest.h"
#include "knowledge/knowledge.h"
#include "knowledge/vector_worker.h"

namespace interposer::knowledge {

// BASE/ID -> its parts; a base's name holds no slash.
struct DocumentName {
  std::string base, id;
};
Result<DocumentName> split_document(std::string_view document);

class KnowledgeImpl final : public Knowledge {
 public:
  KnowledgeImpl(std::string home, std::unique_ptr<Records> records);
  ~KnowledgeImpl() override;
  Status load_bases();

  Status add_base(const BaseConfig& config) override;
  void set_default_embedder(std::shared_ptr<Embedder> embedder) override;
  bool has_base(std::string_view name) const override;
  std::vector<BaseInfo> bases() const override;
  Result<BaseInfo> base(std::string_view name) const override;
  Result<IngestSummary> ingest(const IngestRequest& request) override;
  Result<IngestSummary> ingest_bytes(const std::string& base, const std::string& name,
                                     std::string bytes, const IngestRequest& how) override;
  Status remove(std::string_view document) override;
  Result<SearchResult> search(const SearchRequest& request) const override;
  Result<std::vector<DocumentInfo>> documents(std::string_view base, std::int64_t offset,
                                              std::int64_t limit) const override;
  Result<Version> version(std::string_view document, std::string_view version) const override;
  Result<std::vector<Sentence>> sentences(std::string_view document, std::string_view version,
                                          std::int64_t start, std::int64_t end) const override;
  Result<std::vector<std::vector<float>>> sentence_vectors(
      std::string_view base, const std::vector<std::string>& texts) const override;
  Result<std::vector<Term>> terms(std::string_view base, std::string_view text) const override;
  Result<std::vector<TableRef>> tables(std::string_view base) const override;
  Status reindex(std::string_view base,
                 std::function<void(std::int64_t, std::int64_t)> progress) override;
  Status wait_for_vectors(std::string_view base, std::stop_token stop) override;

 private:
  using BaseRef = std::shared_ptr<BaseState>;
  // kNotFound with the nearest names.
  Result<BaseRef> find(std::string_view name) const;
  Result<BaseRef> ready(std::string_view name) const;  // with its index loaded
  BaseInfo info(BaseState& base) const;
  void adopt(const BaseRow& row);
  Result<IngestSummary> run_ingest(const BaseRef& base, const IngestRequest& request,
                                   const std::function<Status(Ingest&)>& f);
  Status finish_ingest(const BaseRef& base, const IngestRequest& request, IngestSummary& summary);

  std::string home_;
  std::unique_ptr<Records> records_;
  mutable std::shared_mutex mutex_;  // of the map and the sources
  std::map<std::string, BaseRef, std::less<>> bases_;
  std::shared_ptr<Embedder> default_embedder_;
  std::unique_ptr<VectorWorker> worker_;
  mutable std::mutex tables_mutex_;
  mutable std::map<std::string, std::vector<TableRef>> tables_;  // by "document@version"
};

}  // namespace interposer::knowledge
