// What a function sees of the world while it handles one message: who it is, who called, its state, the time, and verbs
// to act. Nothing happens while the function runs: each verb writes an effect, and the effects of the unit apply
// together when it returns, or not at all if it throws or returns an error. The context is the function's only source
// of time and randomness. It lives for one call on one thread.
//
// Misuse that types can see does not compile. The rest (an unknown function name, a reply without a caller) throws
// FunctionError with a sentence, which fails the unit like any other exception.
#pragma once

#include <array>
#include <chrono>
#include <forward_list>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "core/base/random.h"
#include "core/model/application.h"
#include "core/model/async.h"
#include "core/model/record.h"

namespace holdfast {

class FunctionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An instance of function F: `To<EmailSender>(address)`.
template <class F>
struct To {
  std::string_view id;
  explicit To(std::string_view instance) : id(instance) {}
};

// An instance by name, for targets known only at run time.
struct ToName {
  std::string_view function;
  std::string_view id;
};

// Names one delayed message of one sender, to cancel it by. Tokens are scoped to the sender's id.
struct CancellationToken {
  std::string_view value;
};

// Where records leave: `inline constexpr Egress<Email> kEmails{"greeter/emails"};`
template <class M>
struct Egress {
  std::string_view name;
};

// One unit's input, as the dispatcher hands it to a host.
struct Invocation {
  AddressView self;
  AddressView caller;
  ValueTypeId value_type;
  std::string_view payload;
  std::string_view record;  // The address's state; see record.h.
  AppTime now;
  std::uint64_t random_seed = 0;
};

template <class F, class M>
concept HandledBy = F::Handles::template Contains<M>;

class Context {
 public:
  Context(const Application& application, const Invocation& invocation, const std::vector<StateSpec>& states,
          EffectsBuilder& effects);
  Context(const Context&) = delete;  // It means nothing after the call.
  Context& operator=(const Context&) = delete;

  const AddressView& self() const { return invocation_.self; }
  // Who sent the message; not valid() when it came from an ingress.
  const AddressView& caller() const { return invocation_.caller; }
  // Application time at the start of the unit; the same however often it is asked.
  AppTime Now() const { return invocation_.now; }
  Random& random() {
    if (!random_) random_.emplace(invocation_.random_seed);
    return *random_;
  }

  // The live value, or nothing. Sees what this unit has written. Views in it live as long as the context.
  template <class T>
  std::optional<T> Get(const Value<T>& value) const;
  template <class T>
  void Set(const Value<T>& value, const std::type_identity_t<T>& content);
  template <class T>
  void Clear(const Value<T>& value);

  template <class F, Message M>
  void Send(To<F> target, const M& message);
  template <Message M>
  void Send(ToName target, const M& message);
  // To any address, for example self() or one kept from caller().
  template <Message M>
  void Send(const AddressView& target, const M& message);
  // To the caller. Throws if the message came from an ingress.
  template <Message M>
  void Reply(const M& message);

  // Durable; arrives once, never early by this worker's application clock, outside the order of other messages.
  // A token that already names a pending message of this sender replaces it.
  template <class F, Message M>
  void SendAfter(std::chrono::milliseconds delay, To<F> target, const M& message, CancellationToken token = {});
  template <Message M>
  void SendAfter(std::chrono::milliseconds delay, const AddressView& target, const M& message,
                 CancellationToken token = {});
  // Does nothing if the message has arrived or never was.
  void Cancel(CancellationToken token);

  template <Message M>
  void Emit(const Egress<M>& egress, std::string_view key, const std::type_identity_t<M>& record);

  // Starts an operation outside the worker; an AsyncOutcome<Operation> message will come to this address.
  template <class Operation>
  void StartAsync(const typename Operation::Request& request);

  // Called by the host after the handler returned: refreshes the values that expire after invocation.
  void Finish();

 private:
  // Where in the effects a value stands that this unit wrote.
  struct Written {
    bool present;
    std::uint32_t offset;
    std::uint32_t size;
  };
  static_assert(kMaxStateSlots <= 32);

  template <Message M>
  std::string_view Encode(const M& message);
  template <Message M>
  ValueTypeId TypeOf() const;
  EnvelopeView Envelope(const AddressView& target, ValueTypeId type, std::string_view payload) const;
  void CheckHandles(const AddressView& target, ValueTypeId type) const;
  FunctionId NeedFunction(std::string_view name) const;
  AppTime ExpiryOf(Expire expire) const {
    return expire.mode == Expire::Mode::kNever ? kNeverExpires : Now() + expire.after;
  }
  bool IsWritten(StateSlot slot) const { return written_mask_ >> slot.value & 1; }
  void NoteWritten(StateSlot slot, Written written) {
    written_mask_ |= 1u << slot.value;
    written_[slot.value] = written;
  }
  std::optional<std::string_view> Bytes(StateSlot slot) const;
  void SetBytes(StateSlot slot, Expire expire, std::string_view bytes);
  [[noreturn]] static void Fail(std::string message) { throw FunctionError(message); }
  template <class F, class M>
  AddressView Typed(To<F> target) const;

  const Application& application_;
  const Invocation& invocation_;
  const std::vector<StateSpec>& states_;
  EffectsBuilder& effects_;
  std::optional<Random> random_;  // Made when first asked for.
  std::uint32_t written_mask_ = 0;
  std::array<Written, kMaxStateSlots> written_;  // By slot; means something where the mask says so.
  // Copies of values that were written and read back: the effects grow under views into them.
  mutable std::forward_list<std::string> own_reads_;
};

}  // namespace holdfast

#include "core/model/context.inl.h"
