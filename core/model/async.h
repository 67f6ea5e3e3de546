// Asynchronous operations: a call to something slow or remote that must not hold up the worker. A function starts one,
// and its outcome comes back as a message to the same address, once:
//
//   struct ScoreMerchant {
//     static constexpr std::string_view kName = "fraud/score-merchant";
//     using Request = MerchantQuery;
//     using Response = MerchantScore;
//   };
//   ctx.StartAsync<ScoreMerchant>(query);
//   void On(Context&, const AsyncOutcome<ScoreMerchant>& outcome);
//
// After a recovery an operation that was under way is reported as kUnknown: it may have run once, partly, or not.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/message.h"

namespace holdfast {

enum class AsyncStatus : std::uint8_t { kSuccess = 0, kFailure = 1, kUnknown = 2 };

// The wire form of every outcome. `response` is empty unless the status is kSuccess.
struct RawAsyncOutcome {
  std::uint32_t status = 0;
  std::string_view request;
  std::string_view response;
  std::string_view reason;
  HOLDFAST_MESSAGE("holdfast/async-outcome", status, request, response, reason)
};

template <class Operation>
struct AsyncOutcome {
  AsyncStatus status = AsyncStatus::kUnknown;
  typename Operation::Request request{};
  typename Operation::Response response{};
  std::string_view reason;
};

template <class Operation>
struct Codec<AsyncOutcome<Operation>> {
  static std::string Name() { return fmt::format("{}.outcome", Operation::kName); }

  static void Encode(const AsyncOutcome<Operation>& outcome, std::string& out) {
    std::string request;
    std::string response;
    Codec<typename Operation::Request>::Encode(outcome.request, request);
    if (outcome.status == AsyncStatus::kSuccess)
      Codec<typename Operation::Response>::Encode(outcome.response, response);
    Codec<RawAsyncOutcome>::Encode({static_cast<std::uint32_t>(outcome.status), request, response, outcome.reason},
                                   out);
  }

  static bool Decode(std::string_view bytes, AsyncOutcome<Operation>& outcome) {
    RawAsyncOutcome raw;
    if (!Codec<RawAsyncOutcome>::Decode(bytes, raw) || raw.status > 2) return false;
    outcome.status = static_cast<AsyncStatus>(raw.status);
    outcome.reason = raw.reason;
    return Codec<typename Operation::Request>::Decode(raw.request, outcome.request) &&
           Codec<typename Operation::Response>::Decode(raw.response, outcome.response);
  }
};

}  // namespace holdfast
