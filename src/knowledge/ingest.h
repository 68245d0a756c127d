// Inside of knowledge: one ingest, from paths or bytes to committed, searchable documents.
#pragma once

#include <set>

#include "knowledge/base_state.h"
#include "knowledge/sources/lines.h"
#include "knowledge/sources/walk.h"

namespace interposer::knowledge {

class Ingest {
 public:
  Ingest(BaseState& base, Records& records, const IngestRequest& request)
      : base_(base), records_(records), request_(request) {}

  // Errors of single files are events; an error here is the store's, or kCancelled.
  Status paths();
  Status bytes(const std::string& name, std::string_view bytes);
  IngestSummary summary;

 private:
  struct Counted {
    std::int64_t done = 0, total = 0;
  };

  Status path(const std::string& path);
  Status file(const SourceFile& file);
  Status changed_file(const SourceFile& file, const std::optional<FileRow>& before);
  Status many(const SourceFile& file, std::string_view bytes);
  Status one(const SourceFile& file, std::string_view bytes, const ContentHash& hash);
  Status vanished(const std::string& path, const Walked& walked);
  Status erase_file(const std::string& path);
  Result<std::string> name_for(const SourceFile& file);
  Status commit(std::vector<NewDocument>& batch);
  Result<NewDocument> make(Kind kind, const std::string& name, std::string_view bytes);

  void tell(const std::string& file, FileEvent::State state);
  void fail(const std::string& file, const Error& error);
  Status check_stop() const;
  const char* format_name() const;

  BaseState& base_;
  Records& records_;
  const IngestRequest& request_;
  Counted counted_;
};

}  // namespace interposer::knowledge
