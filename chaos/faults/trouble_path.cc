#include "chaos/faults/trouble_path.h"

#include <charconv>

namespace holdfast {
namespace {

constexpr std::string_view kWorker = "worker ";

}  // namespace

std::optional<TroubleEnd> TroubleEnd::Named(std::string_view text) {
  if (text == Everything().Text()) return Everything();
  if (text == Coordinator().Text()) return Coordinator();
  if (!text.starts_with(kWorker)) return std::nullopt;
  text.remove_prefix(kWorker.size());
  std::uint16_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Worker(WorkerId(id));
}

std::string TroubleEnd::Text() const {
  switch (code_) {
    case kEverything:
      return "everything";
    case kCoordinator:
      return "coordinator";
    case kSink:
      return "sink";
    default:
      return fmt::format("{}{}", kWorker, code_);
  }
}

}  // namespace holdfast
