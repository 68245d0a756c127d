#include "assistant/citations.h"

namespace interposer::assistant {

int Citations::add(wire::Citation citation) {
  const auto key =
      std::make_tuple(citation.document, citation.version, citation.start, citation.end);
  const int next = static_cast<int>(all_.size()) + 1;
  const auto [at, added] = numbers_.emplace(key, next);
  if (added) {
    citation.n = next;
    all_.push_back(std::move(citation));
  }
  return at->second;
}

}  // namespace interposer::assistant
