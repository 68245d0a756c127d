// Money over time: annuities, owning against renting.
#pragma once

#include "planner/units/quantity.h"

namespace interposer::planner {

// Yearly share of a sum that pays it back with interest over its life: r / (1 - (1 + r)^-n), and
// 1 / n without interest. `rate` by year, given in 1/s as every rate of the catalogue.
double annuity_by_year(PerSecond rate, Seconds life);
DollarsPerSecond annuity(Dollars sum, PerSecond rate, Seconds life);

// Hours used over all hours from which owning costs less than renting by the hour. Above 1: never.
double break_even_use(DollarsPerSecond own, DollarsPerSecond rent);

// Own `base` of a load that peaks at `peak` and takes `mean` on average (a straight duration curve
// between its peak and the lowest load that gives that mean); rent the rest when it is needed.
// Returns the cost a second of owning base + renting what is above it.
DollarsPerSecond rent_to_burst(double base, double peak, double mean, DollarsPerSecond own,
                               DollarsPerSecond rent);
// The base that makes rent_to_burst cheapest: a board is owned if it works longer than own / rent.
double best_base(double peak, double mean, DollarsPerSecond own, DollarsPerSecond rent);

}  // namespace interposer::planner
