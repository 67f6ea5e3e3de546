#include "core/base/options.h"

namespace holdfast {
namespace {

template <class T>
const T& As(const OptionValue& value, std::string_view key) {
  HOLDFAST_CHECK(std::holds_alternative<T>(value), "option {} = {} is asked for as another type", key,
                 FormatOptionValue(value));
  return std::get<T>(value);
}

}  // namespace

OptionValues::OptionValues(OptionSet set) : set_(std::move(set)) {
  for (const auto& option : set_.options()) slots_.push_back({option.default_value, {}});
}

std::size_t OptionValues::IndexOf(std::string_view key) const {
  const auto* option = set_.Find(key);
  HOLDFAST_CHECK(option != nullptr, "option {} is not declared", key);
  return static_cast<std::size_t>(option - set_.options().data());
}

const OptionValue& OptionValues::Get(std::string_view key) const { return slots_[IndexOf(key)].value; }

const std::optional<ConfigPlace>& OptionValues::GivenAt(std::string_view key) const {
  return slots_[IndexOf(key)].given_at;
}

bool OptionValues::GetBool(std::string_view key) const { return As<bool>(Get(key), key); }
std::int64_t OptionValues::GetInt(std::string_view key) const { return As<std::int64_t>(Get(key), key); }
double OptionValues::GetDouble(std::string_view key) const { return As<double>(Get(key), key); }
Duration OptionValues::GetDuration(std::string_view key) const { return As<Duration>(Get(key), key); }
ByteSize OptionValues::GetBytes(std::string_view key) const { return As<ByteSize>(Get(key), key); }
Rate OptionValues::GetRate(std::string_view key) const { return As<Rate>(Get(key), key); }
const std::string& OptionValues::GetText(std::string_view key) const { return As<std::string>(Get(key), key); }

std::vector<std::pair<std::string, std::string>> OptionValues::Resolved() const {
  std::vector<std::pair<std::string, std::string>> resolved;
  const auto options = set_.options();
  for (std::size_t i = 0; i < options.size(); ++i) {
    resolved.emplace_back(options[i].key, FormatOptionValue(slots_[i].value));
  }
  return resolved;
}

}  // namespace holdfast
