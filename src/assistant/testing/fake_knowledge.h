// For tests only: a base in memory behind the knowledge library's interface. Documents are plain
// text, one block a line: "# heading", "- item", anything else a paragraph of sentences.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "assistant/testing/csv.h"
#include "assistant/text/words.h"
#include "base/strings.h"
#include "knowledge/knowledge.h"
#include "knowledge/text/analyzer.h"

namespace interposer::assistant::testing {

class FakeKnowledge : public knowledge::Knowledge {
 public:
  explicit FakeKnowledge(std::string base) : base_(std::move(base)) {}

  void add(const std::string& id, const std::string& title, const std::string& text) {
    knowledge::Version version;
    version.info.document = base_ + "/" + id;
    version.info.base = base_;
    version.info.id = id;
    version.info.version = "fedcba9876543210";
    version.info.title = title;
    version.info.uri = "file:///" + id;
    version.text = text;
    std::size_t start = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
      if (at < text.size() && text[at] != '\n') continue;
      if (at > start) add_block(version, start, at);
      start = at + 1;
    }
    versions_.push_back(std::move(version));
  }
  void add_table(const std::string& id, const std::string& csv) {
    knowledge::Version version;
    version.info.document = base_ + "/" + id;
    version.info.version = "0123456789abcdef";
    version.info.title = id;
    version.text = csv;
    tables_.push_back(csv_table(base_ + "/" + id, csv));
    versions_.push_back(std::move(version));
  }

  Status add_base(const knowledge::BaseConfig&) override { return {}; }
  void set_default_embedder(std::shared_ptr<knowledge::Embedder>) override {}
  bool has_base(std::string_view name) const override { return name == base_; }
  std::vector<knowledge::BaseInfo> bases() const override { return {*base(base_)}; }
  Result<knowledge::BaseInfo> base(std::string_view name) const override {
    if (name != base_) {
      return make_error(Code::kNotFound, "there is no base '" + std::string(name) + "'",
                        did_you_mean(name, {base_}), "unknown_base");
    }
    knowledge::BaseInfo info;
    info.name = base_;
    info.documents = static_cast<std::int64_t>(versions_.size());
    return info;
  }
  Result<knowledge::IngestSummary> ingest(const knowledge::IngestRequest&) override {
    return knowledge::IngestSummary{};
  }
  Result<knowledge::IngestSummary> ingest_bytes(const std::string&, const std::string&, std::string,
                                                const knowledge::IngestRequest&) override {
    return knowledge::IngestSummary{};
  }
  Status remove(std::string_view) override { return {}; }

