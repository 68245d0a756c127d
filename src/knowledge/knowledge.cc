#include "knowledge/knowledge.h"

#include <algorithm>
#include <filesystem>

#include "base/log.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "knowledge/knowledge_impl.h"

namespace interposer::knowledge {
namespace {

constexpr std::size_t kMaxNameBytes = 200;

Status check_name(const std::string& name) {
  const bool clean = std::none_of(name.begin(), name.end(), [](char c) {
    return c == '/' || c == '@' || static_cast<unsigned char>(c) < 0x20;
  });
  if (!name.empty() && name.size() <= kMaxNameBytes && clean && utf8_valid(name)) return {};
  return make_error(Code::kInvalidArgument, "'" + utf8_repair(name) + "' cannot name a base",
                    "1 to 200 bytes without '/', '@' and control characters", "invalid_base_name");
}

}  // namespace

Result<DocumentName> split_document(std::string_view document) {
  const auto slash = document.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == document.size())
    return make_error(Code::kInvalidArgument, "'" + std::string(document) + "' names no document",
                      "a document is BASE/ID", "invalid_document");
  return DocumentName{std::string(document.substr(0, slash)),
                      std::string(document.substr(slash + 1))};
}

Result<std::unique_ptr<Knowledge>> Knowledge::open(const std::string& home) {
  IP_TRY(auto records, Records::open(home + "/records.db"));
  auto knowledge = std::make_unique<KnowledgeImpl>(home, std::move(records));
  IP_OK(knowledge->load_bases());
  return std::unique_ptr<Knowledge>(std::move(knowledge));
}

KnowledgeImpl::KnowledgeImpl(std::string home, std::unique_ptr<Records> records)
    : home_(std::move(home)),
      records_(std::move(records)),
      worker_(std::make_unique<VectorWorker>(*records_)) {}

KnowledgeImpl::~KnowledgeImpl() {
  worker_.reset();
  for (const auto& [name, base] : bases_) {
    const std::lock_guard lock(base->load_mutex);
    if (!base->loaded || !base->changed.exchange(false)) continue;
    const Status saved = save_index(*base, *records_);
    if (!saved)
      log::warn("index not saved", {{"base", name}, {"error", saved.error().to_string()}});
  }
}

void KnowledgeImpl::adopt(const BaseRow& row) {
  auto base = std::make_shared<BaseState>();
  base->id = row.id;
  base->name = row.name;
  base->sources = row.sources;
  base->file = home_ + "/index/" + std::to_string(row.id) + ".ips";
  bases_[row.name] = std::move(base);
}

Status KnowledgeImpl::load_bases() {
  IP_TRY(const auto rows, records_->bases());
  const std::unique_lock lock(mutex_);
  for (const BaseRow& row : rows) adopt(row);
  return {};
}

Status KnowledgeImpl::add_base(const BaseConfig& config) {
  IP_OK(check_name(config.name));
  IP_TRY(const BaseRow row, records_->put_base(config.name, config.sources));
  BaseRef base;
  {
    const std::unique_lock lock(mutex_);
    if (!bases_.contains(config.name)) adopt(row);
    base = bases_[config.name];
    base->sources = config.sources;
  }
  const std::string before = base->model();
  base->set_embedder(config.embedder);
  if (!before.empty() && before != base->model()) base->index.forget_vectors();
  if (config.embedder) worker_->watch(base);
  return {};
}

void KnowledgeImpl::set_default_embedder(std::shared_ptr<Embedder> embedder) {
  const std::unique_lock lock(mutex_);
  default_embedder_ = std::move(embedder);
  for (const auto& [name, base] : bases_)
    if (!base->embedder()) base->set_embedder(default_embedder_);
}

bool KnowledgeImpl::has_base(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  return bases_.contains(name);
}

Result<KnowledgeImpl::BaseRef> KnowledgeImpl::find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = bases_.find(name);
  if (found != bases_.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, base] : bases_) names.push_back(known);
  return make_error(
      Code::kNotFound, "no base '" + std::string(name) + "'",
      names.empty() ? "make one: interposer ingest PATH --base NAME" : did_you_mean(name, names),
      "unknown_base");
}

Result<KnowledgeImpl::BaseRef> KnowledgeImpl::ready(std::string_view name) const {
  IP_TRY(auto base, find(name));
  IP_OK(load_index(*base, *records_));
  return base;
}

BaseInfo KnowledgeImpl::info(BaseState& base) const {
  BaseInfo out;
  out.name = base.name;
  out.ingesting = base.ingesting > 0;
  const Status loaded = load_index(base, *records_);
  if (!loaded)
    log::warn("base not readable", {{"base", base.name}, {"error", loaded.error().to_string()}});
  const IndexCounts counts = base.index.counts();
  out.documents = counts.documents;
  out.chunks = counts.chunks;
  out.vectors = counts.vectors;
  const std::shared_lock lock(mutex_);
  out.sources = base.sources;
  return out;
}

std::vector<BaseInfo> KnowledgeImpl::bases() const {
  std::vector<BaseRef> all;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [name, base] : bases_) all.push_back(base);
  }
  std::vector<BaseInfo> out;
  for (const BaseRef& base : all) out.push_back(info(*base));
  return out;
}

Result<BaseInfo> KnowledgeImpl::base(std::string_view name) const {
  IP_TRY(auto found, find(name));
  return info(*found);
}

Status KnowledgeImpl::reindex(std::string_view name,
                              std::function<void(std::int64_t, std::int64_t)> progress) {
  IP_TRY(auto base, find(name));
  const std::lock_guard ingest(base->ingest_mutex);
  {
    const std::lock_guard lock(base->load_mutex);
    IP_OK(rebuild_index(*base, *records_, progress));
    base->loaded = true;
  }
  worker_->watch(base);
  IP_OK(worker_->wait(base, {}, {}));
  base->changed = false;
  return save_index(*base, *records_);
}

Status KnowledgeImpl::wait_for_vectors(std::string_view name, std::stop_token stop) {
  IP_TRY(auto base, ready(name));
  return worker_->wait(base, std::move(stop), {});
}

}  // namespace interposer::knowledge
