// Reading the JSON body of a request of /api/v1.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/common/request.h"
#include "base/result.h"
#include "net/task.h"
#include "wire/json_read.h"

namespace interposer::api {

// The parsed body; errors name the byte, or the member.
class Body {
 public:
  static net::Task<Result<Body>> read(Request* request);

  Result<std::string> need_text(std::string_view key);
  Result<std::string> text(std::string_view key);  // empty when absent
  Result<bool> boolean(std::string_view key, bool otherwise);
  Result<std::vector<std::string>> texts(std::string_view key);
  // One of `allowed`; the first of them when absent.
  Result<std::string> word(std::string_view key, const std::vector<std::string>& allowed);

 private:
  Body(std::shared_ptr<const wire::JsonValue> json, wire::ObjectReader reader)
      : json_(std::move(json)), reader_(std::move(reader)) {}
  std::shared_ptr<const wire::JsonValue> json_;
  wire::ObjectReader reader_;
};

// Of a query parameter or a member: one of `allowed`, else an error with the nearest ones.
Status check_word(std::string_view what, std::string_view value,
                  const std::vector<std::string>& allowed);

}  // namespace interposer::api