  // One chunk a document, ranked by the weight of the shared terms.
  Result<knowledge::SearchResult> search(const knowledge::SearchRequest& request) const override {
    ++searches;
    while (block_until_stopped && !request.stop.stop_requested()) {
    }
    if (request.stop.stop_requested()) return make_error(Code::kCancelled, "stopped");
    knowledge::SearchResult out;
    out.lexical = true;
    const auto terms = *this->terms(base_, request.query);
    for (const auto& version : versions_) {
      if (version.blocks.empty()) continue;
      const auto list = knowledge::analyse_terms(version.info.title + " " + version.text);
      const std::set<std::string> held(list.begin(), list.end());
      knowledge::Hit hit;
      for (const auto& term : terms) hit.score += held.count(term.term) > 0 ? term.idf : 0;
      ++out.documents;
      ++out.chunks;
      if (hit.score <= 0) continue;
      hit.document = version.info.document;
      hit.version = version.info.version;
      hit.title = version.info.title;
      hit.uri = version.info.uri;
      hit.end = static_cast<std::int64_t>(version.text.size());
      hit.text = version.text;
      hit.legs.lexical = hit.score;
      out.hits.push_back(std::move(hit));
    }
    std::stable_sort(out.hits.begin(), out.hits.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    if (static_cast<int>(out.hits.size()) > request.k)
      out.hits.resize(static_cast<std::size_t>(request.k));
    return out;
  }

  Result<std::vector<knowledge::DocumentInfo>> documents(std::string_view, std::int64_t,
                                                         std::int64_t) const override {
    return std::vector<knowledge::DocumentInfo>{};
  }
  Result<knowledge::Version> version(std::string_view document, std::string_view) const override {
    for (const auto& version : versions_) {
      if (version.info.document == document) return version;
    }
    return make_error(Code::kNotFound, "no such document");
  }
  Result<std::vector<Sentence>> sentences(std::string_view document, std::string_view, std::int64_t,
                                          std::int64_t) const override {
    std::vector<Sentence> out;
    IP_TRY(const auto version, this->version(document, ""));
    std::string heading;
    for (const auto& span : version.sentences) {
      Sentence sentence;
      sentence.start = span.start;
      sentence.end = span.end;
      sentence.block = span.block;
      sentence.kind = version.blocks[static_cast<std::size_t>(span.block)].kind;
      sentence.text = version.text.substr(static_cast<std::size_t>(span.start),
                                          static_cast<std::size_t>(span.end - span.start));
      if (sentence.kind == knowledge::BlockKind::kHeading) heading = sentence.text;
      sentence.heading = heading;
      out.push_back(std::move(sentence));
    }
    return out;
  }
  Result<std::vector<std::vector<float>>> sentence_vectors(
      std::string_view, const std::vector<std::string>&) const override {
    return std::vector<std::vector<float>>{};
  }
  Result<std::vector<Term>> terms(std::string_view, std::string_view text) const override {
    std::vector<Term> out;
    for (const auto& token : knowledge::analyse(text)) {
      Term term;
      term.term = token.term;
      term.word = std::string(text.substr(token.start, token.end - token.start));
      for (const auto& version : versions_) {
        const auto list = knowledge::analyse_terms(version.info.title + " " + version.text);
        if (std::find(list.begin(), list.end(), token.term) != list.end()) ++term.documents;
      }
      term.idf = std::log(1 + (static_cast<double>(versions_.size()) + 0.5) /
                                  (static_cast<double>(term.documents) + 0.5));
      out.push_back(std::move(term));
    }
    return out;
  }
  Result<std::vector<TableRef>> tables(std::string_view) const override { return tables_; }
  Status reindex(std::string_view, std::function<void(std::int64_t, std::int64_t)>) override {
    return {};
  }
  Status wait_for_vectors(std::string_view, std::stop_token) override { return {}; }

  mutable int searches = 0;
  bool block_until_stopped = false;

 private:
  static void add_block(knowledge::Version& version, std::size_t start, std::size_t end) {
    knowledge::Block block;
    const std::string_view line = std::string_view(version.text).substr(start, end - start);
    block.start = static_cast<std::int64_t>(start);
    block.end = static_cast<std::int64_t>(end);
    std::size_t from = start;
    if (line.starts_with("# ")) {
      block.kind = knowledge::BlockKind::kHeading;
      from = start + 2;
    } else if (line.starts_with("- ")) {
      block.kind = knowledge::BlockKind::kListItem;
      from = start + 2;
    }
    const int index = static_cast<int>(version.blocks.size());
    version.blocks.push_back(block);
    for (std::size_t at = from; at < end; ++at) {
      const bool stop = version.text[at] == '.' && (at + 1 == end || version.text[at + 1] == ' ');
      if (!stop && at + 1 < end) continue;
      knowledge::SentenceSpan span;
      span.start = static_cast<std::int64_t>(from);
      span.end = static_cast<std::int64_t>(at + 1);
      span.block = index;
      version.sentences.push_back(span);
      from = at + 2;
    }
  }

  std::string base_;
  std::vector<knowledge::Version> versions_;
  std::vector<TableRef> tables_;
};

}  // namespace interposer::assistant::testing
