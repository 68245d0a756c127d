#include "wire/openai/chat_writer.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>

#include "base/utf8.h"
#include "wire/http_status.h"
#include "wire/openai/chat_reader.h"
#include "wire/openai/error_json.h"

namespace interposer::wire::openai {
namespace {

namespace bj = boost::json;

std::vector<std::string> frames_of(const std::string& stream) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < stream.size()) {
    const std::size_t end = stream.find("\n\n", at);
    EXPECT_NE(end, std::string::npos);
    out.push_back(stream.substr(at, end + 2 - at));
    at = end + 2;
  }
  return out;
}

std::string stream_of(const std::vector<Event>& events, const WriterOptions& options) {
  StreamWriter writer(options);
  std::string out;
  for (const Event& event : events) writer.write(event, &out);
  writer.finish(&out);
  return out;
}

std::vector<Event> read_stream(const std::string& stream) {
  ChatReader reader;
  std::vector<Event> events;
  for (const std::string& frame : frames_of(stream)) {
    const Status status = reader.read_frame(frame, &events);
    EXPECT_TRUE(status.ok()) << frame;
  }
  EXPECT_TRUE(reader.finish(&events).ok());
  return events;
}

std::vector<Event> grounded() {
  Citation citation;
  citation.n = 1;
  citation.document = "handbook/notes/a b.md";
  citation.version = "v17";
  citation.title = "A";
  citation.uri = "file:a";
  citation.start = 10;
  citation.end = 20;
  citation.page = 3;
  citation.quote = "quoted";
  return {Started{"id1", "m", 9, ""},
          citation,
          TextDelta{0, "\xC3\x84hm, ", {}},
          TextDelta{0, "ja.", {}},
          Sentence{0, "\xC3\x84hm, ja.", {1}, false},
          TextDelta{0, " Und so.", {}},
          Sentence{0, "Und so.", {}, true},
          Part{"table", R"({"rows":[]})"},
          Finished{}};
}

TEST(OpenAiChatWriter, StreamsReadBackAsTheSameEvents) {
  UsageReport report;
  report.usage.tokens = {5, 4, 0, 3, 2};
  report.usage.reported = report.usage.final = true;
  TokenLogprob top{"b", "b", -2, {}};
  const std::vector<Event> events = {Started{"id1", "m", 9, "fp"},
                                     ReasoningDelta{0, "why"},
                                     TextDelta{0, "a\"\n", {}},
                                     TextDelta{0, "b", {TokenLogprob{"b", "b", -0.5, {top}}}},
                                     RefusalDelta{1, "no"},
                                     ToolCallDelta{0, 0, "c1", "f", "{"},
                                     ToolCallDelta{0, 0, "", "", "}"},
                                     Finished{0, FinishReason::kToolCalls, ""},
                                     Finished{1, FinishReason::kStop, ""},
                                     report};
  WriterOptions options;
  options.include_usage = true;
  const std::vector<Event> got = read_stream(stream_of(events, options));
  ASSERT_EQ(got.size(), events.size());
  for (std::size_t i = 0; i + 1 < events.size(); ++i) EXPECT_TRUE(got[i] == events[i]) << i;
  EXPECT_EQ(std::get<UsageReport>(got.back()).usage.tokens, report.usage.tokens);
}

TEST(OpenAiChatWriter, UsageOnlyWhenAsked) {
  const std::string stream = stream_of({Started{}, Finished{}, UsageReport{}}, {});
  EXPECT_EQ(stream.find("usage"), std::string::npos);
  EXPECT_TRUE(stream.ends_with("data: [DONE]\n\n"));
}

