#include "apps/simulate/event_wire.h"

#include <cstring>
#include <set>
#include <type_traits>

namespace holdfast {
namespace {

constexpr std::string_view kMark{"\0event\0\0", 8};

struct Head {
  std::array<char, kMark.size()> mark;
  SteadyTime time;
  std::uint64_t hash;
  SimFacts facts;
  std::uint32_t what;  // Bytes.
  std::uint32_t text;
};
static_assert(std::is_trivially_copyable_v<Head>);

// Events name their kinds by views that live for ever.
std::string_view Kept(std::string_view what) {
  static std::set<std::string, std::less<>> names;
  const auto found = names.find(what);
  return found != names.end() ? *found : *names.emplace(what).first;
}

}  // namespace

std::string EncodeEvent(const SimEvent& event) {
  Head head{{},
            event.time,
            event.hash,
            event.facts,
            static_cast<std::uint32_t>(event.what.size()),
            static_cast<std::uint32_t>(event.text.size())};
  std::ranges::copy(kMark, head.mark.begin());
  std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
  bytes += event.what;
  return bytes += event.text;
}

void EventReader::Take(std::string_view bytes) {
  waiting_ += bytes;
  std::string_view rest = waiting_;
  while (!rest.empty()) {
    const auto mark = rest.find(kMark.front());
    said_ += rest.substr(0, mark);
    if (mark == std::string_view::npos) {
      rest = {};
      break;
    }
    rest.remove_prefix(mark);
    if (rest.substr(0, kMark.size()) != kMark.substr(0, rest.size())) {
      said_ += rest.front();
      rest.remove_prefix(1);
    } else if (!TakeEvent(rest)) {
      break;
    }
  }
  waiting_.erase(0, waiting_.size() - rest.size());
}

bool EventReader::TakeEvent(std::string_view& bytes) const {
  Head head;
  if (bytes.size() < sizeof head) return false;
  std::memcpy(&head, bytes.data(), sizeof head);
  if (bytes.size() < sizeof head + head.what + head.text) return false;
  const auto words = bytes.substr(sizeof head);
  listener_({head.time, Kept(words.substr(0, head.what)), std::string(words.substr(head.what, head.text)), head.hash,
             head.facts});
  bytes.remove_prefix(sizeof head + head.what + head.text);
  return true;
}

}  // namespace holdfast
