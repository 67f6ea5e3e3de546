// A root sends its record out along all branches and joins the answers; hops pass walks on.
#pragma once

#include <memory>

#include "core/model/function.h"
#include "workloads/chain/messages.h"
#include "workloads/chain/routes.h"

namespace holdfast::chain {

// An instance per record, which leaves nothing behind.
class Root : public Function<Root> {
 public:
  static constexpr std::string_view kName = "chain/root";
  using Handles = Messages<Start, Answer>;
  Value<Join> join{*this, "join"};

  explicit Root(std::shared_ptr<const Routes> routes) : routes_(std::move(routes)) {}
  void On(Context& ctx, const Start& start);
  // kInvalidArgument if nobody waits for the answer.
  Status On(Context& ctx, const Answer& answer);

 private:
  const std::shared_ptr<const Routes> routes_;
};

class Hop : public Function<Hop> {
 public:
  static constexpr std::string_view kName = "chain/hop";
  using Handles = Messages<Walk>;
  Value<Tally> tally{*this, "tally"};

  explicit Hop(std::shared_ptr<const Routes> routes) : routes_(std::move(routes)) {}
  // kInvalidArgument if this is no hop's id.
  Status On(Context& ctx, const Walk& walk);

 private:
  const std::shared_ptr<const Routes> routes_;
};

}  // namespace holdfast::chain