void check_annotation(const bj::value& annotation) {
  EXPECT_EQ(annotation.at("type").as_string(), "url_citation");
  const bj::value& citation = annotation.at("url_citation");
  // Characters, not bytes: the umlaut counts once.
  EXPECT_EQ(citation.at("start_index").as_int64(), 0);
  EXPECT_EQ(citation.at("end_index").as_int64(), 8);
  EXPECT_EQ(citation.at("url").as_string(),
            "http://h:1/#/source/handbook/notes%2Fa%20b.md@v17?start=10&end=20");
  EXPECT_EQ(citation.at("title").as_string(), "A");
  const bj::value& own = annotation.at("interposer");
  EXPECT_EQ(own.at("n").as_int64(), 1);
  EXPECT_EQ(own.at("document").as_string(), "handbook/notes/a b.md");
  EXPECT_EQ(own.at("version").as_string(), "v17");
  EXPECT_EQ(own.at("start").as_int64(), 10);
  EXPECT_EQ(own.at("end").as_int64(), 20);
  EXPECT_EQ(own.at("page").as_int64(), 3);
  EXPECT_EQ(own.at("quote").as_string(), "quoted");
}

TEST(OpenAiChatWriter, CitationsBecomeAnnotationsInStreams) {
  WriterOptions options;
  options.page_origin = "http://h:1";
  bj::array annotations, unsupported, parts;
  for (const std::string& frame : frames_of(stream_of(grounded(), options))) {
    if (frame == "data: [DONE]\n\n") continue;
    const bj::value chunk = bj::parse(frame.substr(6));
    const bj::value& delta = chunk.at("choices").at(0).at("delta");
    if (const auto* list = delta.as_object().if_contains("annotations")) {
      for (const bj::value& item : list->as_array()) annotations.push_back(item);
    }
    const auto* own = delta.as_object().if_contains("interposer");
    if (own == nullptr) continue;
    if (own->as_object().contains("unsupported")) unsupported.push_back(own->at("unsupported"));
    if (own->as_object().contains("parts")) parts.push_back(own->at("parts").at(0));
  }
  ASSERT_EQ(annotations.size(), 1u);
  check_annotation(annotations[0]);
  ASSERT_EQ(unsupported.size(), 1u);
  EXPECT_EQ(unsupported[0].at("start_index").as_int64(), 9);
  EXPECT_EQ(unsupported[0].at("end_index").as_int64(), 16);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].at("type").as_string(), "table");
}

TEST(OpenAiChatWriter, CitationsBecomeAnnotationsInBodies) {
  WriterOptions options;
  options.page_origin = "http://h:1";
  const bj::value body = bj::parse(write_body(grounded(), options));
  const bj::value& message = body.at("choices").at(0).at("message");
  EXPECT_EQ(message.at("content").as_string(), "\xC3\x84hm, ja. Und so.");
  ASSERT_EQ(message.at("annotations").as_array().size(), 1u);
  check_annotation(message.at("annotations").at(0));
  EXPECT_EQ(message.at("interposer").at("parts").at(0).at("data"), bj::parse(R"({"rows":[]})"));
  EXPECT_EQ(message.at("interposer").at("unsupported").as_array().size(), 1u);
}

TEST(OpenAiChatWriter, BodiesReadBack) {
  UsageReport report;
  report.usage.tokens = {5, 4, 1, 3, 2};
  const std::vector<Event> events = {Started{"i", "m", 1, ""},
                                     TextDelta{0, "x", {}},
                                     ToolCallDelta{0, 0, "c", "f", "{}"},
                                     ToolCallDelta{0, 1, "d", "g", "{}"},
                                     Finished{0, FinishReason::kToolCalls, ""},
                                     report};
  ChatReader reader;
  std::vector<Event> got;
  ASSERT_TRUE(reader.read_body(write_body(events, {}), &got).ok());
  ASSERT_EQ(got.size(), events.size());
  for (std::size_t i = 0; i + 1 < events.size(); ++i) EXPECT_TRUE(got[i] == events[i]) << i;
  EXPECT_EQ(reader.usage().tokens, report.usage.tokens);
}

