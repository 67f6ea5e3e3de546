// An action that waits for its instant, kept in the slot where it was made: a simulated run has thousands of them, and
// neither making nor doing one allocates. A std::function allocates for all that is larger than two pointers.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace holdfast {

class SimTask {
 public:
  SimTask() = default;
  SimTask(const SimTask&) = delete;
  SimTask& operator=(const SimTask&) = delete;
  ~SimTask() { Drop(); }

  // Keeps `action` for one Do(). The slot must be empty.
  template <class Action>
  void Keep(Action&& action) {
    using Kept = std::decay_t<Action>;
    if constexpr (sizeof(Kept) > kRoom || alignof(Kept) > alignof(std::max_align_t)) {
      Keep([large = std::make_unique<Kept>(std::forward<Action>(action))] { (*large)(); });
    } else {
      ::new (static_cast<void*>(room_)) Kept(std::forward<Action>(action));
      do_ = [](void* kept) { (*static_cast<Kept*>(kept))(); };
      drop_ = [](void* kept) { static_cast<Kept*>(kept)->~Kept(); };
    }
  }
  // Does the action; it stays, whole, until Drop(), also if it throws.
  void Do() { do_(room_); }
  void Drop() {
    if (drop_ != nullptr) std::exchange(drop_, nullptr)(room_);
  }

 private:
  static constexpr std::size_t kRoom = 96;  // The largest of the simulator's own: a frame on its way.
  alignas(std::max_align_t) std::byte room_[kRoom];
  void (*do_)(void*) = nullptr;
  void (*drop_)(void*) = nullptr;
};

}  // namespace holdfast
