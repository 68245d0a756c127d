#include "remote/provider_answer.h"

#include "base/strings.h"
#include "wire/openai/embedding_answer.h"

namespace interposer::remote {
namespace {

using backends::Frames;

// Of a provider's headers only what helps a caller; the rest is between it and us.
bool worth_passing(std::string_view name) {
  constexpr std::string_view kRateLimit = "x-ratelimit-";
  return equals_ignore_case(name, "x-request-id") ||
         equals_ignore_case(name, "openai-processing-ms") ||
         equals_ignore_case(name.substr(0, kRateLimit.size()), kRateLimit);
}

bool event_stream(std::string_view content_type) {
  constexpr std::string_view kType = "text/event-stream";
  return equals_ignore_case(content_type.substr(0, kType.size()), kType);
}

backends::Head head_of(const http::ResponseHead& response) {
  backends::Head head;
  head.status = response.status;
  head.content_type = std::string(response.headers.get("content-type").value_or(""));
  for (const auto& [name, value] : response.headers.items()) {
    if (worth_passing(name)) head.headers.emplace_back(name, value);
  }
  return head;
}

class ProviderAnswer : public backends::Answer {
 public:
  ProviderAnswer(std::unique_ptr<http::ClientResponse> response,
                 std::shared_ptr<http::Client> client, AnswerContext context)
      : client_(std::move(client)),
        response_(std::move(response)),
        context_(std::move(context)),
        head_(head_of(response_->head())),
        streamed_(event_stream(head_.content_type)) {
    response_->set_read_deadline(context_.first_byte);
  }
  ~ProviderAnswer() override {
    if (!usage_.final) response_->stop();
  }

  const backends::Head& head() const override { return head_; }
  // Before the end: what went by so far.
  const wire::Usage& usage() const override {
    if (!usage_.final) {
      tap_.settle(context_.request_bytes, &so_far_);
      so_far_.final = false;
      return so_far_;
    }
    return usage_;
  }

  net::Task<Result<std::optional<Frames>>> next() override {
    if (usage_.final) {
      if (pending_) co_return *std::exchange(pending_, std::nullopt);
      co_return std::optional<Frames>();
    }
    if (!streamed_) co_return co_await read_body();
    for (;;) {
      Result<std::string_view> piece = co_await response_->read_view();
      if (!piece) co_return fail(piece.error());
      if (piece->empty()) co_return end_of_stream();
      const Status pushed = splitter_.push(*piece);
      if (!pushed) co_return fail(pushed.error());
      if (splitter_.ends().empty()) continue;
      Result<Frames> frames = take_frames();
      if (tap_.saw_data() && !flowing_) {
        flowing_ = true;
        response_->set_read_deadline(context_.between);
      }
      if (!frames) co_return std::move(frames).error();
      if (frames->raw.empty() && frames->events.empty()) continue;
      co_return std::optional<Frames>(std::move(*frames));
    }
  }

  net::Task<void> stop() override {
    if (!usage_.final) {
      response_->stop();
      settle();
    }
    co_return;
  }

 private:
  // What the splitter holds complete. A broken frame ends the answer; good ones before it are given
  // first.
  Result<Frames> take_frames() {
    Frames out;
    std::uint32_t begin = 0;
    for (const std::uint32_t end : splitter_.ends()) {
      const std::string_view frame = splitter_.complete().substr(begin, end - begin);
      Status good = tap_.frame(frame);
      if (good && context_.native) good = reader_.read_frame(frame, &out.events);
      if (!good) {
        Error error = fail(good.error());
        if (begin == 0) return error;
        pending_ = std::move(error);
        break;
      }
      begin = end;
      if (!context_.native) out.ends.push_back(end);
    }
    if (context_.native) return out;
    out.dialect = wire::Dialect::kOpenAi;
    out.raw.assign(splitter_.complete().substr(0, begin));
    return out;
  }

  Result<std::optional<Frames>> end_of_stream() {
    // A server may end without the last blank line.
    std::optional<Frames> rest;
    if (splitter_.has_partial()) {
      if (const Status pushed = splitter_.push("\n\n"); !pushed) return fail(pushed.error());
      Result<Frames> frames = take_frames();
      if (!frames) return std::move(frames).error();
      rest = std::move(*frames);
    }
    if (!usage_.final) {
      if (Status whole = tap_.end_of_stream(); !whole) return fail(whole.error());
      if (context_.native) {
        if (!rest) rest.emplace();
        if (Status whole = reader_.finish(&rest->events); !whole) return fail(whole.error());
      }
      settle();
    }
    if (rest && rest->raw.empty() && rest->events.empty()) rest.reset();
    return rest;
  }

  net::Task<Result<std::optional<Frames>>> read_body() {
    Result<std::string> body = co_await response_->read_all(context_.body_bytes_max);
    if (!body) co_return fail(body.error());
    if (const Status good = tap_.body(*body); !good) co_return fail(good.error());
    Frames out;
    if (context_.native) {
      Status read;
      if (context_.operation == wire::Operation::kEmbed) {
        read = wire::openai::read_embeddings(*body, &out.events);
      } else {
        read = reader_.read_body(*body, &out.events);
      }
      if (!read) co_return fail(read.error());
    } else {
      out.dialect = wire::Dialect::kOpenAi;
      out.raw = std::move(*body);
      out.ends.push_back(static_cast<std::uint32_t>(out.raw.size()));
    }
    settle();
    co_return std::optional<Frames>(std::move(out));
  }

  Error fail(const Error& error) {
    response_->stop();
    settle();
    return Error(error).within(context_.target);
  }

  void settle() { tap_.settle(context_.request_bytes, &usage_); }

  std::shared_ptr<http::Client> client_;  // the pool must outlive its answers
  std::unique_ptr<http::ClientResponse> response_;
  AnswerContext context_;
  backends::Head head_;
  const bool streamed_;
  bool flowing_ = false;  // the first data frame came
  http::SseSplitter splitter_;
  UsageTap tap_;
  wire::openai::ChatReader reader_;
  std::optional<Error> pending_;
  wire::Usage usage_;
  mutable wire::Usage so_far_;
};

}  // namespace

std::unique_ptr<backends::Answer> make_answer(std::unique_ptr<http::ClientResponse> response,
                                              std::shared_ptr<http::Client> client,
                                              AnswerContext context) {
  return std::make_unique<ProviderAnswer>(std::move(response), std::move(client),
                                          std::move(context));
}

}  // namespace interposer::remote
