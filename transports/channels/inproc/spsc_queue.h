// An unbounded queue between exactly two threads, one that pushes and one that pops, without locks. It is a list of
// blocks; the popping thread hands an emptied block back, so in steady state nothing is allocated.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace holdfast {

template <class T, std::size_t kBlock = 256>
class SpscQueue {
 public:
  SpscQueue() : head_(new Block), tail_(head_) {}
  SpscQueue(const SpscQueue&) = delete;
  SpscQueue& operator=(const SpscQueue&) = delete;
  ~SpscQueue() {
    while (head_ != nullptr) delete std::exchange(head_, head_->next.load(std::memory_order_relaxed));
    delete spare_.load();
  }

  // Pushing thread.
  void Push(T value) {
    if (tail_used_ == kBlock) {
      Block* block = spare_.exchange(nullptr, std::memory_order_acquire);
      if (block == nullptr) block = new Block;
      tail_->next.store(block, std::memory_order_release);
      tail_ = block;
      tail_used_ = 0;
    }
    tail_->items[tail_used_++] = std::move(value);
    tail_->filled.store(tail_used_, std::memory_order_release);
  }

  // Popping thread.
  std::optional<T> Pop() {
    if (head_taken_ == kBlock) {
      Block* next = head_->next.load(std::memory_order_acquire);
      if (next == nullptr) return std::nullopt;
      GiveBack(std::exchange(head_, next));
      head_taken_ = 0;
    }
    if (head_->filled.load(std::memory_order_acquire) == head_taken_) return std::nullopt;
    return std::optional<T>(std::move(head_->items[head_taken_++]));
  }

 private:
  struct Block {
    std::array<T, kBlock> items{};
    std::atomic<std::size_t> filled{0};
    std::atomic<Block*> next{nullptr};
  };

  void GiveBack(Block* block) {
    block->filled.store(0, std::memory_order_relaxed);
    block->next.store(nullptr, std::memory_order_relaxed);
    delete spare_.exchange(block, std::memory_order_release);
  }

  Block* head_;  // Popping thread's.
  std::size_t head_taken_ = 0;
  std::atomic<Block*> spare_{nullptr};
  alignas(64) Block* tail_;  // Pushing thread's.
  std::size_t tail_used_ = 0;
};

}  // namespace holdfast
