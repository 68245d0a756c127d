#include "planner/catalogue/schema.h"

namespace interposer::planner {
namespace {

constexpr Dimension kCount{};
constexpr Dimension kBytes = Bytes::kDimension;
constexpr Dimension kRate = BytesPerSecond::kDimension;
constexpr Dimension kPeak = FlopsPerSecond::kDimension;
constexpr Dimension kPower = Watts::kDimension;
constexpr Dimension kTime = Seconds::kDimension;
constexpr Dimension kMoney = Dollars::kDimension;
constexpr Dimension kMoneyRate = DollarsPerSecond::kDimension;
constexpr Dimension kArea = SquareMetres::kDimension;

constexpr std::string_view kFolders[] = {"boards",     "companies", "cooling", "custom_silicon",
                                         "foundries",  "grid",      "hbm",     "materials",
                                         "networking", "power",     "prices",  "sites"};

constexpr FieldRule kRules[] = {
    {"boards", "memory", kBytes, "memory on the package, per board"},
    {"boards", "memory_usable", kBytes, "of it, what a program can have"},
    {"boards", "sram", kBytes, "on-chip SRAM that can hold weights or keys and values"},
    {"boards", "bandwidth", kRate, "of the memory, per board"},
    {"boards", "sram_bandwidth", kRate, "of the SRAM"},
    {"boards", "bf16", kPeak, "peak of BF16 or FP16 matrix work, dense"},
    {"boards", "fp8", kPeak, "peak of FP8 matrix work, dense"},
    {"boards", "fp4", kPeak, "peak of FP4 matrix work, dense"},
    {"boards", "int8", kPeak, "peak of INT8 matrix work, dense"},
    {"boards", "power", kPower, "limit of the board itself (TDP)"},
    {"boards", "power_provisioned", kPower, "all-in IT power to provide for each board"},
    {"boards", "power_floor", kPower, "constant part of the power of a serving board"},
    {"boards", "energy_per_flop", combine(kPower, kPeak, -1), "energy of an operation, fitted"},
    {"boards", "energy_per_byte", combine(kPower, kRate, -1), "energy of a byte read, fitted"},
    {"boards", "system_power", kPower, "of the smallest system that is sold"},
    {"boards", "rack_power", kPower, "of a full rack"},
    {"boards", "rack_boards", kCount, "boards in that rack"},
    {"boards", "rack_price", kMoney, "of a full rack"},
    {"boards", "rack_mass", Kilograms::kDimension, "of a full rack with its coolant"},
    {"boards", "scale_up", kRate, "scale-up link per board, one direction"},
    {"boards", "scale_up_domain", kCount, "boards that the scale-up network joins"},
    {"boards", "server_boards", kCount, "boards in a server"},
    {"boards", "io_bandwidth", kRate, "in and out of the package, all links"},
    {"boards", "die_area", kArea, "of one compute die"},
    {"boards", "dies", kCount, "compute dies on a package"},
    {"boards", "transistors", kCount, "on the package"},
    {"boards", "hbm_stacks", kCount, "HBM stacks on the package"},
    {"boards", "price", kMoney, "to buy one board"},
    {"boards", "rent", kMoneyRate, "to rent one board"},
    {"boards", "own_hyperscaler", kMoneyRate, "cost of owning a board, hyperscaler"},
    {"boards", "own_neocloud", kMoneyRate, "cost of owning a board, neocloud"},
    {"boards", "lead_time", kTime, "from order to delivery"},
    {"boards", "cogs", kMoney, "cost of making one board's package"},
    {"hbm", "capacity", kBytes, "of one stack"},
    {"hbm", "bandwidth", kRate, "of one stack"},
    {"hbm", "height", kCount, "dies in a stack"},
    {"hbm", "price", kMoney, "of one stack"},
    {"hbm", "price_per_byte", DollarsPerByte::kDimension, "price by capacity"},
    {"hbm", "price_rise", kCount, "from quarter to quarter"},
    {"hbm", "share", kCount, "of the market"},
    {"networking", "bandwidth", kRate, "per board or port, one direction"},
    {"networking", "domain", kCount, "boards that it joins"},
    {"networking", "ports", kCount, "of a switch"},
    {"networking", "latency", kTime, "of a message, before its bytes"},
    {"networking", "power", kPower, "of a switch or card"},
    {"networking", "power_per_port", kPower, "of a port with its optics"},
    {"networking", "energy_per_byte", JoulesPerByte::kDimension, "of moving a byte"},
    {"networking", "per_board", kCount, "pieces for each board"},
    {"networking", "price", kMoney, "of one piece"},
    {"materials", "share", kCount, "joint share of the makers named"},
    {"foundries", "wafer_price", kMoney, "of a processed wafer of 300 mm"},
    {"foundries", "defect_density", PerSquareMetre::kDimension, "defects that kill a die, by area"},
    {"foundries", "cluster", kCount, "alpha of the negative binomial yield"},
    {"foundries", "wafer_diameter", Metres::kDimension, "of a wafer"},
    {"foundries", "edge", Metres::kDimension, "unusable rim of a wafer"},
    {"foundries", "scribe", Metres::kDimension, "between two dies"},
    {"foundries", "packages_per_wafer", kCount, "packages that an interposer wafer carries"},
    {"foundries", "package_price", kMoney, "packaging of one board"},
    {"foundries", "package_loss", kMoney, "cost of packages lost, spread on the good ones"},
    {"foundries", "other_cost", kMoney, "test, substrate and the rest, per package"},
    {"foundries", "capacity", PerSecond::kDimension, "wafers by time"},
    {"foundries", "share", kCount, "of the capacity, by customer"},
    {"foundries", "lead_time", kTime, "from order to delivery"},
    {"foundries", "energy", JoulesPerSquareMetre::kDimension, "electricity of making a wafer"},
    {"foundries", "carbon", Co2PerSquareMetre::kDimension, "emissions of making a wafer"},
    {"custom_silicon", "orders", kCount, "chips ordered"},
    {"custom_silicon", "power", kPower, "of a programme or contract"},
    {"custom_silicon", "amount", kMoney, "of a programme or contract"},
    {"power", "capacity", kPower, "of a contract or plant"},
    {"power", "tariff", DollarsPerJoule::kDimension, "price of energy"},
    {"power", "demand_charge", DollarsPerJoule::kDimension, "price of the month's peak power"},
    {"power", "breaker_derate", kCount, "continuous load over the breaker's rating"},
    {"power", "ups_efficiency", kCount, "of double conversion"},
    {"power", "distribution_loss", kCount, "transformers and cables inside the site"},
    {"power", "power_factor", kCount, "watts over volt-amperes"},
    {"power", "amount", kMoney, "of a deal or order book"},
    {"grid", "lead_time", kTime, "from order or request to use"},
    {"grid", "carbon", Co2PerJoule::kDimension, "of grid energy"},
    {"grid", "water", CubicMetresPerJoule::kDimension, "of grid energy"},
    {"cooling", "flow", CubicMetresPerJoule::kDimension, "coolant by heat"},
    {"cooling", "delta_t", Kelvins::kDimension, "rise of the coolant"},
    {"cooling", "fluid_density", MassDensity::kDimension, "of the coolant"},
    {"cooling", "specific_heat", SpecificHeat::kDimension, "of the coolant"},
    {"cooling", "pressure", Pascals::kDimension, "loss of the loop at design flow"},
    {"cooling", "pump_efficiency", kCount, "of pump and motor"},
    {"cooling", "cdu_capacity", kPower, "heat that one coolant unit takes"},
    {"cooling", "liquid_fraction", kCount, "heat that the liquid takes"},
    {"cooling", "pue", kCount, "facility power over IT power"},
    {"cooling", "wue", CubicMetresPerJoule::kDimension, "water by IT energy"},
    {"cooling", "deal", kMoney, "of an acquisition"},
    {"sites", "pue", kCount, "facility power over IT power"},
    {"sites", "pue_fixed", kCount, "of its overhead, the part that does not follow the load"},
    {"sites", "tariff", DollarsPerJoule::kDimension, "price of energy"},
    {"sites", "tariff_peak", DollarsPerJoule::kDimension, "price of energy in peak hours"},
    {"sites", "demand_charge", DollarsPerJoule::kDimension, "price of the month's peak power"},
    {"sites", "carbon", Co2PerJoule::kDimension, "of the energy it draws"},
    {"sites", "wue", CubicMetresPerJoule::kDimension, "water by IT energy"},
    {"sites", "floor_load", FloorLoad::kDimension, "that the floor bears"},
    {"sites", "interconnect", kTime, "from request to energisation"},
    {"companies", "power", kPower, "of a deal"},
    {"companies", "amount", kMoney, "of a deal, order book or round"},
    {"companies", "units", kCount, "of a deal"},
    {"companies", "share", kCount, "of its market"},
    {"companies", "lead_time", kTime, "that it quotes"},
    {"prices", "capex", kMoney, "of a facility of the card's power"},
    {"prices", "capex_it", kMoney, "of it, what computes"},
    {"prices", "capex_facility", kMoney, "of it, building, power and cooling"},
    {"prices", "tco", kMoneyRate, "of it, all in"},
    {"prices", "energy_cost", kMoneyRate, "of it, energy"},
    {"prices", "facility_power", kPower, "that the card's figures are of"},
    {"prices", "servers_share", kCount, "of the cost, servers"},
    {"prices", "life_it", kTime, "after which boards are written off"},
    {"prices", "life_facility", kTime, "after which the building is written off"},
    {"prices", "cost_of_capital", PerSecond::kDimension, "interest that capital wants"},
    {"prices", "maintenance", PerSecond::kDimension, "share of capex spent by time"},
    {"prices", "staff", kMoneyRate, "of a facility of the card's power"},
    {"prices", "failure_rate", PerSecond::kDimension, "of one board"},
    {"prices", "repair_time", kTime, "until a failed board serves again"},
    {"prices", "facility_per_watt", DollarsPerWatt::kDimension, "building, power and cooling"},
    {"prices", "price", kMoney, "of one piece"},
};

}  // namespace

const FieldRule* field_rule(std::string_view folder, std::string_view name) {
  for (const FieldRule& rule : kRules) {
    if (rule.folder == folder && rule.name == name) return &rule;
  }
  return nullptr;
}

std::vector<std::string> field_names(std::string_view folder) {
  std::vector<std::string> names;
  for (const FieldRule& rule : kRules) {
    if (rule.folder == folder) names.emplace_back(rule.name);
  }
  return names;
}

std::span<const std::string_view> catalogue_folders() { return kFolders; }

}  // namespace interposer::planner
