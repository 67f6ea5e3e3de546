// Encoded egress records on their way out. A snapshot's worth of output may be many megabytes, and the worker's loop,
// an upload and the sink all need it at once: so it comes in pieces of whole records that are shared, never copied, and
// that serve again when the last of them has let go.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace holdfast {

// A counted reference to bytes; any thread may copy or drop its own. The bytes do not change while several hold them.
class EgressPiece {
 public:
  explicit EgressPiece(std::string bytes) : block_(new Block{std::move(bytes)}) {}
  EgressPiece(const EgressPiece& other) : block_(other.block_) {
    if (block_ != nullptr) block_->holders.fetch_add(1, std::memory_order_relaxed);
  }
  EgressPiece(EgressPiece&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  EgressPiece& operator=(EgressPiece other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~EgressPiece() {
    if (block_ != nullptr && block_->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) delete block_;
  }

  const std::string& bytes() const { return block_->bytes; }
  // True if nobody else holds the bytes, and nobody's reading of them is still under way.
  bool alone() const { return block_->holders.load(std::memory_order_acquire) == 1; }
  // Requires alone().
  std::string& writable() { return block_->bytes; }

 private:
  struct Block {
    std::string bytes;
    std::atomic<std::uint32_t> holders{1};
  };
  Block* block_;
};

// Pieces in their order.
class EgressBytes {
 public:
  EgressBytes() = default;
  EgressBytes(std::string records) { Add(EgressPiece(std::move(records))); }  // NOLINT: one piece is the simplest case.

  void Add(EgressPiece piece) {
    size_ += piece.bytes().size();
    if (!piece.bytes().empty()) pieces_.push_back(std::move(piece));
  }
  const std::vector<EgressPiece>& pieces() const { return pieces_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // A copy in one piece.
  std::string Joined() const {
    std::string all;
    all.reserve(size_);
    for (const auto& piece : pieces_) all += piece.bytes();
    return all;
  }

 private:
  std::vector<EgressPiece> pieces_;
  std::size_t size_ = 0;
};

}  // namespace holdfast
