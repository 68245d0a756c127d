// Writing one answer to one exchange in OpenAI's dialect.
#pragma once

#include <memory>
#include <string_view>

#include "backends/backend.h"
#include "http/server.h"
#include "wire/loss.h"
#include "wire/request.h"

namespace interposer::api {

struct Delivery {
  http::Exchange* exchange = nullptr;
  backends::RequestRef request;
  std::string_view scheme = "http";  // of links to this server's page; outlives the delivery
};

// Sends the whole answer, streamed or not; stops it when the client goes. What fails before
// anything was sent is an error answer, later one error frame after which the stream ends without
// [DONE].
net::Task<void> deliver(Delivery to, std::unique_ptr<backends::Answer> answer);

// What of this request a target that was not given its bytes may not have looked at.
wire::LossReceipt request_losses(const wire::Request& request);

}  // namespace interposer::api
