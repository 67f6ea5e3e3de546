// What must still become visible, by the offset of its cause. Offsets are added in order and mostly taken in nearly the
// same order, so they stand in a short queue; the few that are left behind by it move to a map.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace holdfast {

template <class T>
class Outstanding {
 public:
  explicit Outstanding(std::size_t queue_bound = 1 << 18) : queue_bound_(queue_bound) {}

  // The offset that the next Add gets.
  std::uint64_t end() const { return begin_ + queue_.size(); }
  void Add(T item) {
    queue_.emplace_back(std::move(item));
    if (queue_.size() > queue_bound_) {
      left_behind_.emplace(begin_, *std::move(queue_.front()));
      queue_.front().reset();
      DropTaken();
    }
  }
  // Removes the item at `offset`; nothing if it was taken before or not added yet.
  std::optional<T> Take(std::uint64_t offset) {
    if (offset < begin_) {
      auto node = left_behind_.extract(offset);
      return node ? std::optional<T>(std::move(node.mapped())) : std::nullopt;
    }
    if (offset >= end()) return std::nullopt;
    auto taken = std::exchange(queue_[offset - begin_], std::nullopt);
    DropTaken();
    return taken;
  }
  // The item at `offset`, to look at or change; null if it was taken or not added yet. Valid until the next Add or
  // Take.
  T* Find(std::uint64_t offset) {
    if (offset < begin_) {
      const auto place = left_behind_.find(offset);
      return place == left_behind_.end() ? nullptr : &place->second;
    }
    if (offset >= end()) return nullptr;
    auto& item = queue_[offset - begin_];
    return item ? &*item : nullptr;
  }
  // Visits (offset, item), in order.
  template <class Visit>
  void ForEach(const Visit& visit) const {
    for (const auto& [offset, item] : left_behind_) visit(offset, item);
    auto offset = begin_;
    for (const auto& item : queue_) {
      if (item) visit(offset, *item);
      ++offset;
    }
  }

 private:
  void DropTaken() {
    while (!queue_.empty() && !queue_.front()) {
      queue_.pop_front();
      ++begin_;
    }
  }

  std::size_t queue_bound_;
  std::uint64_t begin_ = 0;  // Offset of the queue's front, which is never taken.
  std::deque<std::optional<T>> queue_;
  std::map<std::uint64_t, T> left_behind_;
};

}  // namespace holdfast
