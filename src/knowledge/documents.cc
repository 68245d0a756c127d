// Reading: versions, sentences, terms, tables.
#include <algorithm>
#include <unordered_set>

#include "base/strings.h"
#include "knowledge/index/half.h"
#include "knowledge/knowledge_impl.h"
#include "knowledge/text/analyzer.h"

namespace interposer::knowledge {
namespace {

std::string bytes_of(const std::string& text, std::int64_t start, std::int64_t end) {
  return text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start));
}

// What stands over a table: its headings, and the paragraph or caption before it.
std::string caption_of(const Version& version, const std::vector<std::string>& paths,
                       std::size_t block) {
  std::string caption = paths[block];
  for (std::size_t i = block; i-- > 0;) {
    const Block& before = version.blocks[i];
    if (before.kind == BlockKind::kPageBreak) continue;
    if (before.kind != BlockKind::kParagraph && before.kind != BlockKind::kCaption) break;
    if (!caption.empty()) caption += "\n";
    caption += bytes_of(version.text, before.start, before.end);
    break;
  }
  return caption;
}

std::vector<Knowledge::TableRef> tables_of(const Version& version) {
  std::vector<Knowledge::TableRef> out;
  const auto paths = heading_paths(version.text, version.blocks);
  for (std::size_t i = 0; i < version.blocks.size(); ++i) {
    if (!version.blocks[i].table) continue;
    Knowledge::TableRef ref;
    ref.document = version.info.document;
    ref.version = version.info.version;
    ref.title = version.info.title;
    ref.block = static_cast<int>(i);
    ref.caption = caption_of(version, paths, i);
    ref.table = *version.blocks[i].table;
    out.push_back(std::move(ref));
  }
  return out;
}

}  // namespace

Result<std::vector<DocumentInfo>> KnowledgeImpl::documents(std::string_view name,
                                                           std::int64_t offset,
                                                           std::int64_t limit) const {
  IP_TRY(const auto base, find(name));
  return records_->documents(base->name, base->id, offset, limit);
}

Result<Version> KnowledgeImpl::version(std::string_view document, std::string_view version) const {
  IP_TRY(const auto name, split_document(document));
  IP_TRY(const auto base, find(name.base));
  return records_->version(base->name, base->id, name.id, version);
}

Result<std::vector<Knowledge::Sentence>> KnowledgeImpl::sentences(std::string_view document,
                                                                  std::string_view version,
                                                                  std::int64_t start,
                                                                  std::int64_t end) const {
  IP_TRY(const Version v, this->version(document, version));
  const auto paths = heading_paths(v.text, v.blocks);
  std::vector<Sentence> out;
  for (std::size_t i = 0; i < v.sentences.size(); ++i) {
    const SentenceSpan& span = v.sentences[i];
    if (span.end <= start || span.start >= end) continue;
    const auto block = static_cast<std::size_t>(span.block);
    Sentence sentence;
    sentence.start = span.start;
    sentence.end = span.end;
    sentence.block = span.block;
    sentence.kind = v.blocks[block].kind;
    sentence.text = bytes_of(v.text, span.start, span.end);
    sentence.heading = paths[block];
    sentence.page = v.blocks[block].page;
    if (i > 0 && v.sentences[i - 1].block == span.block) {
      sentence.previous = bytes_of(v.text, v.sentences[i - 1].start, v.sentences[i - 1].end);
      sentence.previous_start = v.sentences[i - 1].start;
    }
    out.push_back(std::move(sentence));
  }
  return out;
}

Result<std::vector<std::vector<float>>> KnowledgeImpl::sentence_vectors(
    std::string_view name, const std::vector<std::string>& texts) const {
  IP_TRY(const auto base, find(name));
  const auto embedder = base->embedder();
  std::vector<std::vector<float>> out;
  if (!embedder || texts.empty()) return out;
  const std::string model = embedder->id();
  out.resize(texts.size());
  std::vector<std::size_t> wanted;
  std::vector<std::string> missing;
  std::vector<ContentHash> hashes;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const ContentHash hash = content_hash(texts[i]);
    IP_TRY(const auto known, records_->vector(model, hash));
    if (known) {
      out[i] = from_half(*known);
      continue;
    }
    wanted.push_back(i);
    missing.push_back(texts[i]);
    hashes.push_back(hash);
  }
  if (missing.empty()) return out;
  IP_TRY(auto made, embedder->embed(missing, Embedder::Purpose::kPassage, {}));
  if (made.size() != missing.size())
    return make_error(Code::kInternal, "the embedder " + model + " gave another number of vectors");
  std::vector<std::vector<std::uint16_t>> halves;
  for (std::size_t i = 0; i < made.size(); ++i) {
    halves.push_back(to_half(made[i]));
    out[wanted[i]] = from_half(halves.back());  // the same now and from the store
  }
  IP_OK(records_->put_vectors(model, hashes, halves));
  return out;
}

Result<std::vector<Knowledge::Term>> KnowledgeImpl::terms(std::string_view name,
                                                          std::string_view text) const {
  IP_TRY(const auto base, ready(name));
  std::vector<Term> out;
  std::unordered_set<std::string> seen;
  for (const Token& token : analyse(text)) {
    if (!seen.insert(token.term).second) continue;
    const auto facts = base->index.facts(token.term);
    out.push_back({token.term, std::string(text.substr(token.start, token.end - token.start)),
                   facts.idf, facts.chunks});
  }
  return out;
}

Result<std::vector<Knowledge::TableRef>> KnowledgeImpl::tables(std::string_view name) const {
  IP_TRY(const auto base, find(name));
  IP_TRY(const auto keys, records_->versions_with_tables(base->id));
  std::vector<TableRef> out;
  // What is not current any more leaves the cache of this base.
  std::map<std::string, std::vector<TableRef>> current;
  for (const auto& key : keys) {
    const std::string cached = base->name + "/" + key.name + "@" + key.version;
    std::vector<TableRef> tables;
    {
      const std::lock_guard lock(tables_mutex_);
      const auto found = tables_.find(cached);
      if (found != tables_.end()) tables = found->second;
    }
    if (tables.empty()) {
      IP_TRY(const Version version, records_->version(base->name, base->id, key.name, key.version));
      tables = tables_of(version);
    }
    out.insert(out.end(), tables.begin(), tables.end());
    current.emplace(cached, std::move(tables));
  }
  const std::lock_guard lock(tables_mutex_);
  const std::string prefix = base->name + "/";
  std::erase_if(tables_, [&](const auto& entry) { return entry.first.starts_with(prefix); });
  tables_.merge(current);
  return out;
}

}  // namespace interposer::knowledge
