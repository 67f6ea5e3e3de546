#include "core/runtime/delayed_index.h"

#include "core/base/bytes.h"

namespace holdfast {

std::string EncodeDelayed(const DelayedMessage& message) {
  std::string value;
  AppendBytes(value, message.sender_id);
  AppendBytes(value, message.token);
  value.append(message.envelope);
  return value;
}

bool DecodeDelayed(std::string_view value, DelayedMessage& message) {
  ByteReader reader(value);
  message.sender_id = reader.Bytes();
  message.token = reader.Bytes();
  message.envelope = reader.rest();
  return reader.ok();
}

std::string DelayedIndex::TokenKey(std::string_view sender_id, std::string_view token) {
  std::string key;
  AppendBytes(key, sender_id);
  key.append(token);
  return key;
}

void DelayedIndex::Clear() {
  heap_ = {};
  tokens_.clear();
  pending_ = 0;
}

std::optional<DelayedIndex::Entry> DelayedIndex::Add(const Entry& entry, std::string_view sender_id,
                                                     std::string_view token) {
  heap_.push(entry);
  ++pending_;
  if (token.empty()) return std::nullopt;
  auto [place, fresh] = tokens_.try_emplace(TokenKey(sender_id, token), entry);
  if (fresh) return std::nullopt;
  --pending_;
  return std::exchange(place->second, entry);
}

std::optional<DelayedIndex::Entry> DelayedIndex::TakeToken(std::string_view sender_id, std::string_view token) {
  const auto place = tokens_.find(TokenKey(sender_id, token));
  if (place == tokens_.end()) return std::nullopt;
  const auto entry = place->second;
  tokens_.erase(place);
  --pending_;
  return entry;
}

void DelayedIndex::Fired(std::string_view sender_id, std::string_view token) {
  --pending_;
  if (!token.empty()) tokens_.erase(TokenKey(sender_id, token));
}

std::optional<DelayedIndex::Entry> DelayedIndex::Next() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.top();
}

}  // namespace holdfast
