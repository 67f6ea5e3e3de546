#include "core/model/record.h"

#include <algorithm>

#include "core/base/check.h"

namespace holdfast {
namespace {

constexpr std::uint8_t kHasExpiry = 1;

struct Item {
  std::uint8_t slot;
  AppTime expiry;
  std::string_view bytes;
  bool LiveAt(AppTime now) const { return expiry == kNeverExpires || expiry > now; }
};

constexpr std::size_t kItemHeaderBytes = sizeof(std::uint8_t) + sizeof(std::uint8_t) + sizeof(std::uint32_t);

bool TakeItem(ByteReader& reader, Item& item) {
  if (reader.AtEnd()) return false;
  ByteReader header(reader.Take(kItemHeaderBytes));
  item.slot = header.Fixed<std::uint8_t>();
  const auto flags = header.Fixed<std::uint8_t>();
  const auto size = header.Fixed<std::uint32_t>();
  item.expiry = flags & kHasExpiry ? AppTime{reader.Fixed<std::int64_t>()} : kNeverExpires;
  item.bytes = reader.Take(size);
  return reader.ok();
}

}  // namespace

std::optional<std::string_view> FindValue(std::string_view record, StateSlot slot, AppTime now) {
  ByteReader reader(record);
  for (Item item; TakeItem(reader, item);) {
    if (item.slot != slot.value) continue;
    return item.LiveAt(now) ? std::optional(item.bytes) : std::nullopt;
  }
  return std::nullopt;
}

bool IsExpired(std::string_view record, AppTime now) {
  ByteReader reader(record);
  for (Item item; TakeItem(reader, item);) {
    if (item.LiveAt(now)) return false;
  }
  return reader.ok();
}

AppTime LiveUntil(std::string_view record) {
  ByteReader reader(record);
  AppTime last = kNeverExpires;
  for (Item item; TakeItem(reader, item);) {
    if (item.expiry == kNeverExpires) return kNeverExpires;
    last = std::max(last, item.expiry);
  }
  return last;
}

bool IsRecord(std::string_view record) {
  ByteReader reader(record);
  Item item;
  while (TakeItem(reader, item)) {
    if (item.slot >= kMaxStateSlots) return false;
  }
  return reader.ok();
}

RecordMerger::Value& RecordMerger::At(std::uint8_t slot) {
  while (slots_ <= slot) values_[slots_++] = {};
  return values_[slot];
}

void RecordMerger::Load(std::string_view record, AppTime now) {
  slots_ = 0;
  ByteReader reader(record);
  for (Item item; TakeItem(reader, item);) {
    HOLDFAST_CHECK(item.slot < kMaxStateSlots, "slot {} in a stored record", item.slot);
    At(item.slot) = {item.LiveAt(now), item.expiry, item.bytes};
  }
  HOLDFAST_CHECK(reader.ok(), "a stored record of {} bytes does not parse", record.size());
}

std::string_view RecordMerger::Merge(std::string_view record, std::string_view effects, AppTime now, bool& changed) {
  changed = false;
  others_.clear();
  EffectsReader reader(effects);
  for (Effect effect; reader.Next(effect);) {
    if (effect.kind > Effect::Kind::kTouchValue) {
      others_.push_back(effect);
      continue;
    }
    if (!changed) Load(record, now);
    changed = true;
    auto& value = At(effect.slot.value);
    if (effect.kind == Effect::Kind::kSetValue) value = {true, effect.time, effect.bytes};
    if (effect.kind == Effect::Kind::kClearValue) value.present = false;
    if (effect.kind == Effect::Kind::kTouchValue) value.expiry = effect.time;
  }
  HOLDFAST_CHECK(reader.ok(), "effects of {} bytes do not parse", effects.size());
  return changed ? Write() : record;
}

std::string_view RecordMerger::Write() {
  std::size_t size = 0;
  for (std::size_t slot = 0; slot < slots_; ++slot) {
    const auto& value = values_[slot];
    if (value.present)
      size += kItemHeaderBytes + (value.expiry == kNeverExpires ? 0 : sizeof value.expiry) + value.bytes.size();
  }
  out_.resize(size);
  char* to = out_.data();
  for (std::size_t slot = 0; slot < slots_; ++slot) {
    const auto& value = values_[slot];
    if (!value.present) continue;
    const bool expires = value.expiry != kNeverExpires;
    to = PutFixed(to, static_cast<std::uint8_t>(slot));
    to = PutFixed(to, expires ? kHasExpiry : std::uint8_t{0});
    to = PutFixed(to, static_cast<std::uint32_t>(value.bytes.size()));
    if (expires) to = PutFixed(to, value.expiry.millis);
    to = PutBytes(to, value.bytes);
  }
  return out_;
}

}  // namespace holdfast
