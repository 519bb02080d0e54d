#include <algorithm>

#include "services/fsck/audit_authorisation.h"

namespace carecard::fsck {
namespace {

using rules::Authorisation;

/// What an increment promises: from available to held, purse by purse.
Moved promised_by(const Authorisation& was, const rules::HoldIncreased& event, Claims& claims) {
    Moved moved;
    const LegsByPurse old_legs = by_purse(was.legs);
    const LegsByPurse new_legs = by_purse(event.after.legs);
    std::int64_t held = 0;
    for (std::size_t purse = 1; purse < new_legs.size(); ++purse) {
        const std::int64_t more = new_legs[purse].held.value - old_legs[purse].held.value;
        claims.that(more >= 0 && new_legs[purse].debited == old_legs[purse].debited &&
                        new_legs[purse].credited == old_legs[purse].credited,
                    "it does more to a leg than raise its hold");
        claims.that(more <= 0 || may_pay(event.facts, {static_cast<std::uint8_t>(purse)}, {more}),
                    "it takes from a purse that may not pay it, or more than that may");
        moved.available[purse] = -more;
        moved.held[purse] = more;
        held += more;
    }
    claims.equal("the amount added to the hold", event.extra.value, held);
    return moved;
}

/// What it counts for: the extra on top, in the windows of its time.
void audit_counted(const Authorisation& was, const rules::HoldIncreased& event, Claims& claims) {
    const Authorisation& after = event.after;
    claims.equal("what the authorisation counts for", after.counted.value,
                 was.counted.value + event.extra.value);
    claims.equal("the cumulative amount", event.cumulative, after.counted);
    claims.that(after.windows == event.windows,
                "it counts in other windows than those of its time");
    const rules::WindowAmounts had = was.counted_by_window();
    const rules::WindowAmounts has = after.counted_by_window();
    const auto grows = [&](bool same, AmountMinor before, AmountMinor now, bool place) {
        const std::int64_t stayed = same ? before.value : 0;
        claims.that(now.value == stayed + event.extra.value && place == (stayed == 0),
                    "a window counts another amount, or another place, than was added");
    };
    grows(was.windows.day == event.windows.day, had.day, has.day, event.places.day);
    grows(was.windows.week == event.windows.week, had.week, has.week, event.places.week);
    grows(was.windows.month == event.windows.month, had.month, has.month, event.places.month);
}

/// Of a payment in another currency: how much more of it may clear.
void audit_foreign(const Authorisation& was, const rules::HoldIncreased& event, Claims& claims) {
    const rules::TransactionAmounts& amounts = event.request.amounts;
    rules::Foreign expected = was.foreign;
    if (expected.currency == amounts.transaction_currency) {
        expected.authorised.value += foreign_of(amounts, event.extra).authorised.value;
    }
    claims.that(event.after.foreign == expected, "it authorises another part of a foreign payment");
}

/// `after` with what an increment may change put back to what it was.
Authorisation unchanged_part(const Authorisation& after, const Authorisation& was) {
    Authorisation same = after;
    same.approved = was.approved;
    same.foreign = was.foreign;
    same.legs = was.legs;
    same.counted = was.counted;
    same.counted_in = was.counted_in;
    same.windows = was.windows;
    same.expires_ns = was.expires_ns;
    same.raised_ns = was.raised_ns;
    return same;
}

/// It is held as long again as it was from its decision, or from its last increment.
void audit_lifetime(const Authorisation& was, const Authorisation& after, TimestampNs now_ns,
                    Claims& claims) {
    const TimestampNs began = was.raised_ns ? *was.raised_ns : was.decided_ns;
    claims.that(after.raised_ns == now_ns, "it was raised at another time than that of its event");
    claims.equal("the time for which it is held", after.expires_ns.value - now_ns.value,
                 was.expires_ns.value - began.value);
}

void audit_raised(const Before& before, const rules::Stamp& stamp,
                  const rules::HoldIncreased& event, Claims& claims) {
    claims.that(before.authorisation != nullptr,
                "it raises an authorisation that the events before do not have");
    if (!claims.hold()) return;
    const Authorisation& was = *before.authorisation;
    claims.that(event.after.account == event.account && exists(was.card, before.state.cards) &&
                    before.state.same_chain(was.card, event.card),
                "it raises an authorisation of another card");
    if (!claims.hold()) return;
    audit_form(before, event.after, claims);
    claims.that(unchanged_part(event.after, was) == was,
                "it changes what an increment leaves as it is");
    claims.that(was.state == rules::AuthorisationState::open, "it raises what was over");
    claims.that(event.extra.value > 0 && event.extra <= event.request.amounts.billing,
                "it adds another amount than was asked for");
    claims.equal("the amount approved", event.after.approved.value,
                 was.approved.value + event.extra.value);
    audit_lifetime(was, event.after, stamp.now_ns, claims);
    claims.equal("what it was raised from", event.facts.raised_from->amount, was.counted);
    if (!claims.hold()) return;
    audit_counted(was, event, claims);
    audit_foreign(was, event, claims);
    const Moved moved = promised_by(was, event, claims);
    audit_postings(before, event.account, event.postings, moved, claims);
}

}  // namespace

void audit(const Before& before, const rules::Stamp& stamp, const rules::HoldIncreased& event,
           Claims& claims) {
    if (!card_is_known(before, event, claims)) return;
    const auto& tokens = before.state.at(event.card).tokens;
    claims.that(std::ranges::find(tokens, event.request.card_token) != tokens.end(),
                "it was asked for with a token that its card does not have");
    claims.that(event.windows == local_windows(before.state.offsets, stamp.now_ns),
                "its day, week and month are not those of its time");
    claims.that(event.defaults == before.state.at(event.programme).defaults &&
                    event.agreement == before.state.at(event.account).agreement,
                "it names other rules than those in force");
    claims.that(!event.agreement_version || event.agreement_version->value ==
                                                before.state.at(event.account).agreement_version,
                "it names another version of the agreement than the one in force");
    audit_card_rules(before, event.card, event.card_rules, claims);
    claims.that(event.facts.raised_from.has_value(), "it was not asked about as an increment");
    const rules::Authorise purchase = rules::purchase_of(event.request);
    audit_facts(before, stamp,
                {.request = purchase,
                 .facts = event.facts,
                 .windows = event.windows,
                 .programme = event.programme,
                 .account = event.account,
                 .card = event.card},
                claims);
    if (event.decline.declined()) {
        claims.that(event.after.id.none() && event.extra.value == 0,
                    "it was declined, and changes an authorisation");
        audit_refused(event.postings, claims);
    } else if (claims.hold()) {
        audit_raised(before, stamp, event, claims);
    }
    if (!claims.hold()) return;
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

}  // namespace carecard::fsck
