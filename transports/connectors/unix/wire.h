// What testbed and system under test say to each other over their socket. A frame is
//
//   u32 body size | u32 checksum of type and body | u32 type | body
//
// and a body is the fields of one message in order: numbers fixed little-endian, strings varint-prefixed, `rest` to the
// end. Both ends are of one build, so a version is checked once, at the greeting, and nothing is negotiated.
//
// Ingress is pulled. The system subscribes to a partition from an offset; the testbed sends batches of records as they
// fall due. A partition has a window of kWindow batches: each batch uses one credit, each batch the worker has finished
// gives one back, so what lies between generator and worker is bounded by kWindow * kBatchBytes per partition.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/time.h"

namespace holdfast::wire {

inline constexpr std::uint32_t kVersion = 2;
inline constexpr std::uint32_t kHeaderBytes = 12;
inline constexpr std::uint32_t kMaxBodyBytes = 1u << 30;
inline constexpr std::uint32_t kWindow = 64;
// The size at which a batch is sent. One record may make it larger.
inline constexpr std::size_t kBatchBytes = 32 * 1024;

enum class MessageType : std::uint32_t {
  // To the testbed.
  kHello = 1,
  kSubscribe,
  kCredit,
  kRelease,
  kFence,
  kCommit,
  kEmit,
  kSnapshot,
  kInstant,
  kNote,
  // To the system.
  kWelcome,
  kRecords,
  kFenced,
  kCommitted,
};

// Bytes up to the end of the body; the last field of its message.
struct Rest {
  std::string_view bytes;
};

// Comes first, with the descriptor of the status page beside it.
struct Hello {
  static constexpr MessageType kType = MessageType::kHello;
  std::uint32_t version = kVersion;
  Incarnation incarnation;
  std::uint32_t process = 0;
  std::uint16_t workers = 0;
  auto Fields() { return std::tie(version, incarnation, process, workers); }
};
// Answers Hello; a refusal is followed by the end of the connection.
struct Welcome {
  static constexpr MessageType kType = MessageType::kWelcome;
  std::string_view refusal;
  auto Fields() { return std::tie(refusal); }
};

struct Subscribe {
  static constexpr MessageType kType = MessageType::kSubscribe;
  PartitionId partition;
  std::uint32_t generation = 0;  // Comes back with each batch, so that batches of an earlier place are told apart.
  std::uint64_t offset = 0;
  auto Fields() { return std::tie(partition, generation, offset); }
};
struct Credit {
  static constexpr MessageType kType = MessageType::kCredit;
  PartitionId partition;
  std::uint32_t batches = 0;
  auto Fields() { return std::tie(partition, batches); }
};
struct Release {
  static constexpr MessageType kType = MessageType::kRelease;
  PartitionId partition;
  std::uint64_t offset = 0;
  auto Fields() { return std::tie(partition, offset); }
};
// `count` records with consecutive offsets from `first`, each: u16 ingress | bytes key | bytes value.
struct Records {
  static constexpr MessageType kType = MessageType::kRecords;
  PartitionId partition;
  std::uint32_t generation = 0;
  std::uint64_t first = 0;
  std::uint32_t count = 0;
  Rest records;
  auto Fields() { return std::tie(partition, generation, first, count, records); }
};

struct Fence {
  static constexpr MessageType kType = MessageType::kFence;
  WorkerId stream;
  WorldLine world_line;
  Incarnation incarnation;
  auto Fields() { return std::tie(stream, world_line, incarnation); }
};
struct Fenced {
  static constexpr MessageType kType = MessageType::kFenced;
  WorkerId stream;
  std::uint64_t position = 0;
  std::uint8_t code = 0;  // 0, or ErrorCode + 1.
  std::string_view message;
  auto Fields() { return std::tie(stream, position, code, message); }
};
struct Commit {
  static constexpr MessageType kType = MessageType::kCommit;
  WorkerId stream;
  WorldLine world_line;
  Incarnation incarnation;
  std::uint64_t position = 0;
  Rest records;
  auto Fields() { return std::tie(stream, world_line, incarnation, position, records); }
};
// Answers the commits of a stream one by one, in their order.
struct Committed {
  static constexpr MessageType kType = MessageType::kCommitted;
  WorkerId stream;
  std::uint8_t code = 0;
  std::string_view message;
  auto Fields() { return std::tie(stream, code, message); }
};
struct Emit {
  static constexpr MessageType kType = MessageType::kEmit;
  WorkerId stream;
  WorldLine world_line;
  Incarnation incarnation;
  Rest records;
  auto Fields() { return std::tie(stream, world_line, incarnation, records); }
};

struct Snapshot {
  static constexpr MessageType kType = MessageType::kSnapshot;
  std::uint64_t id = 0;
  std::uint8_t complete = 0;
  std::int64_t start = 0, end = 0;
  std::uint64_t bytes = 0, sync_nanos = 0;
  std::string_view trouble;
  auto Fields() { return std::tie(id, complete, start, end, bytes, sync_nanos, trouble); }
};
struct Instant {
  static constexpr MessageType kType = MessageType::kInstant;
  std::uint8_t kind = 0;
  std::int64_t time = 0;
  std::uint64_t snapshot = 0;
  auto Fields() { return std::tie(kind, time, snapshot); }
};
struct Note {
  static constexpr MessageType kType = MessageType::kNote;
  std::string_view key, value;
  auto Fields() { return std::tie(key, value); }
};

// ---- The codec of all of them --------------------------------------------------------------------------------------

template <class T>
void WriteField(std::string& out, const T& field) {
  if constexpr (std::is_same_v<T, Rest>) {
    out.append(field.bytes);
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    AppendBytes(out, field);
  } else {
    AppendFixed(out, field);
  }
}

template <class T>
void ReadField(ByteReader& reader, T& field) {
  if constexpr (std::is_same_v<T, Rest>) {
    field.bytes = reader.Take(reader.rest().size());
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    field = reader.Bytes();
  } else {
    field = reader.Fixed<T>();
  }
}

// Strings of the message are views into `body`. False if the body is not exactly such a message.
template <class M>
bool Decode(std::string_view body, M& message) {
  ByteReader reader(body);
  std::apply([&](auto&... fields) { (ReadField(reader, fields), ...); }, message.Fields());
  return reader.ok() && reader.AtEnd();
}

// Fills in the header of the frame that begins at `start` of `out` and ends at its end.
void SealFrame(std::string& out, std::size_t start, MessageType type);

// Appends the message as a whole frame.
template <class M>
void AppendFrame(std::string& out, M message) {
  const auto start = out.size();
  out.append(kHeaderBytes, '\0');
  std::apply([&](const auto&... fields) { (WriteField(out, fields), ...); }, message.Fields());
  SealFrame(out, start, M::kType);
}

}  // namespace holdfast::wire
