// Base64 with the standard alphabet and padding (RFC 4648).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

std::string EncodeBase64(std::string_view bytes);
// Nothing when `text` is not base64; padding may be missing.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace holdfast
