// What a unit did, as one row of bytes. The function's context writes effects while the function runs; the dispatcher
// applies them as one atom; the effect log stores the very bytes; a remote host will send them back as its reply. One
// codec, so that there is one meaning.
//
// Order matters and is kept: effects apply in the order the function asked for them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/time.h"
#include "core/model/envelope.h"

namespace holdfast {

// Number of a state value within its function type; the name stands in the Application.
using StateSlot = StrongId<struct StateSlotTag, std::uint8_t>;
inline constexpr std::size_t kMaxStateSlots = 32;
// Number of an egress or asynchronous operation in the Application.
using EgressId = StrongId<struct EgressTag, std::uint16_t>;
using AsyncOperationId = StrongId<struct AsyncOperationTag, std::uint16_t>;

inline constexpr AppTime kNeverExpires{0};

struct Effect {
  enum class Kind : std::uint8_t {
    kSetValue = 1,  // slot, expiry, bytes
    kClearValue,    // slot
    kTouchValue,    // slot, expiry: only the expiry changes
    kSend,          // envelope
    kSendDelayed,   // due, token (may be empty), envelope
    kCancel,        // token
    kEmit,          // egress, value type, key, bytes
    kStartAsync,    // operation, value type, bytes
  };
  Kind kind{};
  StateSlot slot;
  AppTime time;  // Expiry or due time.
  EgressId egress;
  AsyncOperationId operation;
  ValueTypeId value_type;
  std::string_view token;     // Or the key of an egress record.
  std::string_view bytes;     // A value, request or egress payload.
  std::string_view envelope;  // Encoded; see envelope.h.
};

// Appends effects to a buffer it owns and reuses.
class EffectsBuilder {
 public:
  void Clear() { buffer_.Clear(); }
  bool empty() const { return buffer_.empty(); }
  std::string_view bytes() const { return buffer_.bytes(); }
  // Takes over effects encoded elsewhere, after those already here.
  void AppendEncoded(std::string_view effects) { PutBytes(buffer_.Extend(effects.size()), effects); }
  // An empty buffer to encode one payload in before it is added; always the same one, so that a unit allocates nothing.
  std::string& Scratch() {
    scratch_.clear();
    return scratch_;
  }

  void SetValue(StateSlot slot, AppTime expiry, std::string_view value);
  void ClearValue(StateSlot slot);
  void TouchValue(StateSlot slot, AppTime expiry);
  void Send(const EnvelopeView& envelope);
  void SendEncoded(std::string_view envelope);
  void SendDelayed(AppTime due, std::string_view token, const EnvelopeView& envelope);
  void Cancel(std::string_view token);
  void Emit(EgressId egress, ValueTypeId type, std::string_view key, std::string_view value);
  void StartAsync(AsyncOperationId operation, ValueTypeId type, std::string_view request);

 private:
  // Room for an effect of this kind and `size` bytes of content.
  char* Begin(Effect::Kind kind, std::size_t size) { return PutFixed(buffer_.Extend(1 + size), kind); }
  ByteBuffer buffer_;
  std::string scratch_;
};

// Walks encoded effects. `while (reader.Next(effect)) ...; if (!reader.ok()) ...damaged...`
class EffectsReader {
 public:
  explicit EffectsReader(std::string_view effects) : reader_(effects) {}
  bool Next(Effect& effect);
  bool ok() const { return reader_.ok(); }

 private:
  ByteReader reader_;
};

}  // namespace holdfast
