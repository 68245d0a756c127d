// Finds the rows and values of a table that a question names, by runs of words without regard to
// spaces, hyphens and case ("Gaudi 3", "gaudi-3" and "Gaudi3" are one name).
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "assistant/tables/relation.h"
#include "assistant/text/words.h"

namespace interposer::assistant {

struct Mention {
  std::size_t first = 0, count = 0;  // words of the question
  std::vector<std::size_t> rows;     // that the name fits; several: a family ("Trainium")
  std::size_t column = 0;            // whose cells hold it
};

// Every run of words of one column's cells, compacted, and the rows that hold it.
class Aliases {
 public:
  // `names`: the column names rows (families and parts of names count); otherwise only runs that
  // begin a cell count.
  Aliases(const Relation& relation, std::size_t column, bool names);
  // Longest runs first; words already in `used` are left alone, matched ones are marked there.
  std::vector<Mention> find(const std::vector<Word>& question, std::vector<bool>& used) const;

 private:
  struct Entry {
    std::vector<std::size_t> rows;   // hold the run anywhere
    std::vector<std::size_t> heads;  // whose whole name (before a bracket) is the run
    bool leads = true;               // the run begins every one of those names
    bool identifier = false;         // it has a digit
    std::size_t words = 0;
  };
  void add(const Relation& relation, std::size_t row, bool names);
  const Entry* lookup(std::string key) const;
  std::vector<std::size_t> resolve(const Entry& entry) const;

  std::size_t column_;
  bool names_;
  std::map<std::string, Entry> entries_;
};

}  // namespace interposer::assistant
