#pragma once

#include <optional>
#include <utility>

#include "common/result.h"
#include "rules/command.h"

namespace carecard::rules {

template <class C>
class Valid;

/// Checks everything about a command that needs neither state nor clock: forms, ranges, and
/// members that contradict each other.
///
/// Pure: no state, no clock, any thread. Whether names exist, money is enough or a rule allows it
/// is for `decide`. `C` is any command that a caller can send, or `SetOffsetTable`; what the
/// machine asks of itself (`ExpireHold`, `EndBusinessDay`, `EndPurse`,
/// `PayEarmark`) is never validated.
///
/// @return the command, marked as valid; or `malformed` for the first thing wrong, with `field` as
///         the path a caller of the RPC knows (e.g. "billing.minor_units", "purses[1].name",
///         "original.trace.stan"), what is wrong and what to do. No fault repeats the value. What
///         comes from the client's certificate is named "certificate.id" and "certificate.council".
///
/// Cost: allocates nothing for a valid `Authorise`, `Reverse`, `Present` or `Advise`.
template <class C>
[[nodiscard]] Result<Valid<C>> validate(C command) noexcept;

/// A command that `validate` found nothing wrong with. There is no other way to get one.
template <class C>
class Valid {
   public:
    [[nodiscard]] const C& operator*() const { return command_; }
    [[nodiscard]] const C* operator->() const { return &command_; }
    [[nodiscard]] C take() && { return std::move(command_); }

   private:
    explicit Valid(C&& command) : command_(std::move(command)) {}
    template <class D>
    friend Result<Valid<D>> validate(D command) noexcept;

    C command_;
};

/// The first thing wrong with a command, or nothing; see `validate`.
[[nodiscard]] std::optional<Fault> fault_in(const Authorise& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const Increment& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const Reverse& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const Present& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const Advise& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const CreateProgramme& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const OpenAccount& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const OpenPurse& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const IssueCard& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const Load& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const ReleaseStage& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const ClosePurse& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const SetProvider& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const SetEarmark& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const WithdrawEarmark& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const SetAgreement& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const SetCardStatus& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const ReplaceCard& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const SetCardRules& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const SetAccountStatus& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const ProposeResolution& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const DecideResolution& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const RecoverExposure& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const OpenDispute& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const CloseDispute& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const CloseSettlement& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const SetOffsetTable& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const AdvanceClock& command) noexcept;
[[nodiscard]] std::optional<Fault> fault_in(const AcceptClock& command) noexcept;

template <class C>
Result<Valid<C>> validate(C command) noexcept {
    if (std::optional<Fault> fault = fault_in(command)) return *std::move(fault);
    return Valid<C>(std::move(command));
}

}  // namespace carecard::rules
