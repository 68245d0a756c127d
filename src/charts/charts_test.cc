#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "charts/svg.h"
#include "charts/xml.h"

namespace interposer::charts {
namespace {

Dataset boards() {
  Dataset data;
  data.name = "boards";
  data.columns = {{"board", "Board", "", ColumnType::kText},
                  {"memory_gb", "Memory", "GB", ColumnType::kNumber}};
  data.rows = {{{"H200", {}, {}}, {"141", 141, {}}},
               {{"B200", {}, {}}, {"180|192", 180, {192}}},
               {{"MI355X", {}, {}}, {"288", 288, {}}}};
  return data;
}

ChartSpec bars() {
  ChartSpec spec;
  spec.title = "Memory";
  spec.data = "boards";
  spec.x = {"memory_gb", FieldType::kQuantitative, ""};
  spec.y = {"board", FieldType::kNominal, ""};
  return spec;
}

// Checks what a non-validating XML reader would: one root, tags close in order, no raw markup.
bool well_formed(std::string_view text) {
  std::vector<std::string> open;
  int roots = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '<') {
      if (open.empty() || text[at] == '>') return false;
      if (text[at] == '&' && text.substr(at, 12).find(';') == std::string_view::npos) return false;
      ++at;
      continue;
    }
    const std::size_t end = text.find('>', at);
    if (end == std::string_view::npos) return false;
    std::string_view tag = text.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string_view::npos) return false;
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
    } else {
      if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) return false;
      if (open.empty()) ++roots;
      if (!tag.ends_with('/')) open.emplace_back(tag.substr(0, tag.find(' ')));
    }
    at = end + 1;
  }
  return open.empty() && roots == 1;
}

TEST(Charts, NumbersAreFormattedForPeople) {
  EXPECT_EQ(format_number(12864), "12,864");
  EXPECT_EQ(format_number(4.8), "4.8");
  EXPECT_EQ(format_number(0.23), "0.23");
  EXPECT_EQ(format_number(-1200.5), "-1,200.5");
  EXPECT_EQ(format_number(999), "999");
  EXPECT_EQ(format_number(1e6), "1,000,000");
  EXPECT_EQ(format_number(-0.000001), "0");
  EXPECT_EQ(format_number(NAN), "");
  EXPECT_EQ(format_datum({"180|192", 180, {192}}), "180–192");
  EXPECT_EQ(format_datum({"", {}, {}}), "");
}

TEST(Charts, SpecSurvivesJson) {
  ChartSpec spec = bars();
  spec.color = Encoding{"board", FieldType::kNominal, "Board"};
  const auto back = parse_spec(to_json(spec));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(to_json(*back), to_json(spec));
}

TEST(Charts, SpecErrorsNameThePath) {
  const auto message = [](std::string_view json) {
    const auto spec = parse_spec(json);
    return spec.ok() ? std::string("accepted") : spec.error().message;
  };
  EXPECT_EQ(message("{}"), "chart: 'mark' is missing");
  EXPECT_EQ(message(R"({"mark":"pie"})"), "chart: 'mark' cannot be 'pie'");
  EXPECT_EQ(message(R"({"mark":"bar","data":{"values":[1]}})"),
            "chart: 'data.values' is not part of the chart language");
  EXPECT_EQ(message(R"({"mark":"bar","data":{"url":"x"}})"),
            "chart: 'data.url' is not part of the chart language");
  EXPECT_EQ(message(R"({"mark":"bar","transform":[]})"),
            "chart: 'transform' is not part of the chart language");
  EXPECT_EQ(message(R"({"mark":"bar","encoding":{"x":{"field":"a","type":"number"}}})"),
            "chart: 'encoding.y' is missing");
  EXPECT_EQ(message(R"({"mark":"bar","encoding":{"x":{"field":"a","type":"number"},"y":{}}})"),
            "chart: 'encoding.x.type' cannot be 'number'");
  EXPECT_EQ(message(R"({"mark":"bar","encoding":{"x":{"field":"a","type":"quantitative",
                        "scale":{"zero":false}},"y":{"field":"b","type":"nominal"}}})"),
            "chart: 'encoding.x.scale.zero' must be true");
  EXPECT_EQ(message("[1"), "chart: the spec is not a JSON object");
}

