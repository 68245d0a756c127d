// Oracle: where the body is JSON by another reader, the spliced bytes parse to the same tree but
// for the model.
#include <boost/json.hpp>
#include <cstdint>
#include <cstdlib>

#include "wire/request.h"

using interposer::wire::Dialect;
using interposer::wire::Operation;
using interposer::wire::Request;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string body(reinterpret_cast<const char*>(data), size);
  auto request = Request::parse(Operation::kChat, Dialect::kOpenAi, body);
  if (!request) return 0;
  if ((*request)->bytes() != body) std::abort();
  const std::string name = "new/\"model\"\n";
  const auto spliced = (*request)->with_model(name);
  boost::json::error_code failure;
  auto before = boost::json::parse(body, failure);
  if (failure || !before.is_object()) return 0;
  auto after = boost::json::parse(spliced->bytes(), failure);
  if (failure) std::abort();
  if (std::string_view(after.at("model").as_string()) != name) std::abort();
  if (std::string_view(before.at("model").as_string()) != (*request)->model()) std::abort();
  before.as_object()["model"] = after.at("model");
  if (before != after) std::abort();
  return 0;
}
