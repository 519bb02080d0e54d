#pragma once

#include <grpcpp/support/server_callback.h>

#include <optional>
#include <string>
#include <utility>

#include "common/result.h"
#include "services/authorisation/convert.h"
#include "services/authorisation/door.h"
#include "services/rpc/faults.h"
#include "services/rpc/identity.h"
#include "services/rpc/rights.h"
#include "services/sequencer/sequencer.h"

/// What all calls of the back have in common.
namespace carecard::authorisation {

/// Who calls, if the certificate gives the right to call `method`.
inline Result<rpc::Identity> allowed_caller(const grpc::CallbackServerContext& context,
                                            std::string_view method) {
    return rpc::allowed_caller(*context.auth_context(), method);
}

inline void fail(grpc::ServerUnaryReactor& reactor, const Fault& found, std::string_view method) {
    const Fault fault = for_caller(found, method);
    const bool denied = fault.kind == FaultKind::denied;
    reactor.Finish(rpc::to_status(fault, denied ? rpc::roles_with_right(method) : std::string{}));
}

/// For commands that leave nothing behind when they are refused.
inline constexpr auto nothing_to_settle = [](const auto*) {};

/// Submits a command and answers the call from its event: `respond(event, answered)` fills the
/// response, on the sequencer's thread. `settle(event)` is called before the call is answered, with
/// null when there is no event.
template <class Event, class C, class Respond, class Settle = decltype(nothing_to_settle)>
void submit(sequencer::Sequencer& sequencer, grpc::CallbackServerContext& context,
            grpc::ServerUnaryReactor& reactor, rules::Valid<C> command,
            std::optional<Secret> account_key, std::string_view method, Respond respond,
            Settle settle = nothing_to_settle) {
    auto reply = [&sequencer, &reactor, respond, method, settle](const sequencer::Answer& answer) {
        if (const auto* fault = std::get_if<Fault>(&answer.outcome)) {
            settle(static_cast<const Event*>(nullptr));
            return fail(reactor, *fault, method);
        }
        const auto& event = std::get<Event>(*std::get<const rules::Event*>(answer.outcome));
        settle(&event);
        const rules::State& state = sequencer.core().state;
        CurrencyCode currency;
        if constexpr (requires { event.programme; }) {
            currency = state.at(event.programme).terms.currency;
        }
        respond(event,
                Answered{.stamp = answer.stamp, .replay = answer.replay, .currency = currency});
        reactor.Finish(grpc::Status::OK);
    };
    const Result<Done> pushed = sequencer.inbox().push(
        sequencer::Submission{.command = std::move(command).take(),
                              .reply = std::move(reply),
                              .deadline_ns = sequencer::monotonic_deadline_ns(context.deadline()),
                              .account_key = std::move(account_key)});
    if (pushed) return;
    settle(static_cast<const Event*>(nullptr));
    fail(reactor, pushed.fault(), method);
}

}  // namespace carecard::authorisation
