// YAML -> structs, with errors that a person can act on: file, line, what is wrong, nearest key.
// A library that has configuration binds its struct's fields through a Section; unknown keys are
// errors, absent keys leave the default in place.
//
//   IP_TRY(auto doc, config::parse(text, "interposer.yaml"));
//   config::Section top(doc.root());
//   top.read("listen", &c.listen);
//   top.each("providers", [&](const std::string& name, config::Node node) -> Status { ... });
//   IP_OK(top.finish());      // the first error met, or unknown keys
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::config {

class Document;

enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };

// A node of a parsed document; cheap to copy; valid while its Document lives.
class Node {
 public:
  Node() = default;
  Kind kind() const;
  int line() const;           // from 1
  std::string where() const;  // "interposer.yaml:12"
  Result<std::string> text() const;
  Result<std::int64_t> integer() const;
  Result<double> number() const;
  Result<bool> boolean() const;
  std::vector<Node> items() const;                            // of a list
  std::vector<std::pair<std::string, Node>> entries() const;  // of a map, in file order
  std::vector<std::string> keys() const;
  bool has(std::string_view key) const;
  Node operator[](std::string_view key) const;                      // kNull when absent
  Error error(std::string message, std::string remedy = {}) const;  // kInvalidArgument at this node

 private:
  friend class Document;
  friend struct NodeBuilder;  // config.cc
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

// Limits: 1 MiB of text, 64 levels, 100,000 nodes; aliases and merge keys are refused (bombs);
// a key that stands twice in a map is an error.
class Document {
 public:
  Node root() const { return root_; }
  const std::string& file() const { return file_; }

 private:
  friend Result<Document> parse(std::string_view text, std::string file);
  Node root_;
  std::string file_;
};

Result<Document> parse(std::string_view text, std::string file);
Result<Document> load(const std::string& path);

// Reads a map's keys into fields, remembers the first error and the keys it was asked for.
class Section {
 public:
  explicit Section(Node node);
  Section& read(std::string_view key, std::string* out);
  Section& read(std::string_view key, std::int64_t* out, std::int64_t min, std::int64_t max);
  Section& read(std::string_view key, double* out, double min, double max);
  Section& read(std::string_view key, bool* out);
  Section& read(std::string_view key,
                std::vector<std::string>* out);  // a list of texts, or one text
  // `values` are the allowed words; *out gets the index.
  Section& read_enum(std::string_view key, const std::vector<std::string>& values, int* out);
  // Calls f for each entry of a map (or each item of a list, with its index as name).
  Section& each(std::string_view key, const std::function<Status(const std::string&, Node)>& f);
  Section& node(std::string_view key, const std::function<Status(Node)>& f);  // when present
  Section& allow(std::string_view key);  // known, read elsewhere
  Section& require(std::string_view key);
  Status finish() const;

 private:
  void fail(Error error);
  Node take(std::string_view key);

  Node node_;
  std::vector<std::string> known_;
  Status status_;
};

}  // namespace interposer::config
