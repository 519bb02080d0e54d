#pragma once

// The members of the structs that stand in images and in no event, as fields.h lists those of
// events. A change here changes the format of the projections: raise `projections_version` in
// services/sequencer/progress.h, and they are made anew.

#include "rules/restore.h"
#include "rules/state.h"
#include "services/journal/fields.h"

namespace carecard::journal {

constexpr auto fields(Is<rules::PurseImage> auto& v, auto&& use) {
    return use(v.spec, v.available, v.held, v.unreleased, v.status, v.last_day, v.returned);
}
constexpr auto fields(Is<rules::ProviderKey> auto& v, auto&& use) { return use(v.in, v.acceptor); }
constexpr auto fields(Is<rules::Earmark> auto& v, auto&& use) {
    return use(v.set_by, v.reference, v.purse, v.amount, v.left, v.payee, v.due, v.until);
}
constexpr auto fields(Is<rules::EarmarkUse> auto& v, auto&& use) {
    return use(v.earmark, v.authorisation, v.amount);
}
constexpr auto fields(Is<rules::WindowCounter> auto& v, auto&& use) {
    return use(v.number, v.count);
}
constexpr auto fields(Is<rules::TapCounter> auto& v, auto&& use) { return use(v.round, v.count); }
constexpr auto fields(Is<rules::Card> auto& v, auto&& use) {
    return use(v.id, v.account, v.tokens, v.last_four, v.expiry, v.expires_ns, v.holder,
               v.holder_reference, v.status, v.taps, v.first, v.single_use, v.has_rules,
               v.frozen_by, v.replaces, v.replaced_by);
}
constexpr auto fields(Is<rules::CardRules> auto& v, auto&& use) {
    return use(v.first, v.rules, v.version, v.since_ns, v.day, v.week, v.month, v.cash_day,
               v.quasi_cash_day);
}
constexpr auto fields(Is<rules::Resolution> auto& v, auto&& use) {
    return use(v.proposed, v.authorisation, v.kind, v.amount, v.notice_until, v.proposed_by,
               v.approved_by);
}
constexpr auto fields(Is<rules::EndedDay> auto& v, auto&& use) {
    return use(v.day, v.last, v.cleared);
}
constexpr auto fields(Is<rules::ClosedBatch> auto& v, auto&& use) {
    return use(v.number, v.day, v.first, v.last, v.closed_at);
}

/// All of an account but its cards, open authorisations, kept reversals, open proposals, earmarks
/// and disputes, which stand in its image whole.
constexpr auto account_members(Is<rules::Account> auto& v, auto&& use) {
    static_assert(member_count<rules::Account>() == 21, "list the new member of Account here");
    return use(v.id, v.programme, v.reference, v.arrangement, v.status, v.vault_key, v.agreement,
               v.agreement_version, v.agreement_set, v.opened_ns, v.day, v.week, v.month,
               v.cash_day, v.quasi_cash_day, v.open_held, v.exposure, v.as_of);
}

/// All of a programme but its lists of days, batches and providers.
constexpr auto programme_members(Is<rules::Programme> auto& v, auto&& use) {
    static_assert(member_count<rules::Programme>() == 12, "list the new member of Programme here");
    return use(v.id, v.terms, v.defaults, v.ledger, v.today, v.business_day, v.cut_off_ns,
               v.batch_number, v.as_of);
}

}  // namespace carecard::journal
