// What a question asks of a table: rows, columns, filters, order. Found by names, without a model;
// precision before reach: a question that does not clearly speak of the table is none of ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assistant/tables/lexicon.h"
#include "assistant/tables/relation.h"

namespace interposer::assistant {

inline constexpr std::size_t kRowsShownMax = 20;

struct WordFilter {  // cells of this column that hold the words
  std::size_t column = 0;
  std::vector<std::string> values;  // the cells' texts
};
struct NumberFilter {
  std::size_t column = 0;
  int direction = 1;  // +1: more than; -1: less than
  bool or_equal = false;
  double value = 0;  // in the column's unit
};

struct Reading {
  Intent intent = Intent::kNone;
  std::vector<std::size_t> rows;     // named ones, in the question's order
  std::vector<std::size_t> columns;  // asked for
  std::vector<WordFilter> words;
  std::vector<NumberFilter> numbers;
  int order = 0;  // +1: greatest of columns[0] first; -1: least first; 0: as named
  std::size_t limit = kRowsShownMax;
  std::vector<std::string> unknown;  // names beside known ones that the table lacks
  double fit = 0;                    // for the choice among tables; higher is better
};

std::optional<Reading> read_question(std::string_view question, const Relation& relation);

}  // namespace interposer::assistant
