// A plan's numbers with where each comes from: a spreadsheet whose cells are distributions. A cell
// is a field of the catalogue (drawn from its claims), a number that the person gave, or a formula
// over other cells; formulas are typed by unit, so that a wrong one does not compile. A cell
// without a claim is blank, and so is what is computed from it: nothing defaults silently.
//
//   Sheet sheet;
//   auto feed = sheet.given("hall.feed", "utility feed", 2 * kMegawatt);
//   auto pue = sheet.claimed<Ratio>("hall.pue", site->field("pue"), "sites/x/pue");
//   auto it = sheet.formula("hall.it", "power for IT", "feed / pue",
//                           [](Watts f, Ratio p) { return f / p; }, feed, pue);
//
// Not thread-safe while it is filled; the same calls give the same bits on any machine and with any
// number of threads around it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "planner/catalogue/catalogue.h"
#include "planner/sheet/draws.h"
#include "planner/units/quantity.h"

namespace interposer::planner {

namespace sheet_detail {
template <Dimension D>
Quantity<D> as_quantity(Quantity<D> q) {
  return q;
}
inline Ratio as_quantity(double value) { return Ratio(value); }
template <class... Q, class F, std::size_t... I>
double apply(const F& f, const double* v, std::index_sequence<I...>) {
  return as_quantity(f(Q(v[I])...)).base();
}
}  // namespace sheet_detail

template <class Q>
struct Cell {  // a typed handle
  int index = -1;
};

enum class Origin : std::uint8_t { kClaimed, kGiven, kBounded, kFormula };

struct Number {
  std::string name;     // "hall.it"
  std::string what;     // for people: "power for IT"
  std::string formula;  // "feed / pue"; of a claimed one the id of its field
  Dimension dimension;
  Origin origin = Origin::kGiven;
  std::vector<int> inputs;
  const Field* field = nullptr;  // of a claimed one
  std::string blank;             // why there is no value; empty: there is one
  std::vector<double> draws;     // base units; one value where it is the same in every draw
  bool fixed() const { return draws.size() == 1; }
  double at(std::size_t d) const { return draws.size() == 1 ? draws[0] : draws[d]; }
};

struct Driver {
  int index = -1;    // a claimed number
  double share = 0;  // squared rank correlation: how much of the spread goes with it, 0 to 1
};

class Sheet {
 public:
  explicit Sheet(std::size_t draws = kDrawsDefault, std::uint64_t seed = 1)
      : size_(draws), seed_(seed) {}

  // `field` null or blank: a blank cell that says so. `id` names what was looked for. A field of
  // another kind of unit than Q is a bug of the caller (the schema holds the data to it).
  template <class Q>
  Cell<Q> claimed(std::string name, const Field* field, std::string id) {
    return {add_claimed(std::move(name), field, std::move(id), Q::kDimension)};
  }
  template <class Q>
  Cell<Q> given(std::string name, std::string what, const Q& value) {
    return {add_given(std::move(name), std::move(what), value.base(), Q::kDimension)};
  }
  // Draws that another model made (a predicted step time); must have size() values.
  template <class Q>
  Cell<Q> modelled(std::string name, std::string what, std::string model,
                   std::vector<double> draws) {
    return {add_modelled(std::move(name), std::move(what), std::move(model), std::move(draws),
                         Q::kDimension)};
  }
  template <class F, class... Q>
  auto formula(std::string name, std::string what, std::string text, F f, Cell<Q>... inputs)
      -> Cell<decltype(sheet_detail::as_quantity(f(Q{}...)))> {
    using Out = decltype(sheet_detail::as_quantity(f(Q{}...)));
    return {add_formula(std::move(name), std::move(what), std::move(text), Out::kDimension,
                        {inputs.index...}, [f](const double* v) {
                          return sheet_detail::apply<Q...>(f, v, std::index_sequence_for<Q...>{});
                        })};
  }
  // Not claimed by anybody but bounded: anywhere between the two ends, and said so.
  template <class Q>
  Cell<Q> between(std::string name, std::string what, std::string why, const Q& low,
                  const Q& high) {
    return {add_between(std::move(name), std::move(what), std::move(why), low.base(), high.base(),
                        Q::kDimension)};
  }
  // A blank cell: what is not known, and why.
  template <class Q>
  Cell<Q> blank(std::string name, std::string what, std::string why) {
    return {add_blank(std::move(name), std::move(what), std::move(why), Q::kDimension)};
  }

  std::size_t size() const { return size_; }  // draws
  const std::vector<Number>& numbers() const { return numbers_; }
  const Number& number(int index) const { return numbers_[static_cast<std::size_t>(index)]; }
  template <class Q>
  const Number& operator[](Cell<Q> cell) const {
    return number(cell.index);
  }
  int find(std::string_view name) const;  // -1: none

  // Quantiles of a number that is not blank.
  Range range(int index) const;
  template <class Q>
  Range range(Cell<Q> cell) const {
    return range(cell.index);
  }
  // The claimed numbers behind it, those that move it most first; shares under `least` left out.
  std::vector<Driver> drivers(int index, std::size_t limit = 3, double least = 0.02) const;

 private:
  int add(Number number);
  int add_claimed(std::string name, const Field* field, std::string id, Dimension dimension);
  int add_given(std::string name, std::string what, double value, Dimension dimension);
  int add_modelled(std::string name, std::string what, std::string model, std::vector<double> draws,
                   Dimension dimension);
  int add_between(std::string name, std::string what, std::string why, double low, double high,
                  Dimension dimension);
  int add_blank(std::string name, std::string what, std::string why, Dimension dimension);
  int add_formula(std::string name, std::string what, std::string text, Dimension dimension,
                  std::vector<int> inputs, const std::function<double(const double*)>& f);

  std::size_t size_;
  std::uint64_t seed_;
  std::vector<Number> numbers_;
};

}  // namespace interposer::planner
