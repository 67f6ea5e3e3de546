#include "engines/two-tier/courier.h"

#include <algorithm>

namespace holdfast::two_tier {

namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstPause = 2ms;
constexpr Duration kLongestPause = 100ms;

}  // namespace

Courier::Courier(EventLoop& loop, const std::vector<std::string>& peers) : loop_(loop) {
  for (const auto& path : peers) {
    clients_.push_back(std::make_unique<HttpClient>(loop, HttpClient::Options{.path = path}));
  }
}

void Courier::Send(Letter letter) {
  ++under_way_;
  const auto name = letter.lane;
  auto& lane = lanes_[name];
  lane.letters.push_back(std::move(letter));
  if (lane.letters.size() == 1) Transmit(name);
}

void Courier::Transmit(const std::string& name) {
  const auto& letter = lanes_.at(name).letters.front();
  clients_[letter.peer]->Post(letter.request, [this, name](HttpReply reply) { Answered(name, std::move(reply)); });
}

void Courier::Answered(const std::string& name, HttpReply reply) {
  auto& lane = lanes_.at(name);
  if (reply.status != kHttpOk) {
    ++retries_;
    lane.pause = std::clamp(2 * lane.pause, kFirstPause, kLongestPause);
    return loop_.After(lane.pause, [this, name] { Transmit(name); });
  }
  --under_way_;
  const auto delivered = std::move(lane.letters.front().delivered);
  lane.letters.pop_front();
  lane.pause = {};
  if (lane.letters.empty()) {
    lanes_.erase(name);
  } else {
    Transmit(name);
  }
  if (delivered) delivered(std::move(reply.body));
}

}  // namespace holdfast::two_tier
