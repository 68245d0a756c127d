// For tests: a request without a network, and what was answered to it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "http/server.h"

namespace interposer::api::testing {

class FakeExchange : public http::Exchange {
 public:
  FakeExchange(std::string method, std::string target) {
    head_.method = std::move(method);
    head_.target = std::move(target);
    head_.headers.add("host", "127.0.0.1:8080");
  }
  FakeExchange& header(std::string name, std::string value) {
    head_.headers.set(name, std::move(value));
    return *this;
  }
  FakeExchange& json(std::string body) {
    body_ = std::move(body);
    return header("content-type", "application/json");
  }
  FakeExchange& octets(std::string body) {
    body_ = std::move(body);
    return header("content-type", "application/octet-stream");
  }
  FakeExchange& over_socket(int uid) {
    uid_ = uid;
    return *this;
  }

  const http::RequestHead& head() const override { return head_; }
  std::string peer() const override { return "127.0.0.1:1"; }
  int peer_uid() const override { return uid_; }
  std::stop_token gone() const override { return gone_.get_token(); }
  net::Task<Result<std::string>> read_body(std::size_t max_bytes) override {
    if (body_.size() > max_bytes)
      co_return make_error(Code::kTooLarge, "the body is over the limit", "", "body_too_large");
    co_return body_;
  }
  net::Task<Result<std::string>> read_some() override { co_return std::exchange(body_, {}); }
  net::Task<Status> respond(http::ResponseHead head, std::string body) override {
    answer = std::move(head);
    out = std::move(body);
    ends += 1;
    co_return Status();
  }
  net::Task<Status> start(http::ResponseHead head) override {
    answer = std::move(head);
    started = true;
    co_return Status();
  }
  net::Task<Status> write(std::string_view bytes) override {
    out.append(bytes);
    co_return Status();
  }
  net::Task<Status> finish() override {
    ends += 1;
    co_return Status();
  }

  void leave() { gone_.request_stop(); }

  http::ResponseHead answer;
  std::string out;
  bool started = false;
  int ends = 0;  // a handler answers exactly once

 private:
  http::RequestHead head_;
  std::string body_;
  int uid_ = -1;
  std::stop_source gone_;
};

}  // namespace interposer::api::testing
