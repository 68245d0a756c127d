#include <fmt/format.h>

#include <algorithm>

#include "base/config.h"
#include "base/strings.h"

namespace interposer::config {

Section::Section(Node node) : node_(std::move(node)) {
  if (node_.kind() != Kind::kMap && node_.kind() != Kind::kNull) {
    fail(node_.error("expected 'key: value' lines here"));
  }
}

void Section::fail(Error error) {
  if (status_.ok()) status_ = std::move(error);
}

Node Section::take(std::string_view key) {
  known_.emplace_back(key);
  return node_[key];
}

namespace {

Error named(std::string_view key, const Node& node, const Error& error) {
  const std::string place = node.where() + ": ";
  std::string message = error.message;
  if (message.starts_with(place)) message.erase(0, place.size());
  return node.error(fmt::format("'{}': {}", key, message), error.remedy);
}

}  // namespace

Section& Section::read(std::string_view key, std::string* out) {
  const Node node = take(key);
  if (node.kind() == Kind::kNull) return *this;
  Result<std::string> value = node.text();
  if (!value)
    fail(named(key, node, value.error()));
  else
    *out = *std::move(value);
  return *this;
}

Section& Section::read(std::string_view key, std::int64_t* out, std::int64_t min,
                       std::int64_t max) {
  const Node node = take(key);
  if (node.kind() == Kind::kNull) return *this;
  const Result<std::int64_t> value = node.integer();
  if (!value) {
    fail(named(key, node, value.error()));
  } else if (*value < min || *value > max) {
    fail(node.error(fmt::format("'{}' is {}", key, *value),
                    fmt::format("use a number from {} to {}", min, max)));
  } else {
    *out = *value;
  }
  return *this;
}

Section& Section::read(std::string_view key, double* out, double min, double max) {
  const Node node = take(key);
  if (node.kind() == Kind::kNull) return *this;
  const Result<double> value = node.number();
  if (!value) {
    fail(named(key, node, value.error()));
  } else if (*value < min || *value > max) {
    fail(node.error(fmt::format("'{}' is {}", key, *value),
                    fmt::format("use a number from {} to {}", min, max)));
  } else {
    *out = *value;
  }
  return *this;
}

Section& Section::read(std::string_view key, bool* out) {
  const Node node = take(key);
  if (node.kind() == Kind::kNull) return *this;
  const Result<bool> value = node.boolean();
  if (!value)
    fail(named(key, node, value.error()));
  else
    *out = *value;
  return *this;
}

Section& Section::read(std::string_view key, std::vector<std::string>* out) {
  const Node node = take(key);
  if (node.kind() == Kind::kNull) return *this;
  if (node.kind() == Kind::kMap) {
    fail(node.error(fmt::format("'{}': expected a list of texts", key), "write [a, b]"));
    return *this;
  }
  std::vector<std::string> values;
  const std::vector<Node> nodes =
      node.kind() == Kind::kScalar ? std::vector<Node>{node} : node.items();
  for (const Node& item : nodes) {
    Result<std::string> value = item.text();
    if (!value) {
      fail(named(key, item, value.error()));
      return *this;
    }
    values.push_back(*std::move(value));
  }
  *out = std::move(values);
  return *this;
}

Section& Section::read_enum(std::string_view key, const std::vector<std::string>& values,
                            int* out) {
  const Node node = take(key);
  if (node.kind() == Kind::kNull) return *this;
  const Result<std::string> value = node.text();
  if (!value) {
    fail(named(key, node, value.error()));
    return *this;
  }
  const auto found = std::find(values.begin(), values.end(), *value);
  if (found == values.end()) {
    fail(node.error(fmt::format("'{}' cannot be '{}'", key, *value), did_you_mean(*value, values)));
  } else {
    *out = static_cast<int>(found - values.begin());
  }
  return *this;
}

Section& Section::each(std::string_view key,
                       const std::function<Status(const std::string&, Node)>& f) {
  const Node node = take(key);
  if (node.kind() == Kind::kNull) return *this;
  if (node.kind() == Kind::kScalar) {
    fail(node.error(fmt::format("'{}': expected a list, or 'name: value' lines", key)));
    return *this;
  }
  for (const auto& [name, value] : node.entries()) {
    Status status = f(name, value);
    if (!status) fail(std::move(status).error());
  }
  std::size_t index = 0;
  for (const Node& item : node.items()) {
    Status status = f(std::to_string(index++), item);
    if (!status) fail(std::move(status).error());
  }
  return *this;
}

Section& Section::node(std::string_view key, const std::function<Status(Node)>& f) {
  const Node found = take(key);
  if (found.kind() == Kind::kNull) return *this;
  Status status = f(found);
  if (!status) fail(std::move(status).error());
  return *this;
}

Section& Section::allow(std::string_view key) {
  known_.emplace_back(key);
  return *this;
}

Section& Section::require(std::string_view key) {
  known_.emplace_back(key);
  if (node_[key].kind() == Kind::kNull) {
    fail(node_.error(fmt::format("'{}' is missing", key), fmt::format("add '{}: ...'", key)));
  }
  return *this;
}

Status Section::finish() const {
  if (!status_.ok()) return status_;
  std::vector<std::string> known;  // each once, in the order of reading
  for (const std::string& key : known_) {
    if (std::find(known.begin(), known.end(), key) == known.end()) known.push_back(key);
  }
  for (const auto& [key, value] : node_.entries()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    return value.error(fmt::format("unknown key '{}'", key), did_you_mean(key, known));
  }
  return {};
}

}  // namespace interposer::config
