#include "store/ledger_record.h"

#include <array>
#include <bit>
#include <cstring>

#include "base/utf8.h"

namespace interposer::store {
namespace {

static_assert(std::endian::native == std::endian::little, "fixed fields are copied as they lie");

constexpr char kVersion = 1;
constexpr unsigned kHasCost = 1;
constexpr unsigned kHasJoules = 2;
constexpr unsigned kPackedTrace = 4;
constexpr unsigned kFlags = kHasCost | kHasJoules | kPackedTrace;
constexpr std::size_t kTraceDigits = 32;

constexpr std::string_view UsageEntry::* kKeyTexts[] = {
    &UsageEntry::principal, &UsageEntry::route,     &UsageEntry::target,
    &UsageEntry::model,     &UsageEntry::operation, &UsageEntry::outcome};

constexpr std::int64_t UsageFigures::* kCounts[] = {
    &UsageFigures::input_tokens, &UsageFigures::cache_read_tokens,
    &UsageFigures::cache_write_tokens, &UsageFigures::output_tokens,
    &UsageFigures::reasoning_tokens};

constexpr std::array<std::uint8_t, 256> kDigits = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(16);
  for (unsigned c = '0'; c <= '9'; ++c) values[c] = static_cast<std::uint8_t>(c - '0');
  for (unsigned c = 'a'; c <= 'f'; ++c) values[c] = static_cast<std::uint8_t>(c - 'a' + 10);
  return values;
}();

std::size_t varint_size(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
}

// Writes into room that was measured before.
class Writer {
 public:
  explicit Writer(char* at) : at_(at) {}
  void byte(unsigned value) { *at_++ = static_cast<char>(value); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<unsigned>(value & 0x7f) | 0x80U);
    byte(static_cast<unsigned>(value));
  }
  void bytes(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void text(std::string_view text) {
    varint(text.size());
    bytes(text);
  }
  template <class Fixed>
  void fixed(Fixed value) {
    static_assert(sizeof value == 8);
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }
  const char* at() const { return at_; }

 private:
  char* at_;
};

// After a failure every further read gives nothing.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}
  bool good() const { return good_; }
  bool at_end() const { return left_.empty(); }
  unsigned byte() {
    const std::string_view one = take(1);
    return one.empty() ? 0U : static_cast<unsigned char>(one[0]);
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const unsigned part = byte();
      value |= static_cast<std::uint64_t>(part & 0x7fU) << shift;
      if ((part & 0x80U) == 0) return value;
    }
    good_ = false;
    return 0;
  }
  std::string_view take(std::uint64_t size) {
    if (!good_ || size > left_.size()) {
      good_ = false;
      return {};
    }
    const std::string_view out = left_.substr(0, static_cast<std::size_t>(size));
    left_.remove_prefix(out.size());
    return out;
  }
  std::string_view text() { return take(varint()); }
  template <class Fixed>
  Fixed fixed() {
    Fixed value{};
    const std::string_view bytes = take(sizeof value);
    if (good_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

 private:
  std::string_view left_;
  bool good_ = true;
};

bool packable(std::string_view trace) {
  if (trace.size() != kTraceDigits) return false;
  for (const char c : trace) {
    if (kDigits[static_cast<unsigned char>(c)] > 15) return false;
  }
  return true;
}

void write_trace(Writer& writer, std::string_view trace) {
  for (std::size_t i = 0; i < kTraceDigits; i += 2) {
    const unsigned high = kDigits[static_cast<unsigned char>(trace[i])];
    writer.byte(high << 4 | kDigits[static_cast<unsigned char>(trace[i + 1])]);
  }
}

std::string_view read_trace(Reader& reader, char* into) {
  static constexpr char kHex[] = "0123456789abcdef";
  const std::string_view packed = reader.take(kTraceDigits / 2);
  char* at = into;
  for (const char c : packed) {
    *at++ = kHex[static_cast<unsigned char>(c) >> 4];
    *at++ = kHex[static_cast<unsigned char>(c) & 15];
  }
  return {into, static_cast<std::size_t>(at - into)};
}

void clip(std::string_view& text) {
  if (text.size() > kMaxTextBytes) text = text.substr(0, utf8_floor(text, kMaxTextBytes));
}

std::size_t text_size(std::string_view text) { return varint_size(text.size()) + text.size(); }

}  // namespace

