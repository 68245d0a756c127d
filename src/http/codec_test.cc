#include "http/codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/chunked.h"
#include "http/client.h"
#include "http/proxy.h"
#include "http/scan.h"

namespace interposer::http {
namespace {

// "ok" and what was read, or the status that answers it; "more" when it is not complete.
std::string judge(const std::string& bytes, Limits limits = {}) {
  RequestParser parser(limits);
  const Result<std::size_t> end = parser.parse(bytes);
  if (!end) return std::to_string(status_of(end.error()));
  if (*end == 0) return "more";
  return "ok " + parser.head.method + " " + parser.head.target;
}

std::string with_fields(const std::string& fields) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

struct Case {
  const char* name;
  std::string bytes;
  const char* verdict;
};

// Shapes that two servers in a row could read differently (after RFC 9112 11.2 and the published
// smuggling techniques CL.TE, TE.CL, TE.TE, CL.0), and the strictness that shuts them out.
TEST(RequestParser, SmugglingShapesAreRefused) {
  const std::vector<Case> cases = {
      {"CL.TE", with_fields("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {"TE.CL", with_fields("Transfer-Encoding: chunked\r\nContent-Length: 6\r\n"), "400"},
      {"two lengths", with_fields("Content-Length: 6\r\nContent-Length: 7\r\n"), "400"},
      {"two equal lengths", with_fields("Content-Length: 6\r\nContent-Length: 6\r\n"), "400"},
      {"list of lengths", with_fields("Content-Length: 6, 6\r\n"), "400"},
      {"plus sign", with_fields("Content-Length: +6\r\n"), "400"},
      {"minus sign", with_fields("Content-Length: -6\r\n"), "400"},
      {"hexadecimal", with_fields("Content-Length: 0x6\r\n"), "400"},
      {"empty length", with_fields("Content-Length: \r\n"), "400"},
      {"overflow", with_fields("Content-Length: 99999999999999999999\r\n"), "400"},
      {"two encodings", with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"),
       "501"},
      {"list of encodings", with_fields("Transfer-Encoding: gzip, chunked\r\n"), "501"},
      {"chunked twice", with_fields("Transfer-Encoding: chunked, chunked\r\n"), "501"},
      {"not quite chunked", with_fields("Transfer-Encoding: xchunked\r\n"), "501"},
      {"identity", with_fields("Transfer-Encoding: identity\r\n"), "501"},
      {"vertical tab", with_fields("Transfer-Encoding: \vchunked\r\n"), "400"},
      {"quoted", with_fields("Transfer-Encoding: \"chunked\"\r\n"), "501"},
      {"space before colon", with_fields("Transfer-Encoding : chunked\r\n"), "400"},
      {"tab before colon", with_fields("Content-Length\t: 5\r\n"), "400"},
      {"folded", with_fields("X: a\r\n b\r\n"), "400"},
      {"folded encoding", with_fields("Transfer-Encoding:\r\n chunked\r\n"), "400"},
      {"bare LF in a field", with_fields("X: a\nContent-Length: 5\r\n"), "400"},
      {"bare CR in a field", with_fields("X: a\rContent-Length: 5\r\n"), "400"},
      {"bare LF after the line", "GET / HTTP/1.1\nHost: a\r\n\r\n", "400"},
      {"bare LFs only", "GET / HTTP/1.1\nHost: a\n\n", "400"},
      {"NUL in a value", with_fields(std::string("X: a\0b\r\n", 8)), "400"},
      {"NUL in a name", with_fields(std::string("X\0: a\r\n", 7)), "400"},
      {"no colon", with_fields("Content-Length 5\r\n"), "400"},
      {"no name", with_fields(": x\r\n"), "400"},
      {"name with a space", with_fields("Content Length: 5\r\n"), "400"},
      {"first field folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400"},
      {"encoding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
  };
  for (const Case& c : cases) EXPECT_EQ(judge(c.bytes), c.verdict) << c.name;
}

TEST(RequestParser, RequestLines) {
  const std::string rest = " HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(judge("GET /a?b=c" + rest), "ok GET /a?b=c");
  EXPECT_EQ(judge("\r\nGET /" + rest), "ok GET /");
  EXPECT_EQ(judge("GET http://A/x" + rest), "ok GET /x");
  EXPECT_EQ(judge("GET http://a" + rest), "ok GET /");
  EXPECT_EQ(judge("GET http://b/x" + rest), "400");
  EXPECT_EQ(judge("OPTIONS *" + rest), "ok OPTIONS *");
  EXPECT_EQ(judge("GET *" + rest), "400");
  EXPECT_EQ(judge("GET x" + rest), "400");
  EXPECT_EQ(judge("CONNECT a:443" + rest), "501");
  EXPECT_EQ(judge("GET  /" + rest), "400");
  EXPECT_EQ(judge("GET /a b" + rest), "400");
  EXPECT_EQ(judge("GET /a\tb" + rest), "400");
  EXPECT_EQ(judge("GET /\xc3\xa9" + rest), "400");
  EXPECT_EQ(judge("GET /#x" + rest), "400");
  EXPECT_EQ(judge("G(T /" + rest), "400");
  EXPECT_EQ(judge(" GET /" + rest), "400");
  EXPECT_EQ(judge("GET /\r\nHost: a\r\n\r\n"), "400");
  EXPECT_EQ(judge("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), "505");
  EXPECT_EQ(judge("GET / http/1.1\r\nHost: a\r\n\r\n"), "400");
  EXPECT_EQ(judge("GET / HTTP/1.10\r\nHost: a\r\n\r\n"), "400");
  EXPECT_EQ(judge("GET /" + std::string(kMaxTargetBytes, 'a') + rest), "414");
}

TEST(RequestParser, Hosts) {
  EXPECT_EQ(judge("GET / HTTP/1.1\r\n\r\n"), "400");
  EXPECT_EQ(judge("GET / HTTP/1.0\r\n\r\n"), "ok GET /");
  EXPECT_EQ(judge("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), "400");
  EXPECT_EQ(judge("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), "400");
  EXPECT_EQ(judge("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), "400");
  EXPECT_EQ(judge("GET / HTTP/1.1\r\nHost:\r\n\r\n"), "400");
  EXPECT_EQ(judge("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), "ok GET /");
}

TEST(RequestParser, Limits) {
  Limits limits;
  limits.head_bytes = 200;
  limits.header_fields = 4;
  EXPECT_EQ(judge(with_fields("X: " + std::string(300, 'x') + "\r\n"), limits), "431");
  EXPECT_EQ(judge(std::string(201, 'x'), limits), "431");
  EXPECT_EQ(judge(std::string(200, 'x'), limits), "more");
  EXPECT_EQ(judge(with_fields("A: 1\r\nB: 2\r\nC: 3\r\n"), limits), "ok POST /");
  EXPECT_EQ(judge(with_fields("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n"), limits), "431");
}

TEST(RequestParser, WhatItReads) {
  RequestParser parser{Limits{}};
  const std::string head =
      "POST /v1/x?a=1%202&b=+&a=9 HTTP/1.1\r\nhOST: h:1\r\nX-Y: \t spaced \t\r\n"
      "Expect: 100-Continue\r\nContent-Length: 12\r\nConnection: foo, Close\r\n\r\n";
  const Result<std::size_t> end = parser.parse(head + "body");
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(*end, head.size());
  EXPECT_EQ(parser.head.path(), "/v1/x");
  EXPECT_EQ(parser.head.query(), "a=1%202&b=+&a=9");
  EXPECT_EQ(parser.head.parameter("a"), "1 2");
  EXPECT_EQ(parser.head.parameter("b"), " ");
  EXPECT_EQ(parser.head.parameter("c"), std::nullopt);
  EXPECT_EQ(parser.head.headers.get("HOST"), "h:1");
  EXPECT_EQ(parser.head.headers.get("x-y"), "spaced");
  EXPECT_EQ(parser.framing.kind, Framing::Kind::kLength);
  EXPECT_EQ(parser.framing.length, 12u);
  EXPECT_TRUE(parser.expect_continue);
  EXPECT_FALSE(parser.keep_alive);
}

std::string judge_response(const std::string& bytes, bool head_request = false) {
  ResponseParser parser(Limits{}, head_request);
  const Result<std::size_t> end = parser.parse(bytes);
  if (!end) return "bad";
  if (*end == 0) return "more";
  static constexpr const char* kKinds[] = {"none", "length", "chunked", "close"};
  return std::to_string(parser.head.status) + " " + kKinds[static_cast<int>(parser.framing.kind)] +
         (parser.keep_alive ? " keep" : "");
}

TEST(ResponseParser, Framing) {
  EXPECT_EQ(judge_response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"), "200 length keep");
  EXPECT_EQ(judge_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"),
            "200 chunked keep");
  EXPECT_EQ(judge_response("HTTP/1.1 200 OK\r\n\r\n"), "200 close");
  EXPECT_EQ(judge_response("HTTP/1.1 200\r\n\r\n"), "200 close");
  EXPECT_EQ(judge_response("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n"), "200 length");
  EXPECT_EQ(judge_response("HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\n"), "204 none keep");
  EXPECT_EQ(judge_response("HTTP/1.1 304 No\r\n\r\n"), "304 none keep");
  EXPECT_EQ(judge_response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", true), "200 none keep");
  EXPECT_EQ(judge_response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n"),
            "bad");
  EXPECT_EQ(
      judge_response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
      "bad");
  for (const char* bad :
       {"HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 +20 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n"}) {
    EXPECT_EQ(judge_response(bad), "bad") << bad;
  }
}

std::string decode(std::string bytes, std::size_t piece) {
  ChunkedDecoder decoder;
  std::string out;
  std::size_t at = 0;
  while (at < bytes.size() && !decoder.done()) {
    const std::size_t size = std::min(piece, bytes.size() - at);
    const auto step = decoder.decode(std::span(bytes.data() + at, size));
    if (!step) return "bad";
    out.append(bytes, at, step->produced);
    at += step->consumed;
  }
  return out + (decoder.done() ? "|" + bytes.substr(at) : "...");
}

TEST(ChunkedDecoder, GoodAndBad) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"3\r\nabc\r\n0\r\n\r\nnext", "abc|next"},
      {"00003\r\nabc\r\nA\r\n0123456789\r\n000\r\n\r\n", "abc0123456789|"},
      {"3;x=y;z=\"q\"\r\nabc\r\n0\r\nT: v\r\nU: w\r\n\r\nN", "abc|N"},
      {"3\r\nab", "ab..."},
      {"0\r\n", "..."},
      {"\r\n", "bad"},
      {"g\r\n", "bad"},
      {"0x3\r\nabc\r\n", "bad"},
      {"+3\r\nabc\r\n", "bad"},
      {" 3\r\nabc\r\n", "bad"},
      {"3 \r\nabc\r\n", "bad"},
      {"3\nabc\r\n", "bad"},
      {"3\r\rabc\r\n", "bad"},
      {"3\r\nabcd\r\n", "bad"},
      {"3\r\nabc\n0\r\n\r\n", "bad"},
      {"3;a\nb\r\nabc\r\n", "bad"},
      {"ffffffffffffffff\r\n", "bad"},
      {"0\r\nT: v\nX: y\r\n\r\n", "bad"},
      {"0\r\n T: v\r\n\r\n", "bad"},
      {"0\r\n\n", "bad"},
      {"1;" + std::string(300, 'e') + "\r\na\r\n", "bad"},
      {"0\r\nT: " + std::string(9000, 't') + "\r\n\r\n", "bad"},
  };
  for (const auto& [bytes, wanted] : cases) {
    for (const std::size_t piece : {1u, 2u, 5u, 100'000u}) {
      EXPECT_EQ(decode(bytes, piece), wanted) << bytes.substr(0, 40) << " by " << piece;
    }
  }
}

TEST(Writer, AValueNeverBecomesASecondField) {
  std::string out;
  append_field(out, "X-Name", "a\r\nSet-Cookie: b\n\x01");
  append_field(out, "Bad Name", "x");
  append_field(out, "Evil\r\nY", "x");
  EXPECT_EQ(out, "X-Name: a  Set-Cookie: b  \r\n");
}

TEST(Scan, FindsWhatALoopFinds) {
  for (std::size_t length = 0; length < 70; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (const char c : {'\0', '\x01', '\n', '\r', '\x1f', '\x7f'}) {
        std::string text(length, '\xff');
        if (length > 3) text[3] = '\t';
        text[at] = c;
        EXPECT_EQ(find_control(text), at);
        const bool end = c == '\n' || c == '\r';
        EXPECT_EQ(find_line_end(text, 0), end ? at : std::string::npos);
      }
    }
    EXPECT_EQ(find_control(std::string(length, '\t')), std::string::npos);
  }
}

TEST(Headers, NamesWithoutCase) {
  Headers headers;
  headers.add("A", "1");
  headers.add("a", "2");
  headers.add("B", "3");
  EXPECT_EQ(headers.get("a"), "1");
  headers.set("A", "4");
  EXPECT_EQ(headers.items().size(), 2u);
  EXPECT_EQ(headers.get("a"), "4");
  headers.remove("b");
  EXPECT_FALSE(headers.has("B"));
}

TEST(Url, Parsing) {
  const auto text = [](const char* url) {
    const Result<Url> parsed = Url::parse(url);
    return parsed ? parsed->to_string() + " " + parsed->host + " " + std::to_string(parsed->port)
                  : std::string("bad");
  };
  EXPECT_EQ(text("https://API.example.com/v1"), "https://api.example.com/v1 api.example.com 443");
  EXPECT_EQ(text("http://127.0.0.1:9000"), "http://127.0.0.1:9000/ 127.0.0.1 9000");
  EXPECT_EQ(text("http://[::1]:8/x?y#z"), "http://[::1]:8/x?y ::1 8");
  EXPECT_EQ(text("http://a?q"), "http://a/?q a 80");
  for (const char* bad :
       {"", "a", "ftp://a/", "http://", "http:///x", "http://a:/", "http://a:0/", "http://a:65536/",
        "http://a:x/", "http://u:p@a/", "http://a b/", "http://a/\n"}) {
    EXPECT_EQ(text(bad), "bad") << bad;
  }
  EXPECT_EQ(Url::parse("http://user:hunter2@a/").error().message.find("hunter2"),
            std::string::npos);
}

TEST(Proxy, ParsingAndBypassing) {
  const Result<Proxy> proxy = parse_proxy("http://me:a%40b@proxy.local:3128/");
  ASSERT_TRUE(proxy.ok());
  EXPECT_EQ(proxy->host, "proxy.local");
  EXPECT_EQ(proxy->port, 3128);
  EXPECT_EQ(proxy->authorization, "Basic bWU6YUBi");
  EXPECT_EQ(parse_proxy("p:1")->authorization, "");
  EXPECT_FALSE(parse_proxy("https://p:1").ok());
  EXPECT_FALSE(parse_proxy("p").ok());
  const std::string list = "example.com, .corp, *.lan, host:8443";
  EXPECT_TRUE(bypasses_proxy(list, "example.com", 443));
  EXPECT_TRUE(bypasses_proxy(list, "a.Example.com", 443));
  EXPECT_FALSE(bypasses_proxy(list, "notexample.com", 443));
  EXPECT_TRUE(bypasses_proxy(list, "x.corp", 443));
  EXPECT_TRUE(bypasses_proxy(list, "x.lan", 443));
  EXPECT_TRUE(bypasses_proxy(list, "host", 8443));
  EXPECT_FALSE(bypasses_proxy(list, "host", 443));
  EXPECT_TRUE(bypasses_proxy("", "127.0.0.1", 443));
  EXPECT_TRUE(bypasses_proxy("*", "anything", 443));
  EXPECT_FALSE(bypasses_proxy("", "anything", 443));
}

}  // namespace
}  // namespace interposer::http
