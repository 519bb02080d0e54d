#include "rules/event_facts.h"

#include <array>
#include <memory>

#include "rules/clearing.h"

namespace carecard::rules {
namespace {

/// What left each purse for good: what a line only moves within it cancels out.
PaidParts paid_parts(const Postings& postings) {
    std::array<std::int64_t, purses_per_account_max + 1> paid{};
    for (const Posting& line : postings) paid[line.purse.value] -= line.amount.value;
    PaidParts parts;
    for (std::size_t purse = 1; purse < paid.size(); ++purse) {
        if (paid[purse] > 0) {
            parts.push_back({{static_cast<std::uint8_t>(purse)}, {paid[purse]}});
        }
    }
    return parts;
}

}  // namespace

Authorisation authorisation_of(const AuthorisationDecided& event, const Stamp& stamp) {
    return {.id = event.id,
            .account = event.account,
            .card = event.card,
            .state = AuthorisationState::open,
            .caller = event.request.request.caller,
            .request_key = event.request.request.key,
            .identity = event.request.identity,
            .code = event.code,
            .approved = event.approved,
            .legs = event.legs,
            .counted = flow_of(event.request.kind) == Flow::takes ? event.approved : AmountMinor{},
            .windows = event.windows,
            .decided_ns = stamp.now_ns,
            .expires_ns = event.expires_ns,
            .flow = flow_of(event.request.kind),
            .cash = event.cash,
            .refunds = event.refunds,
            .tap = event.tap,
            .local_date = event.request.local_date,
            .foreign = foreign_of(event.request.amounts, event.approved),
            .tolerance = event.tolerance,
            .by_card = event.card_rules.value != 0 && flow_of(event.request.kind) == Flow::takes};
}

Earmark earmark_of(const EarmarkSet& event, const Stamp& stamp) {
    return {.set_by = stamp.sequence,
            .reference = event.request.reference,
            .purse = event.purse,
            .amount = event.request.amount,
            .left = event.request.amount,
            .payee = event.request.payee,
            .due = event.request.due,
            .until = event.until};
}

AppliedOnce applied_by(const Presented& event, const Stamp& stamp) {
    const auto key = [&](NaturalKey::Kind kind, const PresentmentId& name) {
        return NaturalKey{.kind = kind, .account = event.account, .name = name};
    };
    Applied applied{.at = stamp.sequence};
    const Present& request = event.request;
    if (request.direction == Direction::debit && request.kind == PresentmentKind::clearing) {
        applied.clearing =
            std::make_shared<const Clearing>(Clearing{.authorisation = event.after.id,
                                                      .amount = request.amounts.billing,
                                                      .paid = paid_parts(event.postings)});
    }
    AppliedOnce once;
    once.push_back({key(NaturalKey::Kind::presentment, event.request.presentment_id), applied});
    if (!event.request.reverses.empty() && !event.after.id.none()) {
        once.push_back({key(NaturalKey::Kind::presentment_reversal, event.request.reverses),
                        {.at = stamp.sequence}});
    }
    return once;
}

AccountId account_of(const Event& event) {
    return std::visit(
        [](const auto& fact) -> AccountId {
            if constexpr (requires { fact.account; }) return fact.account;
            return {};
        },
        event);
}

ProgrammeId programme_of(const Event& event) {
    return std::visit(
        [](const auto& fact) -> ProgrammeId {
            if constexpr (requires { fact.programme; }) {
                return fact.programme;
            } else if constexpr (requires { fact.request.programme.value; }) {
                return {fact.request.programme.value};
            }
            return {};
        },
        event);
}

}  // namespace carecard::rules
