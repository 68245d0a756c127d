// Quantities whose unit is part of their type: watts cannot be added to joules, and what has been
// multiplied or divided has the unit that it must have. Stored in base units: byte, operation
// (FLOP), second, joule, US dollar, metre, kelvin, kilogram, kilogram of CO2 equivalent, token.
// Boards, dies, wafers and racks are counts: plain ratios. Joule and kilogram are kept apart (no
// formula of the planner accelerates a mass).
#pragma once

#include <compare>
#include <cstdint>

namespace interposer::planner {

struct Dimension {  // exponents of the base units
  std::int8_t byte = 0, flop = 0, second = 0, joule = 0, dollar = 0;
  std::int8_t metre = 0, kelvin = 0, kilogram = 0, co2 = 0, token = 0;
  friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
};

constexpr std::int8_t dimension_sum(int a, int b) { return static_cast<std::int8_t>(a + b); }

// a * b^sign
constexpr Dimension combine(const Dimension& a, const Dimension& b, int sign) {
  return {dimension_sum(a.byte, sign * b.byte),     dimension_sum(a.flop, sign * b.flop),
          dimension_sum(a.second, sign * b.second), dimension_sum(a.joule, sign * b.joule),
          dimension_sum(a.dollar, sign * b.dollar), dimension_sum(a.metre, sign * b.metre),
          dimension_sum(a.kelvin, sign * b.kelvin), dimension_sum(a.kilogram, sign * b.kilogram),
          dimension_sum(a.co2, sign * b.co2),       dimension_sum(a.token, sign * b.token)};
}

template <Dimension D>
class Quantity {
 public:
  static constexpr Dimension kDimension = D;
  static constexpr bool kPlain = D == Dimension{};

  constexpr Quantity() = default;
  constexpr explicit(!kPlain) Quantity(double base) : base_(base) {}
  constexpr operator double() const  // NOLINT: a ratio is a number
    requires(kPlain)
  {
    return base_;
  }

  constexpr double base() const { return base_; }                                 // in base units
  constexpr double in(const Quantity& unit) const { return base_ / unit.base_; }  // power.in(kWatt)

  constexpr Quantity& operator+=(const Quantity& other) {
    base_ += other.base_;
    return *this;
  }
  // A ratio takes part in arithmetic as the double that it is, so none of these are for it.
  friend constexpr Quantity operator+(const Quantity& a, const Quantity& b)
    requires(!kPlain)
  {
    return Quantity(a.base_ + b.base_);
  }
  friend constexpr Quantity operator-(const Quantity& a, const Quantity& b)
    requires(!kPlain)
  {
    return Quantity(a.base_ - b.base_);
  }
  friend constexpr Quantity operator*(const Quantity& a, double k)
    requires(!kPlain)
  {
    return Quantity(a.base_ * k);
  }
  friend constexpr Quantity operator*(double k, const Quantity& a)
    requires(!kPlain)
  {
    return Quantity(k * a.base_);
  }
  friend constexpr Quantity operator/(const Quantity& a, double k)
    requires(!kPlain)
  {
    return Quantity(a.base_ / k);
  }
  friend constexpr auto operator<=>(const Quantity& a, const Quantity& b)
    requires(!kPlain)
  {
    return a.base_ <=> b.base_;
  }
  friend constexpr bool operator==(const Quantity& a, const Quantity& b)
    requires(!kPlain)
  {
    return a.base_ == b.base_;
  }

