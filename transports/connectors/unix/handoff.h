// How one thread hands things to another without locks: a ring of slots that keep their memory, for the stream of
// ingress batches, and an unbounded queue, for what must never block its sender. One thread fills, one other empties.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace holdfast {

// A ring of N slots. The filling thread writes into Back() and publishes it; the emptying thread reads Front() in place
// and gives it back. A slot's memory is used again and again.
template <class T, std::size_t N>
class SlotRing {
 public:
  // Filling thread: the slot to write next, or null if the ring is full.
  T* Back() { return head_ - tail_.load(std::memory_order_acquire) == N ? nullptr : &slots_[head_ % N]; }
  void Publish() { published_.store(++head_, std::memory_order_release); }

  // Emptying thread: the oldest published slot, or null if there is none.
  T* Front() {
    const auto tail = tail_.load(std::memory_order_relaxed);
    return published_.load(std::memory_order_acquire) == tail ? nullptr : &slots_[tail % N];
  }
  void GiveBack() { tail_.fetch_add(1, std::memory_order_release); }
  // Any thread: how many slots were ever given back.
  std::size_t given_back() const { return tail_.load(std::memory_order_acquire); }

 private:
  std::array<T, N> slots_{};
  std::size_t head_ = 0;
  alignas(64) std::atomic<std::size_t> published_{0};
  alignas(64) std::atomic<std::size_t> tail_{0};
};

// A queue without bound. Push never waits; the sender's protocol bounds what it pushes.
template <class T>
class HandoffQueue {
 public:
  HandoffQueue() : head_(new Node), tail_(head_) {}
  HandoffQueue(const HandoffQueue&) = delete;
  HandoffQueue& operator=(const HandoffQueue&) = delete;
  ~HandoffQueue() {
    while (head_ != nullptr) delete std::exchange(head_, head_->next.load(std::memory_order_relaxed));
  }

  // Filling thread.
  void Push(T value) {
    Node* const node = new Node{std::move(value), nullptr};
    tail_->next.store(node, std::memory_order_release);
    tail_ = node;
  }
  // Emptying thread.
  std::optional<T> Pop() {
    Node* const next = head_->next.load(std::memory_order_acquire);
    if (next == nullptr) return std::nullopt;
    delete std::exchange(head_, next);
    return std::optional<T>(std::move(head_->value));
  }

 private:
  struct Node {
    T value{};
    std::atomic<Node*> next{nullptr};
  };
  Node* head_;  // A node already emptied; its successor is the front.
  alignas(64) Node* tail_;
};

}  // namespace holdfast