void encode_record(std::string& out, UsageEntry entry) {
  for (const auto text : kKeyTexts) clip(entry.*text);
  clip(entry.id);
  clip(entry.trace_id);
  const bool packed = packable(entry.trace_id);
  unsigned flags = packed ? kPackedTrace : 0U;
  if (entry.cost_usd) flags |= kHasCost;
  if (entry.joules) flags |= kHasJoules;
  std::size_t key_size = 0;
  for (const auto text : kKeyTexts) key_size += text_size(entry.*text);
  std::size_t size = 2 + varint_size(key_size) + key_size + text_size(entry.id);
  size += packed ? kTraceDigits / 2 : text_size(entry.trace_id);
  for (const auto count : kCounts) size += varint_size(static_cast<std::uint64_t>(entry.*count));
  size += 8 * (3 + (entry.cost_usd ? 1U : 0U) + (entry.joules ? 1U : 0U));
  const std::size_t begin = out.size();
  out.resize(begin + size);
  Writer writer(out.data() + begin);
  writer.byte(kVersion);
  writer.byte(flags);
  writer.varint(key_size);
  for (const auto text : kKeyTexts) writer.text(entry.*text);
  writer.text(entry.id);
  if (packed) {
    write_trace(writer, entry.trace_id);
  } else {
    writer.text(entry.trace_id);
  }
  writer.fixed(entry.at);
  for (const auto count : kCounts) writer.varint(static_cast<std::uint64_t>(entry.*count));
  writer.fixed(entry.ttft_ms);
  writer.fixed(entry.total_ms);
  if (entry.cost_usd) writer.fixed(*entry.cost_usd);
  if (entry.joules) writer.fixed(*entry.joules);
}

Status decode_record(std::string_view payload, DecodedRecord* out) {
  Reader reader(payload);
  const unsigned version = reader.byte();
  const unsigned flags = reader.byte();
  UsageEntry& entry = out->entry;
  entry = UsageEntry{};
  out->key = reader.text();
  Reader key(out->key);
  for (const auto text : kKeyTexts) entry.*text = key.text();
  entry.id = reader.text();
  entry.trace_id = (flags & kPackedTrace) != 0 ? read_trace(reader, out->trace) : reader.text();
  entry.at = reader.fixed<WallMs>();
  for (const auto count : kCounts) entry.*count = static_cast<std::int64_t>(reader.varint());
  entry.ttft_ms = reader.fixed<double>();
  entry.total_ms = reader.fixed<double>();
  if ((flags & kHasCost) != 0) entry.cost_usd = reader.fixed<double>();
  if ((flags & kHasJoules) != 0) entry.joules = reader.fixed<double>();
  const bool whole = reader.good() && reader.at_end() && key.good() && key.at_end();
  if (version == kVersion && (flags & ~kFlags) == 0 && whole) return {};
  return make_error(Code::kDataLoss,
                    "a usage record cannot be read: it is cut, or of a newer version",
                    "run the version of Interposer that wrote this home", "ledger");
}

UsageRecord::UsageRecord(const UsageEntry& entry)
    : UsageFigures(entry),
      id(entry.id),
      trace_id(entry.trace_id),
      principal(entry.principal),
      route(entry.route),
      target(entry.target),
      model(entry.model),
      operation(entry.operation),
      outcome(entry.outcome) {}

UsageEntry UsageRecord::entry() const {
  UsageEntry out;
  static_cast<UsageFigures&>(out) = *this;
  out.id = id;
  out.trace_id = trace_id;
  out.principal = principal;
  out.route = route;
  out.target = target;
  out.model = model;
  out.operation = operation;
  out.outcome = outcome;
  return out;
}

}  // namespace interposer::store
