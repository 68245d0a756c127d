#include <algorithm>
#include <unordered_set>

#include "base/log.h"
#include "knowledge/knowledge_impl.h"
#include "knowledge/search/fusion.h"
#include "knowledge/text/analyzer.h"

namespace interposer::knowledge {
namespace {

constexpr std::size_t kDepth = 200;         // candidates of each leg
constexpr std::size_t kDepthPerResult = 4;  // more when more is asked for
constexpr int kMaxResults = 10'000;
constexpr std::size_t kMaxQueryBytes = 32 * 1024;

Status check(const SearchRequest& request) {
  if (request.k < 1 || request.k > kMaxResults)
    return make_error(Code::kInvalidArgument, "k is " + std::to_string(request.k),
                      "from 1 to " + std::to_string(kMaxResults));
  if (request.query.size() > kMaxQueryBytes)
    return make_error(Code::kTooLarge,
                      "the query has " + std::to_string(request.query.size()) + " bytes",
                      "at most " + std::to_string(kMaxQueryBytes));
  return {};
}

// The best chunk of each document.
std::vector<Fused> best_of_documents(std::vector<Fused> all) {
  std::unordered_set<std::int64_t> seen;
  std::erase_if(all, [&](const Fused& f) { return !seen.insert(f.document).second; });
  return all;
}

// Asks deeper until k documents are there or nothing is left.
std::vector<Fused> candidates(const Index& index, FusionInput input, const SearchRequest& request) {
  const auto k = static_cast<std::size_t>(request.k);
  input.depth = std::max(kDepth, kDepthPerResult * k);
  for (;;) {
    std::vector<Fused> all = fuse(index, input);
    const std::size_t chunks = all.size();
    if (request.by_document) all = best_of_documents(std::move(all));
    if (all.size() >= k || chunks < input.depth) return all;
    input.depth *= 4;
  }
}

}  // namespace

Result<SearchResult> KnowledgeImpl::search(const SearchRequest& request) const {
  IP_OK(check(request));
  IP_TRY(const auto base, ready(request.base));
  SearchResult result;
  const IndexCounts counts = base->index.counts();
  result.documents = counts.documents;
  result.chunks = counts.chunks;

  FusionInput input;
  if (request.legs != LegChoice::kVector) input.terms = analyse_terms(request.query);
  result.lexical = request.legs != LegChoice::kVector;
  if (request.legs != LegChoice::kLexical && counts.vectors > 0) {
    if (const auto embedder = base->embedder()) {
      auto vectors = embedder->embed({request.query}, Embedder::Purpose::kQuery, request.stop);
      if (vectors && vectors->size() == 1) {
        input.query = std::move(vectors->front());
        result.vector = true;
      } else if (!vectors &&
                 (request.legs == LegChoice::kVector || vectors.error().code == Code::kCancelled)) {
        return std::move(vectors).error().within("embedding the query");
      } else if (!vectors) {
        log::warn("search by words only: the embedder failed",
                  {{"error", vectors.error().to_string()}});
      }
    }
  }
  if (request.legs == LegChoice::kVector && !result.vector)
    return make_error(Code::kFailedPrecondition, "the base '" + base->name + "' has no vectors",
                      "configure an embedder for it and ingest, or search by words", "no_vectors");

  result.query_vector = input.query;
  for (const Fused& fused : candidates(base->index, std::move(input), request)) {
    if (result.hits.size() >= static_cast<std::size_t>(request.k)) break;
    IP_TRY(auto row, records_->hit(fused.chunk));
    if (!row) continue;  // removed since
    Hit hit;
    hit.rank = static_cast<int>(result.hits.size()) + 1;
    hit.score = fused.score;
    hit.chunk = fused.chunk;
    hit.document = row->base + "/" + row->name;
    hit.version = std::move(row->version);
    hit.title = std::move(row->title);
    hit.uri = std::move(row->uri);
    hit.start = row->start;
    hit.end = row->end;
    hit.text = std::move(row->text);
    hit.context = std::move(row->context);
    hit.legs = fused.legs;
    result.hits.push_back(std::move(hit));
  }
  return result;
}

}  // namespace interposer::knowledge
