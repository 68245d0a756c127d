// hex.h, strings.h, utf8.h, time.h, result.h, secret.h, ids.h
#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <cstdio>
#include <ctime>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/hex.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/strings.h"
#include "base/time.h"
#include "base/utf8.h"

namespace interposer {
namespace {

TEST(Strings, TrimSplitJoin) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("\v\f"), "");
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), std::vector<std::string_view>{""});
  rc::check([](std::vector<std::string> parts) {
    RC_PRE(!parts.empty());
    for (std::string& part : parts) std::replace(part.begin(), part.end(), ';', ':');
    const std::string joined = join(parts, ";");
    const auto again = split(joined, ';');
    RC_ASSERT(std::equal(parts.begin(), parts.end(), again.begin(), again.end()));
  });
}

TEST(Strings, Case) {
  EXPECT_EQ(to_lower("AbZ[@`{É"), "abz[@`{É");
  EXPECT_TRUE(equals_ignore_case("Content-LENGTH", "content-length"));
  EXPECT_FALSE(equals_ignore_case("a", "ab"));
  EXPECT_FALSE(equals_ignore_case("@", "`"));  // 32 apart, and no letters
}

TEST(Strings, NearestNames) {
  const std::vector<std::string> keys = {"listen", "providers", "models", "routes", "bases"};
  EXPECT_EQ(nearest("lsiten", keys), std::vector<std::string>{"listen"});
  EXPECT_EQ(nearest("provider", keys), std::vector<std::string>{"providers"});
  EXPECT_EQ(nearest("mod", keys), std::vector<std::string>{"models"});
  EXPECT_TRUE(nearest("xyz", keys).empty());
  EXPECT_EQ(did_you_mean("rotues", keys), "did you mean 'routes'?");
  EXPECT_EQ(did_you_mean("zzzzzz", {"a", "b"}), "there is: a, b");
  EXPECT_EQ(did_you_mean("x", {}), "");
  EXPECT_TRUE(nearest(std::string(100'000, 'a'), keys).empty());
}

TEST(Strings, ConstantTimeEqualityIsEquality) {
  rc::check([](const std::string& a, const std::string& b) {
    RC_ASSERT(equal_constant_time(a, b) == (a == b));
    RC_ASSERT(equal_constant_time(a, a));
  });
  EXPECT_FALSE(equal_constant_time("aa", "a"));
  EXPECT_FALSE(equal_constant_time("a", "aa"));
}

TEST(Strings, PercentCodingComesBack) {
  rc::check([](const std::string& bytes) {
    const std::string coded = percent_encode(bytes);
    RC_ASSERT(percent_decode(coded) == bytes);
    RC_ASSERT(coded.find_first_of(" /?#%&") == std::string::npos ||
              coded.find('%') != std::string::npos);
  });
  EXPECT_EQ(percent_encode("a/b c~"), "a%2Fb%20c~");
  EXPECT_EQ(percent_decode("%zz%4%41%"), "%zz%4A%");
}

// The table of well-formed sequences by enumeration of all code points: the oracle.
std::string encode(std::uint32_t c) {
  std::string out;
  if (c < 0x80) {
    out = static_cast<char>(c);
  } else if (c < 0x800) {
    out = {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 63))};
  } else if (c < 0x10000) {
    out = {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 63)),
           static_cast<char>(0x80 | (c & 63))};
  } else {
    out = {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 63)),
           static_cast<char>(0x80 | (c >> 6 & 63)), static_cast<char>(0x80 | (c & 63))};
  }
  return out;
}

TEST(Utf8, EveryCodePointAndNoSurrogate) {
  std::size_t wrong = 0;
  for (std::uint32_t c = 0; c < 0x111000; ++c) {
    const std::string text = encode(c);
    const bool good = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
    wrong += (utf8_length(text) == text.size()) != good;
    wrong += good && utf8_length(std::string_view(text).substr(0, text.size() - 1)) != 0 &&
             text.size() > 1;
    const CodePoint point = utf8_decode(text);
    wrong += good && (point.value != c || point.size != text.size());
  }
  EXPECT_EQ(wrong, 0u);
  for (const char* overlong :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\x80"}) {
    EXPECT_FALSE(utf8_valid(overlong));
  }
}

TEST(Utf8, PointsCoverEveryByteOnce) {
  rc::check([](const std::string& bytes) {
    std::string joined;
    std::size_t count = 0;
    for (const std::string_view point : Utf8Points(bytes)) {
      RC_ASSERT(point.size() == std::max<std::size_t>(utf8_length(point), 1));
      joined += point;
      ++count;
    }
    RC_ASSERT(joined == bytes);
    RC_ASSERT(count == utf8_count(bytes));
  });
  std::vector<std::string_view> points;
  for (const std::string_view point : Utf8Points("aéÿ€â")) points.push_back(point);
  EXPECT_EQ(points, (std::vector<std::string_view>{"a", "é", "ÿ", "€", "â", ""}));
}