TEST(OpenAiChatWriter, PlainCompletions) {
  WriterOptions options;
  options.operation = Operation::kComplete;
  const std::vector<Event> events = {Started{"i", "m", 1, ""}, TextDelta{0, "x", {}},
                                     ToolCallDelta{0, 0, "c", "f", "{}"}, Finished{}};
  StreamWriter writer(options);
  std::string out;
  for (const Event& event : events) writer.write(event, &out);
  writer.finish(&out);
  EXPECT_EQ(bj::parse(frames_of(out)[0].substr(6)).at("choices").at(0).at("text").as_string(), "x");
  EXPECT_EQ(writer.losses().losses().at(0).field, "tool_calls");
  const bj::value body = bj::parse(write_body(events, options));
  EXPECT_EQ(body.at("object").as_string(), "text_completion");
  EXPECT_EQ(body.at("choices").at(0).at("text").as_string(), "x");
}

// Random answers: the annotated slice, cut by code points, is the sentence.
TEST(OpenAiChatWriter, RangesSliceTheSentenceOut) {
  std::mt19937 rng(7);
  const std::vector<std::string> pieces = {"a", "\xC3\xA9", "\xF0\x9F\x98\x80", "word", " "};
  for (int round = 0; round < 200; ++round) {
    SentenceTracker tracker;
    std::string answer;
    for (int s = 0; s < 5; ++s) {
      std::string sentence = "S";
      for (unsigned i = 0; i < rng() % 6; ++i) sentence += pieces[rng() % pieces.size()];
      sentence += ".";
      const std::string lead(rng() % 3, ' ');
      tracker.text(lead + sentence.substr(0, 1));
      tracker.text(sentence.substr(1));
      answer += lead + sentence;
      const SentenceTracker::Range range = tracker.sentence();
      std::size_t begin = 0, end = 0;
      for (std::int64_t n = 0; n < range.start; ++n)
        begin += utf8_length(std::string_view(answer).substr(begin));
      for (std::int64_t n = 0; n < range.end; ++n)
        end += utf8_length(std::string_view(answer).substr(end));
      EXPECT_EQ(answer.substr(begin, end - begin), sentence);
    }
  }
}

TEST(OpenAiErrors, ShapeParamAndStatus) {
  const bj::value error = bj::parse(
      write_error(make_error(Code::kInvalidArgument, "field 'messages[0].role': it is missing",
                             "say who", "invalid_field")));
  EXPECT_EQ(error.at("error").at("param").as_string(), "messages[0].role");
  EXPECT_EQ(error.at("error").at("type").as_string(), "invalid_request_error");
  EXPECT_EQ(error.at("error").at("code").as_string(), "invalid_field");
  EXPECT_EQ(error.at("error").at("message").as_string(),
            "field 'messages[0].role': it is missing (say who)");
  EXPECT_EQ(http_status(Code::kNotFound), 404);
  EXPECT_EQ(http_status(Code::kResourceExhausted), 429);
}

TEST(OpenAiErrors, ProvidersShapes) {
  const auto groq = read_error(
      R"({"error":{"message":"Rate limit. Please try again in 7.66s.","type":"tokens","code":"rate_limit_exceeded"}})");
  ASSERT_TRUE(groq.has_value());
  EXPECT_EQ(groq->code, "rate_limit_exceeded");
  EXPECT_DOUBLE_EQ(groq->retry_after_s.value(), 7.66);
  const auto gemini = read_error(
      R"([{"error":{"code":429,"message":"q","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"31s"}]}}])");
  ASSERT_TRUE(gemini.has_value());
  EXPECT_EQ(gemini->status, 429);
  EXPECT_EQ(gemini->type, "RESOURCE_EXHAUSTED");
  EXPECT_DOUBLE_EQ(gemini->retry_after_s.value(), 31);
  EXPECT_EQ(read_error(R"({"error":"model not found"})")->message, "model not found");
  EXPECT_EQ(read_error(R"({"detail":"Not Found"})")->message, "Not Found");
  EXPECT_DOUBLE_EQ(
      read_error(R"({"error":{"message":"try again in 1m2.5s"}})")->retry_after_s.value(), 62.5);
  EXPECT_EQ(read_error(R"({"choices":[]})"), std::nullopt);
  EXPECT_EQ(read_error("<html>"), std::nullopt);
}

}  // namespace
}  // namespace interposer::wire::openai