 private:
  double base_ = 0;
};

template <Dimension A, Dimension B>
  requires(A != Dimension{} && B != Dimension{})
constexpr auto operator*(const Quantity<A>& a, const Quantity<B>& b) {
  return Quantity<combine(A, B, 1)>(a.base() * b.base());
}
template <Dimension A, Dimension B>
  requires(B != Dimension{})
constexpr auto operator/(const Quantity<A>& a, const Quantity<B>& b) {
  return Quantity<combine(A, B, -1)>(a.base() / b.base());
}
template <Dimension B>
  requires(B != Dimension{})
constexpr auto operator/(double a, const Quantity<B>& b) {
  return Quantity<combine(Dimension{}, B, -1)>(a / b.base());
}

using Ratio = Quantity<Dimension{}>;
using Bytes = Quantity<Dimension{.byte = 1}>;
using Flops = Quantity<Dimension{.flop = 1}>;
using Seconds = Quantity<Dimension{.second = 1}>;
using Joules = Quantity<Dimension{.joule = 1}>;
using Dollars = Quantity<Dimension{.dollar = 1}>;
using Metres = Quantity<Dimension{.metre = 1}>;
using SquareMetres = Quantity<Dimension{.metre = 2}>;
using CubicMetres = Quantity<Dimension{.metre = 3}>;
using Kelvins = Quantity<Dimension{.kelvin = 1}>;
using Kilograms = Quantity<Dimension{.kilogram = 1}>;
using Co2 = Quantity<Dimension{.co2 = 1}>;
using Tokens = Quantity<Dimension{.token = 1}>;

using BytesPerSecond = Quantity<Dimension{.byte = 1, .second = -1}>;
using FlopsPerSecond = Quantity<Dimension{.flop = 1, .second = -1}>;
using TokensPerSecond = Quantity<Dimension{.second = -1, .token = 1}>;
using PerSecond = Quantity<Dimension{.second = -1}>;
using Watts = Quantity<Dimension{.second = -1, .joule = 1}>;
using JoulesPerByte = Quantity<Dimension{.byte = -1, .joule = 1}>;
using JoulesPerToken = Quantity<Dimension{.joule = 1, .token = -1}>;
using DollarsPerSecond = Quantity<Dimension{.second = -1, .dollar = 1}>;
using DollarsPerJoule = Quantity<Dimension{.joule = -1, .dollar = 1}>;
using DollarsPerWatt = Quantity<Dimension{.second = 1, .joule = -1, .dollar = 1}>;
using DollarsPerWattSecond =
    DollarsPerJoule;  // a demand charge: $ per watt and second of its month
using DollarsPerByte = Quantity<Dimension{.byte = -1, .dollar = 1}>;
using DollarsPerToken = Quantity<Dimension{.dollar = 1, .token = -1}>;
using PerSquareMetre = Quantity<Dimension{.metre = -2}>;  // defects
using CubicMetresPerSecond = Quantity<Dimension{.second = -1, .metre = 3}>;
using CubicMetresPerJoule = Quantity<Dimension{.joule = -1, .metre = 3}>;  // WUE; L/min/kW
using Pascals = Quantity<Dimension{.joule = 1, .metre = -3}>;
using MassDensity = Quantity<Dimension{.metre = -3, .kilogram = 1}>;
using SpecificHeat = Quantity<Dimension{.joule = 1, .kelvin = -1, .kilogram = -1}>;
using FloorLoad = Quantity<Dimension{.metre = -2, .kilogram = 1}>;
using Co2PerJoule = Quantity<Dimension{.joule = -1, .co2 = 1}>;
using Co2PerSquareMetre = Quantity<Dimension{.metre = -2, .co2 = 1}>;
using JoulesPerSquareMetre = Quantity<Dimension{.joule = 1, .metre = -2}>;

inline constexpr Bytes kByte{1}, kGB{1e9}, kGiB{1073741824.0}, kTB{1e12};
inline constexpr Seconds kSecond{1}, kMinute{60}, kHour{3600}, kDay{86400}, kWeek{604800};
inline constexpr Seconds kMonth{2629800}, kYear{31557600};  // Julian: 365.25 days, a twelfth of it
inline constexpr Watts kWatt{1}, kKilowatt{1e3}, kMegawatt{1e6}, kGigawatt{1e9};
inline constexpr Joules kJoule{1}, kKilowattHour{3.6e6}, kMegawattHour{3.6e9};
inline constexpr Dollars kDollar{1};
inline constexpr SquareMetres kSquareMillimetre{1e-6}, kSquareCentimetre{1e-4}, kSquareMetre{1};
inline constexpr CubicMetres kLitre{1e-3}, kCubicMetre{1};
inline constexpr Kelvins kKelvin{1};
inline constexpr Kilograms kKilogram{1};
inline constexpr Co2 kKilogramCo2{1}, kTonneCo2{1000};
inline constexpr Tokens kToken{1}, kMegatoken{1e6};

}  // namespace interposer::planner