TEST(Charts, ValidationHoldsTheSpecAgainstTheRows) {
  const auto message = [](const ChartSpec& spec, const Dataset& data) {
    const Status status = validate(spec, data);
    return status.ok() ? std::string() : status.error().to_string();
  };
  EXPECT_EQ(message(bars(), boards()), "");
  ChartSpec spec = bars();
  spec.x.field = "memory_bg";
  EXPECT_NE(message(spec, boards()).find("memory_gb"), std::string::npos);
  spec = bars();
  spec.x.field = "board";
  EXPECT_NE(message(spec, boards()).find("holds text"), std::string::npos);
  spec = bars();
  std::swap(spec.x, spec.y);
  EXPECT_NE(message(spec, boards()).find("swap x and y"), std::string::npos);
  Dataset empty = boards();
  for (auto& row : empty.rows) row[1] = {"", {}, {}};
  EXPECT_NE(message(bars(), empty).find("no row has a number"), std::string::npos);
  Dataset many = boards();
  for (int i = 0; i < 20; ++i) many.rows.push_back({{std::to_string(i), {}, {}}, {"1", 1, {}}});
  EXPECT_NE(message(bars(), many).find("more than 20 bars"), std::string::npos);
}

TEST(Charts, BarsShowContestedValuesAsPalerTips) {
  const auto svg = to_svg(bars(), boards());
  ASSERT_TRUE(svg.ok());
  EXPECT_TRUE(well_formed(*svg));
  EXPECT_NE(svg->find("role=\"img\""), std::string::npos);
  EXPECT_NE(svg->find("<title>Memory</title>"), std::string::npos);
  EXPECT_NE(svg->find("<desc>Bar chart of Memory (GB): H200 141; B200 180–192; MI355X 288.</desc>"),
            std::string::npos);
  EXPECT_NE(svg->find("chart-tip"), std::string::npos);
  EXPECT_EQ(svg->find("style="), std::string::npos);
}

// Lengths of bars are proportional to their values: the rows, not the writer, decide.
TEST(Charts, BarsAreProportional) {
  const auto svg = to_svg(bars(), boards());
  ASSERT_TRUE(svg.ok());
  std::vector<double> widths;
  for (std::size_t at = svg->find("<rect"); at != std::string::npos;
       at = svg->find("<rect", at + 1)) {
    const std::size_t width = svg->find("width=\"", at) + 7;
    widths.push_back(std::stod(svg->substr(width)));
  }
  ASSERT_EQ(widths.size(), 4u);  // H200, B200 and its tip, MI355X
  EXPECT_NEAR(widths[0] / widths[3], 141.0 / 288.0, 1e-3);
  EXPECT_NEAR(widths[1] / widths[3], 180.0 / 288.0, 1e-3);
  EXPECT_NEAR(widths[2] / widths[3], 12.0 / 288.0, 1e-3);
}

TEST(Charts, LinesBreakAtMissingValues) {
  Dataset data;
  data.name = "shipments";
  data.columns = {{"year", "", "", ColumnType::kTime}, {"units", "", "", ColumnType::kNumber}};
  for (int year = 2020; year < 2026; ++year) {
    Datum value = {"5", 5.0 + year % 3, {}};
    if (year == 2022) value = {"", {}, {}};
    data.rows.push_back({{std::to_string(year), year * 1.0, {}}, value});
  }
  ChartSpec spec;
  spec.mark = Mark::kLine;
  spec.x = {"year", FieldType::kTemporal, ""};
  spec.y = {"units", FieldType::kQuantitative, ""};
  const auto svg = to_svg(spec, data);
  ASSERT_TRUE(svg.ok()) << svg.error().message;
  EXPECT_TRUE(well_formed(*svg));
  const std::size_t path = svg->find("d=\"M");
  ASSERT_NE(path, std::string::npos);
  const std::string d = svg->substr(path, svg->find('"', path + 3) - path);
  EXPECT_EQ(std::count(d.begin(), d.end(), 'M'), 2);
  EXPECT_EQ(std::count(d.begin(), d.end(), 'L'), 3);
}

