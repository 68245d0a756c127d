#include <gtest/gtest.h>

#include "assistant/tables/table_answer.h"
#include "assistant/testing/csv.h"

namespace interposer::assistant {
namespace {

// Rows like those of the sample base, and traps: families, brackets, blanks, contested cells.
constexpr const char* kBoards =
    "board,maker,class,memory_gb,memory_type,bandwidth_tb_s,fp8_tflops,power_w,scale_up_domain,"
    "scale_up_gb_s,mlperf51_llama2_70b_tok_s,mlperf51_llama31_8b_tok_s,note\n"
    "H100 SXM,NVIDIA,GPU,80,HBM3,3.35,1979,700,8,450,3902,5777,die of 814\n"
    "H200 SXM,NVIDIA,GPU,141,HBM3e,4.8,1979,700,8,450,4415,8255,\n"
    "B200 SXM,NVIDIA,GPU,180|192,,7.7|8,4500,1000,8,900,12864,18370,\"192 on the package, 180 "
    "usable\"\n"
    "GB200 NVL72,NVIDIA,GPU,186|192,,8,5000,1200,72,900,13015,,\n"
    "Rubin (VR NVL72),NVIDIA,GPU,288,HBM4,22|13,,1800,72,1800,,,\n"
    "Rubin CPX,NVIDIA,GPU,,,,,,,,,,\n"
    "MI300X,AMD,GPU,192,HBM3,5.3,2615,750,8,448,3482,,\n"
    "MI325X,AMD,GPU,256,HBM3e,6,2615,,8,448,4319,,\n"
    "MI355X,AMD,GPU,288,HBM3e,8,5033,1400,8,576,,,\n"
    "Maia 200,Microsoft,custom ASIC,216,HBM3e,7,5072,750,6144,1400,,,\n"
    "Trainium2,AWS,custom ASIC,103.1,,2.9,1299,500,,1280,,,\n"
    "Trainium3,AWS,custom ASIC,154.6,HBM3e,4.9,2517,1000,64|144,2560,,,\n"
    "MTIA 300,Meta,custom ASIC,216,,6.1,1200,800,,,,,\n"
    "MTIA 400,Meta,custom ASIC,288,,9.2,6000,1200,72,,,,\n"
    "Gaudi 3,Intel,custom ASIC,128,HBM2e,3.67,1835|1856,600,,,,,\n"
    "SN40L,SambaNova,custom ASIC,,,,,,,,,,\n";

std::vector<Relation> relations() {
  std::vector<Relation> out;
  auto relation = make_relation(testing::csv_table("handbook/boards.csv", kBoards));
  if (relation) out.push_back(*std::move(relation));
  return out;
}

Result<TableAnswer> ask(std::string_view question) {
  static const std::vector<Relation> tables = relations();
  const auto choice = choose_table(question, tables);
  if (!choice) return make_error(Code::kNotFound, "not a question about a table");
  return answer_from_table(*choice);
}

std::string cells(const AnswerTable& table) {
  std::string out;
  for (const auto& row : table.rows) {
    for (const TableCell& cell : row) {
      out += cell.text;
      for (const std::string& other : cell.alternatives) out += "/" + other;
      out += ' ';
    }
    out += "; ";
  }
  return out;
}

TEST(TableAnswer, ComparesNamedRowsAndColumns) {
  const auto answer = ask("Compare the HBM capacity and bandwidth of H200, B200 and MI355X");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(cells(answer->table), "H200 SXM 141 4.8 ; B200 SXM 180/192 7.7/8 ; MI355X 288 8 ; ");
  EXPECT_EQ(
      answer->sentences[0].text,
      "H200 SXM: 141 GB memory and 4.8 TB/s bandwidth; B200 SXM: 180 or 192 GB memory and 7.7 "
      "or 8 TB/s bandwidth; MI355X: 288 GB memory and 8 TB/s bandwidth.");
  ASSERT_EQ(answer->table.contested.size(), 1u);
  EXPECT_NE(answer->table.contested[0].find("Sources disagree on the B200 SXM"), std::string::npos);
  ASSERT_TRUE(answer->chart.has_value());
  EXPECT_NE(answer->chart->svg.find("180\u2013192"), std::string::npos);
  EXPECT_EQ(
      answer->table.query,
      "SELECT \"board\", \"memory_gb\", \"bandwidth_tb_s\" FROM \"boards\" WHERE \"board\" IN "
      "('H200 SXM', 'B200 SXM', 'MI355X') ORDER BY CASE \"board\" WHEN 'H200 SXM' THEN 1 WHEN "
      "'B200 SXM' THEN 2 WHEN 'MI355X' THEN 3 END");
}

TEST(TableAnswer, EveryFigureCitesItsCellVerbatim) {
  const std::string_view text = kBoards;
  for (const char* question :
       {"Compare the HBM capacity and bandwidth of H200, B200 and MI355X",
        "Which board has the most memory?", "Which AMD boards have more than 200 GB?"}) {
    const auto answer = ask(question);
    ASSERT_TRUE(answer.ok()) << question;
    for (const auto& row : answer->table.rows) {
      for (const TableCell& cell : row) {
        if (cell.text.empty()) continue;
        ASSERT_EQ(cell.citations.size(), 1u);
        const auto& citation =
            answer->citations.all()[static_cast<std::size_t>(cell.citations[0]) - 1];
        EXPECT_EQ(citation.quote,
                  text.substr(static_cast<std::size_t>(citation.start),
                              static_cast<std::size_t>(citation.end - citation.start)));
      }
    }
  }
}

struct Expectation {
  const char* question;
  const char* cells;
};

TEST(TableAnswer, AnswersWhatTheTableHolds) {
  const std::vector<Expectation> cases = {
      {"Compare the memory and bandwidth of the H100, MI300X and Gaudi 3",
       "H100 SXM 80 3.35 ; MI300X 192 5.3 ; Gaudi 3 128 3.67 ; "},
      {"Which has more memory, Rubin or H200?", "Rubin (VR NVL72) 288 ; H200 SXM 141 ; "},
      {"Show dense FP8 peak for MI355X, B200 and Maia 200 side by side",
       "MI355X 5,033 ; B200 SXM 4,500 ; Maia 200 5,072 ; "},
      {"Power draw of MTIA 300 and MTIA 400", "MTIA 300 800 ; MTIA 400 1,200 ; "},
      {"bandwidth: Trainium2 vs Trainium 3 vs gaudi-3",
       "Trainium2 2.9 ; Trainium3 4.9 ; Gaudi 3 3.67 ; "},
      {"How do H100, B200 and MI325X rank in MLPerf 5.1 Llama 2 70B throughput?",
       "B200 SXM 12,864 ; MI325X 4,319 ; H100 SXM 3,902 ; "},
      {"Which board has the highest bandwidth?", "Rubin (VR NVL72) 22/13 ; "},
      {"What are the top 3 boards by memory?",
       "Rubin (VR NVL72) 288 ; MI355X 288 ; MTIA 400 288 ; "},
      {"Which GPU draws the least power?", "H100 SXM 700 ; "},
      {"Which AMD boards have more than 200 GB?", "MI325X 256 ; MI355X 288 ; "},
      {"List the memory of the Meta boards", "MTIA 300 216 ; MTIA 400 288 ; "},
      {"Which boards need over 1 kW?",
       "GB200 NVL72 1,200 ; Rubin (VR NVL72) 1,800 ; MI355X 1,400 ; MTIA 400 1,200 ; "},
      {"Scale-up domain of H200 and Maia 200", "H200 SXM 8 ; Maia 200 6,144 ; "},
      {"How much memory does the H200 have?", "H200 SXM 141 ; "},
  };
  for (const Expectation& c : cases) {
    const auto answer = ask(c.question);
    ASSERT_TRUE(answer.ok()) << c.question;
    EXPECT_EQ(cells(answer->table), c.cells) << c.question;
  }
}

TEST(TableAnswer, LeavesOtherQuestionsAlone) {
  for (const char* question :
       {"Which suppliers make HBM, and how much of it does an H200 carry?",
        "What is the list price of a Maia 200 board?",
        "What power draw did an auditor measure for the H200?",
        "How many GPUs did Meta buy in 2025?", "Who leads the HBM market?",
        "Why does bandwidth set the pace of decoding?", "What is the capital of Mongolia?",
        "How do I make a sourdough starter?",
        "How many megawatts does Meta's largest data centre draw?",
        "Compare the price of H200 and B200", "How much memory will NVIDIA's Feynman GPU carry?",
        "What did eight MI355X achieve on Llama 2 70B in the latest MLPerf round?",
        "How many watts does one GPU in a GB200 rack need?", "memory", "H200", ""}) {
    EXPECT_FALSE(ask(question).ok()) << question;
  }
}

// Of two tables that hold the rows, the one with the column that is asked for.
TEST(TableAnswer, TakesTheTableThatHasTheColumn) {
  std::vector<Relation> tables = relations();
  const auto prices = make_relation(testing::csv_table(
      "b/prices.csv", "gpu,own,rented\nH200,1.4,1.7\nB200,2,2.3\nMI355X,1.5,1.9\n"));
  ASSERT_TRUE(prices.has_value());
  tables.push_back(*prices);
  const auto memory = choose_table("Compare H200's memory with B200 and MI355X.", tables);
  ASSERT_TRUE(memory.has_value());
  EXPECT_EQ(memory->relation->document, "handbook/boards.csv");
  const auto rented = choose_table("Compare H200 and B200 rented", tables);
  ASSERT_TRUE(rented.has_value());
  EXPECT_EQ(rented->relation->document, "b/prices.csv");
  const auto prices_only = std::vector<Relation>{*prices};
  EXPECT_FALSE(choose_table("Compare the weight of H200 and B200", prices_only).has_value());
  EXPECT_TRUE(choose_table("Compare H200 and B200", prices_only).has_value());
}

TEST(TableAnswer, RefusesBlankCellsAndNamesWhatIsNotThere) {
  const auto blank = ask("What is the power consumption of the SN40L?");
  ASSERT_TRUE(blank.ok());
  EXPECT_TRUE(blank->refused);
  EXPECT_EQ(blank->reason, "No source in the base gives the power of SN40L.");
  const auto half = ask("Compare the power of MI325X and MI355X");
  ASSERT_TRUE(half.ok());
  EXPECT_FALSE(half->refused);
  EXPECT_EQ(half->sentences.back().text, "No source in the base gives the power of MI325X.");
  EXPECT_EQ(cells(half->table), "MI325X  ; MI355X 1,400 ; ");
  const auto unknown = ask("Compare the memory of H200 and MI999X");
  ASSERT_TRUE(unknown.ok());
  EXPECT_EQ(unknown->sentences.back().text, "MI999X is not in boards.csv.");
}

TEST(TableAnswer, CountsAndAverages) {
  const auto count = ask("How many AMD boards are there with more than 200 GB?");
  ASSERT_TRUE(count.ok());
  EXPECT_EQ(count->sentences[0].text, "2 of the 16 rows of boards.csv fit.");
  const auto average = ask("What is the average memory of the AMD boards?");
  ASSERT_TRUE(average.ok());
  EXPECT_EQ(average->sentences[0].text,
            "The average memory of 3 rows with a figure is 245.3333 GB.");
  EXPECT_EQ(average->table.query,
            "SELECT avg(\"memory_gb\") FROM \"boards\" WHERE \"maker\" IN ('AMD')");
}

// Sharp test 14 of retrieval.md: the SQL sum is the known total, whatever the cells look like.
TEST(TableAnswer, SumsAreTheKnownTotal) {
  const std::string csv =
      "city,Profit (MUSD)\nAtown,\"1,200\"\nBtown,(200)\nCtown,\nDtown,50.5\nEtown,-\n";
  const auto relation = make_relation(testing::csv_table("b/profits.csv", csv));
  ASSERT_TRUE(relation.has_value());
  const std::vector<Relation> tables = {*relation};
  const auto choice = choose_table("What is the total profit of all cities?", tables);
  ASSERT_TRUE(choice.has_value());
  const auto answer = answer_from_table(*choice);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->sentences[0].text,
            "The total profit of 3 rows with a figure is 1,050.5 million USD.");
}

TEST(TableAnswer, ReadsAUnitRowAndDrawsLinesOverTime) {
  const std::string csv = "year,output,price\n,GW,USD\n2023,1.5,10\n2024,2.5,\n2025,4,12\n";
  const auto relation = make_relation(testing::csv_table("b/grid.csv", csv));
  ASSERT_TRUE(relation.has_value());
  EXPECT_EQ(relation->columns[1].unit, "GW");
  EXPECT_EQ(relation->rows.size(), 3u);
  const std::vector<Relation> tables = {*relation};
  const auto choice = choose_table("List the output by year", tables);
  ASSERT_TRUE(choice.has_value());
  const auto answer = answer_from_table(*choice);
  ASSERT_TRUE(answer.ok());
  ASSERT_TRUE(answer->chart.has_value());
  EXPECT_NE(answer->chart->svg.find("chart-line"), std::string::npos);
}

TEST(TableAnswer, HostileNamesStayData) {
  const std::string csv =
      "name'); DROP TABLE x; --,size_gb\nA1' OR 1=1 --,5\n\"B2 <script>\",7\nC3,\n";
  const auto relation = make_relation(testing::csv_table("b/x'y\".csv", csv));
  ASSERT_TRUE(relation.has_value());
  const std::vector<Relation> tables = {*relation};
  const auto choice = choose_table("Compare the size of A1 and B2", tables);
  ASSERT_TRUE(choice.has_value());
  const auto answer = answer_from_table(*choice);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->table.rows.size(), 2u);
  ASSERT_TRUE(answer->chart.has_value());
  EXPECT_EQ(answer->chart->svg.find("<script"), std::string::npos);
}

TEST(TableAnswer, MarkdownTwinKeepsOneLineARow) {
  AnswerTable table;
  table.columns = {{"a|b", "", false}, {"c", "GB", true}};
  table.rows = {{{"x\ny|z", {}, {}, {1}}, {"180", 180, {"192"}, {2}}}};
  EXPECT_EQ(to_markdown(table),
            "| a\\|b | c (GB) |\n| --- | ---: |\n| x y\\|z [1] | 180 or 192 [2] |\n");
}

}  // namespace
}  // namespace interposer::assistant
