#include "core/model/record.h"

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

bool TakeItem(ByteReader& reader, Item& item) {
  if (reader.AtEnd()) return false;
  item.slot = reader.Fixed<std::uint8_t>();
  const auto flags = reader.Fixed<std::uint8_t>();
  const auto size = reader.Fixed<std::uint32_t>();
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

bool IsRecord(std::string_view record) {
  ByteReader reader(record);
  Item item;
  while (TakeItem(reader, item)) {
    if (item.slot >= kMaxStateSlots) return false;
  }
  return reader.ok();
}

void RecordMerger::Load(std::string_view record, AppTime now) {
  values_.fill({});
  ByteReader reader(record);
  for (Item item; TakeItem(reader, item);) {
    HOLDFAST_CHECK(item.slot < kMaxStateSlots, "slot {} in a stored record", item.slot);
    values_[item.slot] = {item.LiveAt(now), item.expiry, item.bytes};
  }
  HOLDFAST_CHECK(reader.ok(), "a stored record of {} bytes does not parse", record.size());
}

std::string_view RecordMerger::Merge(std::string_view record, std::string_view effects, AppTime now, bool& changed) {
  changed = false;
  EffectsReader reader(effects);
  bool loaded = false;
  for (Effect effect; reader.Next(effect);) {
    const bool about_values = effect.kind <= Effect::Kind::kTouchValue;
    if (!about_values) continue;
    if (!loaded) Load(record, now);
    loaded = true;
    auto& value = values_[effect.slot.value];
    if (effect.kind == Effect::Kind::kSetValue) value = {true, effect.time, effect.bytes};
    if (effect.kind == Effect::Kind::kClearValue) value.present = false;
    if (effect.kind == Effect::Kind::kTouchValue) value.expiry = effect.time;
    changed = true;
  }
  if (!changed) return record;
  out_.clear();
  for (std::size_t slot = 0; slot < values_.size(); ++slot) {
    const auto& value = values_[slot];
    if (!value.present) continue;
    const bool expires = value.expiry != kNeverExpires;
    out_.push_back(static_cast<char>(slot));
    out_.push_back(static_cast<char>(expires ? kHasExpiry : 0));
    AppendFixed(out_, static_cast<std::uint32_t>(value.bytes.size()));
    if (expires) AppendFixed(out_, value.expiry.millis);
    out_.append(value.bytes);
  }
  return out_;
}

}  // namespace holdfast