TEST(Hex, TwoDigitsAByte) {
  EXPECT_EQ(to_hex(""), "");
  EXPECT_EQ(to_hex(std::string_view("\0\x0f\xf0\xff", 4)), "000ff0ff");
  std::string out = "%";
  append_hex(out, 0xAB, HexCase::kUpper);
  EXPECT_EQ(out, "%AB");
}

TEST(Utf8, BordersCutsAndRepair) {
  rc::check([](const std::string& bytes) {
    const std::string text = utf8_repair(bytes);
    RC_ASSERT(utf8_valid(text));
    RC_ASSERT(utf8_valid(bytes) == (text == bytes));
    RC_ASSERT(utf8_count(text) == utf8_count(bytes));
    for (std::size_t at = 0; at <= text.size() + 1; ++at) {
      const std::size_t floor = utf8_floor(text, at);
      RC_ASSERT(floor <= at && utf8_border(text, floor));
      RC_ASSERT(utf8_valid(text.substr(0, floor)));
      RC_ASSERT(utf8_border(text, at) == (floor == at));
    }
  });
  EXPECT_EQ(utf8_count("aé€😀"), 4u);
  EXPECT_EQ(utf8_repair("a\xFF"
                        "b"),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(Time, Rfc3339) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(1'795'364'400'123), "2026-11-22T16:20:00.123Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59.999Z");
  // Every day from year 0 to 9999, beside the C library's calendar.
  for (std::int64_t day = -719528; day <= 2932896; ++day) {
    const std::time_t seconds = day * 86400 + 12345;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT03:25:45.000Z", utc.tm_year + 1900,
                  utc.tm_mon + 1, utc.tm_mday);
    ASSERT_EQ(rfc3339(seconds * 1000), text);
  }
}

TEST(Time, AfterSaturates) {
  const TimePoint now(std::chrono::hours(5));
  EXPECT_EQ(time_after(now, std::chrono::hours(1)), TimePoint(std::chrono::hours(6)));
  EXPECT_EQ(time_after(now, Duration::max()), kNever);
  EXPECT_EQ(time_after(kNever, std::chrono::hours(1)), kNever);
}

Result<int> half(int x) {
  if (x % 2 != 0) return make_error(Code::kInvalidArgument, "odd", "give an even one");
  return x / 2;
}
Result<int> quarter(int x) {
  IP_TRY(const int h, half(x));
  IP_OK(half(h));
  return half(h);
}

TEST(Result, ValuesErrorsAndTheirText) {
  EXPECT_EQ(*quarter(8), 2);
  const Result<int> failed = quarter(6);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, "invalid_argument");
  Error error = Error(failed.error()).within("reading x");
  EXPECT_EQ(error.to_string(), "reading x: odd (give an even one)");
  EXPECT_EQ(quarter(3).value_or(7), 7);
  std::set<std::string_view> names;
  for (int c = 0; c <= static_cast<int>(Code::kInternal); ++c) {
    names.insert(code_name(static_cast<Code>(c)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Code::kInternal) + 1);
}

TEST(Secret, IsNotShown) {
  Secret secret(std::string("hunter2"));
  EXPECT_EQ(secret.to_string(), "[redacted]");
  EXPECT_TRUE(secret.matches("hunter2"));
  EXPECT_FALSE(secret.matches("hunter"));
  EXPECT_FALSE(secret.matches(""));
  Secret moved = std::move(secret);
  EXPECT_EQ(moved.reveal(), "hunter2");
  EXPECT_TRUE(secret.empty());  // NOLINT: what is left behind is the point
}

TEST(Ids, TraceIds) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = new_trace_id();
    EXPECT_TRUE(valid_trace_id(id));
    EXPECT_EQ(new_span_id().size(), 16u);
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_FALSE(valid_trace_id(std::string(32, '0')));
  EXPECT_FALSE(valid_trace_id(std::string(31, 'a')));
  EXPECT_FALSE(valid_trace_id(std::string(32, 'A')));
}

TEST(Ids, SortedAndUniqueAcrossThreads) {
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& list : made) {
    threads.emplace_back([&list] {
      for (int i = 0; i < 2000; ++i) list.push_back(new_id("run_"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& list : made) {
    EXPECT_TRUE(std::is_sorted(list.begin(), list.end()));
    all.insert(list.begin(), list.end());
  }
  EXPECT_EQ(all.size(), 8000u);
  EXPECT_EQ(all.begin()->size(), 24u);
  EXPECT_TRUE(all.begin()->starts_with("run_"));
}

TEST(Ids, RandomBytesOfAnySize) {
  std::vector<unsigned char> big(5000, 0);
  fill_random(big);
  EXPECT_LT(std::count(big.begin(), big.end(), 0), 200);
  fill_random({});
}

}  // namespace
}  // namespace interposer
