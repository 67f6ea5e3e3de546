// Finds the next delayed message that is due, and the one a cancellation token names. The messages themselves are rows
// of kDelayedTable, in the state backend and so in every snapshot; this index is memory only and rebuilt from the rows.
//
//   row id: due (8 bytes, big-endian ms) number (8 bytes)
//   row value: varint-prefixed sender id | varint-prefixed token | envelope
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"

namespace holdfast {

struct DelayedMessage {
  std::string_view sender_id;
  std::string_view token;
  std::string_view envelope;
};
std::string EncodeDelayed(const DelayedMessage& message);
bool DecodeDelayed(std::string_view value, DelayedMessage& message);

class DelayedIndex {
 public:
  struct Entry {
    AppTime due;
    std::uint64_t number = 0;
    KeyGroup group;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  void Clear();
  // Returns the pending entry the token named before, which the new one replaces.
  std::optional<Entry> Add(const Entry& entry, std::string_view sender_id, std::string_view token);
  // The entry a token names, if it is pending; it is pending no more, and the token forgotten.
  std::optional<Entry> TakeToken(std::string_view sender_id, std::string_view token);
  // A pending entry has fired; `token` is what it was added with.
  void Fired(std::string_view sender_id, std::string_view token);
  // The earliest entry. Its row may be gone (cancelled): the caller looks.
  std::optional<Entry> Next() const;
  void PopNext() { heap_.pop(); }
  // Entries added and neither replaced, cancelled nor fired.
  std::size_t pending() const { return pending_; }

 private:
  static std::string TokenKey(std::string_view sender_id, std::string_view token);
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> heap_;
  std::unordered_map<std::string, Entry> tokens_;  // Looked up, never walked.
  std::size_t pending_ = 0;
};

}  // namespace holdfast
