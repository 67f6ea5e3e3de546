// A state backend over a database on disk: rows are written into an open layer in memory; a layer that is full, or that
// a cut has sealed, is written to the database in the background. Reads look in the open layer, the sealed layers, the
// database. The cut costs a few pointers: it shares the sealed layers and freezes the database.
//
//   open layer        <- units write here
//   sealed layers     <- at most `sealed_layers`; the oldest is being written
//   database
//
// The layers bound the memory. A loop that writes faster than the database takes it is slowed down: when one layer more
// than allowed is sealed, the loop itself helps to write the oldest before it goes on.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/ports/background.h"
#include "core/ports/state_backend.h"
#include "storage-backends/state/write-behind/database.h"

namespace holdfast::write_behind {

struct Limits {
  std::uint64_t layer_bytes = 16 << 20;  // A layer that takes more is sealed.
  std::size_t sealed_layers = 2;         // Waiting to be written, the one being written included.
};

// Makes an empty database; called at the beginning and by every Clear.
using DatabaseFactory = std::function<Result<std::shared_ptr<Database>>()>;

// Called on the loop only; its cuts may be read and destroyed on any thread.
class WriteBehindBackend : public StateBackend {
 public:
  // `background` must live until the backend's last call.
  static Result<std::unique_ptr<StateBackend>> Open(DatabaseFactory open, Background& background, const Limits& limits);

  Result<std::optional<std::string_view>> Get(const RowKey& key) override;
  // kInvalidArgument for an id beyond 65535 bytes; kExhausted when the disk is full.
  Status Put(const RowKey& key, std::string_view value) override;
  Status Erase(const RowKey& key) override;
  void Prefetch(const RowKey&) override {}
  void Expect(std::uint64_t) override {}

  Result<std::shared_ptr<const StateCut>> Cut() override;
  Status ForEachIn(TableId table, const RowVisitor& visit) override;
  Status Clear() override;
  StateSize size() const override;

 private:
  struct Sealed;
  using Found = std::optional<std::string_view>;

  WriteBehindBackend(DatabaseFactory open, Background& background, const Limits& limits)
      : open_database_(std::move(open)), background_(background), limits_(limits) {}

  Result<Found> LookUp(std::string_view key);
  // Whether the row is there, and how long its value is; from memory if it was the last one looked at.
  Status Recall(const RowKey& key);
  Status Seal();
  void Write();
  static Status Apply(Sealed& sealed);
  Status Written(const std::shared_ptr<Sealed>& sealed, const Status& status);
  Status SealIfFull();
  std::vector<std::shared_ptr<const Layer>> SealedLayers() const;

  DatabaseFactory open_database_;
  Background& background_;
  const Limits limits_;

  std::shared_ptr<Database> database_;
  std::unique_ptr<Layer> open_ = std::make_unique<Layer>();
  std::deque<std::shared_ptr<Sealed>> sealed_;  // Oldest first.
  bool writing_ = false;
  Status broken_;  // What went wrong in the background; nothing works after it.
  std::shared_ptr<int> present_ = std::make_shared<int>();  // Gone when this backend or its present rows are.

  // The row looked at last.
  std::string key_;
  bool recalled_ = false;
  std::optional<std::uint64_t> value_bytes_;  // Nothing if the row is not there.

  std::uint64_t rows_ = 0;
  std::uint64_t payload_bytes_ = 0;
};

}  // namespace holdfast::write_behind
