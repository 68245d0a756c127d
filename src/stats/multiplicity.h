// Adjusted p values, in the order given. Holm for gates (any false alarm counts), Benjamini and
// Hochberg for exploration (the share of false discoveries counts).
#pragma once

#include <span>
#include <vector>

namespace interposer::stats {

std::vector<double> bonferroni(std::span<const double> p);
std::vector<double> holm(std::span<const double> p);
std::vector<double> benjamini_hochberg(
    std::span<const double> p);  // independent or positively dependent
std::vector<double> benjamini_yekutieli(std::span<const double> p);  // any dependence

}  // namespace interposer::stats