TEST(Charts, TwinsHoldTheSameRows) {
  Dataset data = boards();
  data.rows.push_back({{"a \"b\", c", {}, {}}, {"", {}, {}}});
  EXPECT_EQ(to_csv(data),
            "board,memory_gb\r\nH200,141\r\nB200,180|192\r\nMI355X,288\r\n\"a \"\"b\"\", c\",\r\n");
  EXPECT_EQ(to_json(data),
            R"([{"board":"H200","memory_gb":141},{"board":"B200","memory_gb":"180|192"},)"
            R"({"board":"MI355X","memory_gb":288},{"board":"a \"b\", c","memory_gb":null}])");
}

TEST(ChartsProperty, AnyRowsGiveWellFormedPicturesWithoutNan) {
  std::mt19937 random(7);
  const std::vector<std::string> labels = {
      "<script>alert(1)</script>", "a&b", "\"quoted\"", "]]>", "x\x01y\xff", "日本語の長い名前です",
      std::string(300, 'w'),       "",    "' onload='", "&#0;"};
  const std::vector<double> values = {0, -1, 1e-9, 1e300, -1e300, 5, INFINITY, NAN, 42.5};
  for (int round = 0; round < 400; ++round) {
    Dataset data;
    data.columns = {{"n", labels[random() % labels.size()], "<u>", ColumnType::kText},
                    {"v", "", "", ColumnType::kNumber},
                    {"s", "", "", ColumnType::kText}};
    const std::size_t rows = 1 + random() % 12;
    for (std::size_t i = 0; i < rows; ++i) {
      Datum value{"v", values[random() % 6], {}};
      if (random() % 4 == 0) value.number.reset();
      if (value.number && random() % 3 == 0) value.alternatives = {values[random() % 6]};
      data.rows.push_back(
          {{labels[random() % labels.size()], {}, {}}, value, {labels[random() % 3], {}, {}}});
    }
    ChartSpec spec;
    spec.title = labels[random() % labels.size()];
    spec.mark = static_cast<Mark>(random() % 3);
    spec.x = {"v", FieldType::kQuantitative, ""};
    spec.y = {"n", FieldType::kNominal, labels[random() % labels.size()]};
    if (spec.mark != Mark::kBar) std::swap(spec.x, spec.y);
    if (random() % 2 == 0) spec.color = Encoding{"s", FieldType::kNominal, ""};
    if (spec.mark == Mark::kBar && random() % 2 == 0)
      spec.row = Encoding{"s", FieldType::kNominal, ""};
    const auto svg = to_svg(spec, data);
    if (!svg.ok()) {
      EXPECT_NE(svg.error().message.find("no row has a number"), std::string::npos);
      continue;
    }
    EXPECT_TRUE(well_formed(*svg)) << *svg;
    const std::size_t body = svg->find("</desc>");
    for (const char* bad : {"=\"nan", "=\"-nan", "=\"inf", "=\"-inf", "<script", "width=\"-"}) {
      EXPECT_EQ(svg->find(bad, body), std::string::npos) << bad << "\n" << *svg;
    }
  }
}

TEST(ChartsProperty, HostileSpecTextIsRefusedOrRead) {
  std::mt19937 random(11);
  const std::string good = to_json(bars());
  for (int round = 0; round < 2000; ++round) {
    std::string text = good;
    for (int edits = 0; edits < 3; ++edits) {
      text[random() % text.size()] = static_cast<char>(random() % 256);
    }
    const auto spec = parse_spec(text);
    if (spec.ok()) {
      EXPECT_TRUE(parse_spec(to_json(*spec)).ok());
    } else {
      EXPECT_FALSE(spec.error().message.empty());
    }
  }
}

}  // namespace
}  // namespace interposer::charts
