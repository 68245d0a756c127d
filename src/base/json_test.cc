#include "base/json.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <boost/json.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "base/utf8.h"

namespace interposer {
namespace {

// A random tree, written by JsonWriter and built in Boost.JSON at once: the two must be the same.
boost::json::value write_tree(JsonWriter& json, std::uint64_t seed, int depth) {
  const auto next = [&seed] {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return seed >> 33;
  };
  switch (depth == 0 ? next() % 5 : next() % 7) {
    case 0:
      json.null();
      return nullptr;
    case 1: {
      const bool value = next() % 2 == 0;
      json.boolean(value);
      return value;
    }
    case 2: {
      const auto value = static_cast<std::int64_t>(next() << 32 | next());
      json.number(value);
      return value;
    }
    case 3: {
      const double value = static_cast<double>(next()) / 997.0 * std::pow(10.0, next() % 40 - 20.0);
      json.number(value);
      return value;
    }
    case 4: {
      std::string text;
      for (std::uint64_t i = next() % 12; i > 0; --i)
        text += "a\"\\\n\t\x01\x7f/<é€😀z"[next() % 19];
      json.string(text);
      return boost::json::string(utf8_repair(text));
    }
    case 5: {
      boost::json::array out;
      json.begin_array();
      for (std::uint64_t i = next() % 4; i > 0; --i)
        out.push_back(write_tree(json, next(), depth - 1));
      json.end_array();
      return out;
    }
    default: {
      boost::json::object out;
      json.begin_object();
      for (std::uint64_t i = next() % 4; i > 0; --i) {
        const std::string name = "k" + std::to_string(i) + "\"\n";
        json.key(name);
        out[name] = write_tree(json, next(), depth - 1);
      }
      json.end_object();
      return out;
    }
  }
}

TEST(JsonWriter, IsWhatBoostJsonReads) {
  rc::check([](std::uint64_t seed) {
    JsonWriter json;
    const boost::json::value wanted = write_tree(json, seed, 4);
    boost::system::error_code failure;
    boost::json::parse_options precise;
    const boost::json::value read = boost::json::parse(json.str(), failure, {}, precise);
    RC_ASSERT(!failure);
    // Doubles may come back as integers ("3"), and Boost 1.81 reads the last digit loosely.
    RC_ASSERT(boost::json::serialize(read).size() > 0);
    const std::function<bool(const boost::json::value&, const boost::json::value&)> same =
        [&](const boost::json::value& a, const boost::json::value& b) -> bool {
      if (a.is_double() || b.is_double()) {
        const double x = a.to_number<double>();
        const double y = b.to_number<double>();
        return std::abs(x - y) <= 1e-14 * std::abs(x);
      }
      if (a.is_number() && b.is_number()) return a == b;
      if (a.kind() != b.kind()) return false;
      if (a.is_array()) {
        if (a.as_array().size() != b.as_array().size()) return false;
        for (std::size_t i = 0; i < a.as_array().size(); ++i) {
          if (!same(a.as_array()[i], b.as_array()[i])) return false;
        }
        return true;
      }
      if (a.is_object()) {
        if (a.as_object().size() != b.as_object().size()) return false;
        for (const auto& item : a.as_object()) {
          const auto* const other = b.as_object().if_contains(item.key());
          if (other == nullptr || !same(item.value(), *other)) return false;
        }
        return true;
      }
      return a == b;
    };
    RC_ASSERT(same(wanted, read));
  });
}

TEST(JsonString, AnyBytesBecomeValidJson) {
  rc::check([](const std::string& bytes) {
    std::string out;
    append_json_string(out, bytes);
    RC_ASSERT(utf8_valid(out));
    boost::system::error_code failure;
    const boost::json::value read = boost::json::parse(out, failure);
    RC_ASSERT(!failure);
    RC_ASSERT(std::string(read.as_string()) == utf8_repair(bytes));
  });
}

TEST(JsonWriter, NumbersAndRawValues) {
  JsonWriter json;
  json.begin_array();
  json.number(std::numeric_limits<double>::quiet_NaN());
  json.number(std::numeric_limits<double>::infinity());
  json.number(0.1).number(1e300).number(-0.5);
  json.number(std::numeric_limits<std::int64_t>::min());
  json.number(std::numeric_limits<std::uint64_t>::max());
  json.raw(R"({"a": 1})").boolean(true).end_array();
  EXPECT_EQ(
      json.take(),
      "[null,null,0.1,1e+300,-0.5,-9223372036854775808,18446744073709551615,{\"a\": 1},true]");
}

TEST(JsonWriter, FieldsKeepTheirTypes) {
  JsonWriter json;
  json.begin_object().field("s", "x").field("i", 1).field("b", false).field("d", 2.5);
  json.key("n").null().key("o").begin_object().end_object().end_object();
  EXPECT_EQ(json.str(), R"({"s":"x","i":1,"b":false,"d":2.5,"n":null,"o":{}})");
}

}  // namespace
}  // namespace interposer
