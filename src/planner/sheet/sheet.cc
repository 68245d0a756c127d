#include "planner/sheet/sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "planner/catalogue/schema.h"
#include "stats/moments.h"

namespace interposer::planner {
namespace {

std::vector<double> ranks_of(const Number& number, std::size_t size) {
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return number.at(a) != number.at(b) ? number.at(a) < number.at(b) : a < b;
  });
  std::vector<double> ranks(size);
  for (std::size_t i = 0; i < size;) {  // ties share their mean rank
    std::size_t end = i + 1;
    while (end < size && number.at(order[end]) == number.at(order[i])) ++end;
    const double rank = static_cast<double>(i + end - 1) / 2;
    for (; i < end; ++i) ranks[order[i]] = rank;
  }
  return ranks;
}

}  // namespace

int Sheet::find(std::string_view name) const {
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    if (numbers_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

int Sheet::add(Number number) {
  assert(find(number.name) < 0 && "a sheet's numbers have names of their own");
  numbers_.push_back(std::move(number));
  return static_cast<int>(numbers_.size()) - 1;
}

int Sheet::add_claimed(std::string name, const Field* field, std::string id, Dimension dimension) {
  if (const int known = find(name); known >= 0) return known;
  Number number;
  number.name = std::move(name);
  number.dimension = dimension;
  number.origin = Origin::kClaimed;
  number.formula = field != nullptr ? field->id : id;
  number.field = field;
  if (field == nullptr) {
    number.blank = "no claim for " + id;
  } else if (field->blank()) {
    number.blank = "no plausible claim for " + field->id;
  } else {
    assert(field->dimension == dimension && "the schema holds fields to their kind of unit");
    number.draws = draw_field(*field, size_, seed_);
    const double first = number.draws[0];
    if (std::all_of(number.draws.begin(), number.draws.end(),
                    [&](double value) { return value == first; })) {
      number.draws.assign(1, first);
    }
  }
  const std::string& path = number.formula;
  const FieldRule* rule =
      field_rule(path.substr(0, path.find('/')), path.substr(path.rfind('/') + 1));
  if (rule != nullptr) number.what = std::string(rule->meaning);
  return add(std::move(number));
}

int Sheet::add_given(std::string name, std::string what, double value, Dimension dimension) {
  Number number;
  number.name = std::move(name);
  number.what = std::move(what);
  number.dimension = dimension;
  number.draws.assign(1, value);
  return add(std::move(number));
}

int Sheet::add_modelled(std::string name, std::string what, std::string model,
                        std::vector<double> draws, Dimension dimension) {
  assert((draws.size() == size_ || draws.size() == 1) &&
         "a model gives as many draws as the sheet");
  Number number;
  number.name = std::move(name);
  number.what = std::move(what);
  number.formula = std::move(model);
  number.dimension = dimension;
  number.origin = Origin::kFormula;
  number.draws = std::move(draws);
  return add(std::move(number));
}

int Sheet::add_between(std::string name, std::string what, std::string why, double low, double high,
                       Dimension dimension) {
  Number number;
  number.name = std::move(name);
  number.what = std::move(what);
  number.formula = std::move(why);
  number.dimension = dimension;
  number.origin = Origin::kBounded;
  number.draws = stratified(number.name, seed_, size_);
  for (double& value : number.draws) value = low + (high - low) * value;
  return add(std::move(number));
}

int Sheet::add_blank(std::string name, std::string what, std::string why, Dimension dimension) {
  Number number;
  number.name = std::move(name);
  number.what = std::move(what);
  number.dimension = dimension;
  number.blank = std::move(why);
  return add(std::move(number));
}

int Sheet::add_formula(std::string name, std::string what, std::string text, Dimension dimension,
                       std::vector<int> inputs, const std::function<double(const double*)>& f) {
  Number number;
  number.name = std::move(name);
  number.what = std::move(what);
  number.formula = std::move(text);
  number.dimension = dimension;
  number.origin = Origin::kFormula;
  number.inputs = std::move(inputs);
  bool fixed = true;
  for (const int i : number.inputs) {
    const Number& input = this->number(i);
    if (!input.blank.empty() && number.blank.empty()) number.blank = input.blank;
    fixed = fixed && input.fixed();
  }
  if (number.blank.empty()) {
    number.draws.resize(fixed ? 1 : size_);
    std::vector<double> row(number.inputs.size());
    std::size_t undefined = 0;
    for (std::size_t d = 0; d < number.draws.size(); ++d) {
      for (std::size_t i = 0; i < row.size(); ++i) row[i] = this->number(number.inputs[i]).at(d);
      number.draws[d] = f(row.data());
      undefined += std::isfinite(number.draws[d]) ? 0 : 1;
    }
    if (undefined > 0) {
      number.blank = fmt::format("{} has no value in {} of {} draws", number.formula, undefined,
                                 number.draws.size());
      number.draws.clear();
    }
  }
  return add(std::move(number));
}

Range Sheet::range(int index) const {
  const Number& n = number(index);
  if (n.fixed()) return {n.draws[0], n.draws[0], n.draws[0]};
  return range_of(n.draws);
}

std::vector<Driver> Sheet::drivers(int index, std::size_t limit, double least) const {
  const Number& target = number(index);
  if (!target.blank.empty() || target.fixed()) return {};
  std::vector<char> reached(numbers_.size(), 0);
  std::vector<int> open = {index};
  std::vector<Driver> found;
  const std::vector<double> ranks = ranks_of(target, size_);
  while (!open.empty()) {
    const int at = open.back();
    open.pop_back();
    if (reached[static_cast<std::size_t>(at)]) continue;
    reached[static_cast<std::size_t>(at)] = 1;
    const Number& n = number(at);
    open.insert(open.end(), n.inputs.begin(), n.inputs.end());
    if (at == index || !n.inputs.empty() || n.fixed() || !n.blank.empty()) continue;
    const double r = stats::correlation(ranks_of(n, size_), ranks);
    if (std::isfinite(r) && r * r >= least) found.push_back({at, r * r});
  }
  std::sort(found.begin(), found.end(), [&](const Driver& a, const Driver& b) {
    return a.share != b.share ? a.share > b.share : a.index < b.index;
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace interposer::planner
