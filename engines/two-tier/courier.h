// Delivers letters to peers, each until it is acknowledged: a request that fails is posted again, after a while that
// doubles. Letters of one lane are delivered one at a time in the order in which they were given, so a lane for each
// receiver keeps the order of what one sender tells it.
//
//   courier.Send({.peer = 2, .lane = "user-17", .request = {"/message", "", envelope}, .delivered = ...});
//
// At least once is all it gives: an acknowledgement that is lost makes it deliver again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engines/two-tier/http_client.h"

namespace holdfast::two_tier {

// Lives on its loop.
class Courier {
 public:
  struct Letter {
    std::size_t peer = 0;  // Index among the peers.
    std::string lane;
    HttpRequest request;
    std::function<void(std::string reply)> delivered;  // Once; may be empty.
  };

  // `peers`: the sockets.
  Courier(EventLoop& loop, const std::vector<std::string>& peers);
  void Send(Letter letter);

  // Letters that are not acknowledged yet.
  std::size_t under_way() const { return under_way_; }
  // How often one was posted again.
  std::uint64_t retries() const { return retries_; }

 private:
  struct Lane {
    std::deque<Letter> letters;
    Duration pause{};
  };
  void Transmit(const std::string& name);
  void Answered(const std::string& name, HttpReply reply);

  EventLoop& loop_;
  std::vector<std::unique_ptr<HttpClient>> clients_;
  std::unordered_map<std::string, Lane> lanes_;  // Looked up, never walked.
  std::size_t under_way_ = 0;
  std::uint64_t retries_ = 0;
};

}  // namespace holdfast::two_tier
