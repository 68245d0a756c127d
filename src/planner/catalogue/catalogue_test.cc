#include "planner/catalogue/catalogue.h"

#include <gtest/gtest.h>

#include <set>

#include "planner/catalogue/sanity.h"
#include "planner/catalogue/schema.h"

namespace interposer::planner {
namespace {

constexpr std::string_view kSources =
    "sources:\n  lab: {title: \"Lab book\", publisher: \"us\"}\n"
    "  other: {title: \"Other\", publisher: \"them\"}\n";

std::string claim(const std::string& value_unit, const std::string& rest = "") {
  return "{" + value_unit + rest +
         ", source: lab, date: 2026-01-02, locator: \"page 3\", kind: press, confidence: B}";
}

std::string board(const std::string& fields) {
  return "cards:\n  b:\n    title: \"Board\"\n    fields:\n" + fields;
}

Result<Catalogue> parse_board(const std::string& text) {
  const TextFile files[] = {{"sources/sources.yaml", kSources}, {"boards/b.yaml", text}};
  return Catalogue::parse(files);
}

std::string error_of(const std::string& text) {
  auto made = parse_board(text);
  return made.ok() ? "" : made.error().to_string();
}

TEST(Catalogue, ReadsAClaimIntoBaseUnits) {
  auto made =
      parse_board(board("      memory:\n        - " + claim("value: 80, unit: GiB") + "\n"));
  ASSERT_TRUE(made) << made.error().to_string();
  const Field* memory = made->field("boards/b/memory");
  ASSERT_NE(memory, nullptr);
  ASSERT_EQ(memory->claims.size(), 1u);
  EXPECT_DOUBLE_EQ(memory->claims[0].low, 80 * 1073741824.0);
  EXPECT_EQ(memory->claims[0].from.locator, "page 3");
  EXPECT_EQ(memory->claims[0].where, "boards/b.yaml:6");
  EXPECT_EQ(made->field("boards/b/bandwidth"), nullptr);  // blank stays blank
}

TEST(Catalogue, ErrorsNameFileLineAndRemedy) {
  struct Case {
    std::string fields;
    std::vector<std::string> parts;
  };
  const Case cases[] = {
      {"      memory:\n        - " + claim("value: 80"), {"boards/b.yaml:6", "unit is missing"}},
      {"      memory:\n        - " + claim("value: 80, unit: GB/s"),
       {"boards/b.yaml:6", "byte/second", "byte"}},
      {"      memory:\n        - " + claim("value: 80, unit: Gbyte"), {"boards/b.yaml:6", "Gbyte"}},
      {"      memry:\n        - " + claim("value: 80, unit: GB"), {"boards/b.yaml:5", "memory"}},
      {"      memory: []\n", {"boards/b.yaml:5", "no claims"}},
      {"      memory:\n        - {value: 1, unit: GB, source: lab, kind: press, confidence: A, "
       "locator: x}\n",
       {"boards/b.yaml:6", "'date' and 'seen'"}},
      {"      memory:\n        - {value: 1, unit: GB, source: lab, date: 2026, kind: press, "
       "confidence: A}\n",
       {"boards/b.yaml:6", "locator"}},
      {"      memory:\n        - {value: 1, unit: GB, source: nobody, date: 2026, kind: press, "
       "confidence: A, locator: x}\n",
       {"boards/b.yaml:6", "no source 'nobody'"}},
      {"      memory:\n        - {value: 1, unit: GB, source: lab, date: 26-1-2, kind: press, "
       "confidence: A, locator: x}\n",
       {"boards/b.yaml:6", "no date"}},
      {"      fp8:\n        - " + claim("value: 1, unit: TFLOPS"), {"boards/b.yaml:6", "density"}},
      {"      memory:\n        - " + claim("value: [2, 1], unit: GB"), {"boards/b.yaml:6", "low"}},
      {"      memory:\n        - " + claim("value: .inf, unit: GB"), {"boards/b.yaml:6"}},
      {"      memory:\n        claims:\n          - " + claim("value: 1, unit: GB") +
           "\n          - " + claim("value: 2, unit: GB"),
       {"boards/b.yaml:5", "why"}},
      {"      memory:\n        use: 3\n        claims:\n          - " + claim("value: 1, unit: GB"),
       {"boards/b.yaml:6", "no claim 3"}},
      {"      memory:\n        - " + claim("value: 1, unit: GB", ", valeu: 2"), {"valeu", "value"}},
  };
  for (const Case& one : cases) {
    const std::string told = error_of(board(one.fields));
    for (const std::string& part : one.parts) {
      EXPECT_NE(told.find(part), std::string::npos) << one.fields << "\n-> " << told;
    }
  }
}

TEST(Catalogue, ContestedValuesStandSideBySide) {
  auto made = parse_board(board(
      "      memory:\n        use: 1\n        why: \"usable\"\n"
      "        claims:\n          - " +
      claim("value: 192, unit: GB") + "\n          - " + claim("value: 180, unit: GB") + "\n"));
  ASSERT_TRUE(made) << made.error().to_string();
  const Field* memory = made->field("boards/b/memory");
  EXPECT_EQ(memory->claims.size(), 2u);
  EXPECT_EQ(memory->used, std::vector<std::size_t>{1});
}

TEST(Catalogue, UnknownNamesGetTheNearest) {
  auto builtin = Catalogue::builtin();
  ASSERT_TRUE(builtin) << builtin.error().to_string();
  auto none = (*builtin)->get("boards", "h10_sxm");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().remedy.find("h100_sxm"), std::string::npos) << none.error().remedy;
  EXPECT_EQ((*(*builtin)->get("boards", "Nvidia H100 GPU"))->id, "h100_sxm");
}

// Issue: "Every number in data/ has a source, date and locator, enforced by a test".
TEST(Catalogue, EveryNumberHasASourceADateAndALocator) {
  auto builtin = Catalogue::builtin();
  ASSERT_TRUE(builtin) << builtin.error().to_string();
  const Catalogue& all = **builtin;
  std::size_t numbers = 0;
  const auto check = [&](const Field& field) {
    for (const Claim& claim : field.claims) {
      ++numbers;
      const Source* source = all.source(claim.from.source);
      ASSERT_NE(source, nullptr) << claim.where;
      EXPECT_FALSE(source->publisher.empty()) << claim.where;
      EXPECT_EQ(source->title.find("infrastructure.md"), std::string::npos) << claim.where;
      EXPECT_EQ(claim.from.source.find("infrastructure"), std::string::npos) << claim.where;
      EXPECT_GE(claim.from.date.size(), 4u) << claim.where;
      EXPECT_GE(claim.from.locator.size(), 5u) << claim.where;
    }
    if (field.claims.size() > 1) {
      EXPECT_FALSE(field.why.empty()) << field.id;
    }
  };
  for (const std::string_view folder : catalogue_folders()) {
    for (const Card* card : all.cards(folder)) {
      for (const Field& field : card->fields) check(field);
      for (const Field& field : card->results) check(field);
      for (const Fact& fact : card->facts) EXPECT_GE(fact.from.locator.size(), 4u) << fact.where;
    }
  }
  for (const Link& link : all.links()) {
    EXPECT_GE(link.stated.locator.size(), 4u) << link.where;
    if (link.share) check(*link.share);
  }
  EXPECT_GT(numbers, 250u);
}

TEST(Catalogue, HoldsEveryBoardOfTheTable) {
  auto builtin = Catalogue::builtin();
  ASSERT_TRUE(builtin);
  const char* boards[] = {
      "h100_sxm",    "h200_sxm",  "b200_sxm",     "b300_sxm",    "gb200_nvl72",   "gb300_nvl72",
      "rubin_nvl72", "rubin_cpx", "groq_lpu",     "groq3_lpx",   "cerebras_wse3", "etched_sohu",
      "taalas_hc1",  "mi300x",    "mi325x",       "mi355x",      "mi455x",        "tpu_v6e",
      "tpu7x",       "tpu_8i",    "tpu_8t",       "inferentia2", "trainium2",     "trainium3",
      "maia100",     "maia200",   "mtia300",      "mtia400",     "mtia450",       "mtia500",
      "gaudi3",      "sn40l",     "rtx_pro_6000", "l40s",        "arc_pro_b60"};
  const std::set<std::string> words = {"buyable", "rentable", "API-only",
                                       "API",     "captive",  "announced"};
  for (const char* id : boards) {
    const Card* card = (*builtin)->find("boards", id);
    ASSERT_NE(card, nullptr) << id;
    const Fact* access = card->fact("access");
    ASSERT_NE(access, nullptr) << id;
    const std::string first = access->text.substr(0, access->text.find_first_of(",:"));
    EXPECT_TRUE(words.contains(first) || first == "withdrawn") << id << ": " << access->text;
  }
}

// Sharp test 14, first half: lies are flagged and not drawn from.
TEST(Catalogue, Sharp14LiesAreFlagged) {
  auto made = parse_board(
      board("      power:\n        - " + claim("value: 1200, unit: W") +
            "\n      rack_boards:\n        - " + claim("value: 72, unit: \"1\"") +
            "\n      rack_power:\n        why: \"two sources\"\n        claims:\n          - " +
            claim("value: 132, unit: kW") + "\n          - " + claim("value: 2.4, unit: MW") +
            "\n      memory:\n        - " + claim("value: 288, unit: GB") +
            "\n      bandwidth:\n        why: \"two sources\"\n        claims:\n          - " +
            claim("value: 22, unit: TB/s") + "\n          - " + claim("value: 3.0, unit: TB/s") +
            "\n      fp8:\n        why: \"two sources\"\n        claims:\n          - " +
            claim("value: 1979, unit: TFLOPS", ", density: dense") + "\n          - " +
            claim("value: 3958, unit: TFLOPS", ", density: dense") + "\n"));
  ASSERT_TRUE(made) << made.error().to_string();
  for (const char* name : {"rack_power", "bandwidth", "fp8"}) {
    const Field* field = made->field(std::string("boards/b/") + name);
    EXPECT_TRUE(field->claims[0].flags.empty()) << name;
    EXPECT_EQ(field->claims[1].flags.size(), 1u) << name;
    EXPECT_EQ(field->used, std::vector<std::size_t>{0}) << name;
  }
  EXPECT_EQ(flags_of(*made).size(), 3u);
}

TEST(Catalogue, Sharp14AGpusSparsePeakAloneIsFlaggedToo) {
  const TextFile files[] = {
      {"sources/sources.yaml", kSources},
      {"boards/b.yaml",
       "cards:\n  b:\n    title: B\n    tags: {class: gpu}\n    fields:\n      bf16:\n        - "
       "{value: 989, unit: TFLOPS, density: dense, source: lab, date: 2026, locator: \"p. 1\", "
       "kind: press, confidence: A}\n      fp8:\n        - {value: 3958, unit: TFLOPS, density: "
       "dense, source: lab, date: 2026, locator: \"p. 1\", kind: press, confidence: A}\n"}};
  auto made = Catalogue::parse(files);
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_TRUE(made->field("boards/b/fp8")->blank());
  EXPECT_FALSE(made->field("boards/b/bf16")->blank());
}

TEST(Catalogue, TheOnlyFlagsInTheCatalogueAreTheLiesItKeepsOnPurpose) {
  auto builtin = Catalogue::builtin();
  ASSERT_TRUE(builtin);
  std::set<std::string> flagged;
  for (const Flag& flag : flags_of(**builtin)) flagged.insert(flag.field);
  EXPECT_EQ(flagged, std::set<std::string>{"boards/gb200_nvl72/rack_power"});
  for (const Card* card : (*builtin)->cards("boards")) {
    for (const Field& field : card->fields) EXPECT_FALSE(field.blank()) << field.id;
  }
}

}  // namespace
}  // namespace interposer::planner
