#include <algorithm>

#include "services/fsck/audit_parts.h"

namespace carecard::fsck {
namespace {

/// What the ended days up to `day` came to, and the last event of that day; 0 when the day has not
/// ended, or is in a batch.
struct Closing {
    Sequence last;
    rules::DayTotals cleared;
};

Closing closing_of(const rules::Programme& programme, DayNumber day) {
    Closing closing;
    Sequence last;
    for (const rules::EndedDay& ended : programme.ended) {
        if (ended.day > day) break;
        closing.cleared.debit_count += ended.cleared.debit_count;
        closing.cleared.credit_count += ended.cleared.credit_count;
        closing.cleared.debit.value += ended.cleared.debit.value;
        closing.cleared.credit.value += ended.cleared.credit.value;
        last = ended.last;
        if (ended.day == day) closing.last = last;
    }
    return closing;
}

}  // namespace

void audit(const Before& before, const rules::Stamp& stamp, const rules::BusinessDayEnded& event,
           Claims& claims) {
    const ProgrammeId id = event.request.programme;
    claims.that(exists(id, before.state.programmes),
                "it names a programme that the events before do not have");
    if (!claims.hold()) return;
    const rules::Programme& programme = before.state.at(id);
    const ProgrammeCount& counted = before.recount.at(id);
    claims.equal("the business day", event.request.day, programme.business_day);
    claims.that(programme.cut_off_ns <= stamp.now_ns, "it ends a business day before its time");
    claims.equal("the day's last event", event.last, before.state.last);
    claims.equal("the number of debits", event.cleared.debit_count, counted.today.debit_count);
    claims.equal("the number of credits", event.cleared.credit_count, counted.today.credit_count);
    claims.equal("the sum of the debits", event.cleared.debit, counted.today.debit);
    claims.equal("the sum of the credits", event.cleared.credit, counted.today.credit);
    claims.that(event.trial_balance == counted.ledger,
                "its trial balance is not the sum of the postings before");
}

void audit(const Before& before, const rules::Stamp&, const rules::SettlementClosed& event,
           Claims& claims) {
    claims.that(exists(event.programme, before.state.programmes),
                "it names a programme that the events before do not have");
    if (!claims.hold()) return;
    const rules::Programme& programme = before.state.at(event.programme);
    claims.that(programme.terms.code == event.request.programme,
                "it names another programme than it was asked for");
    const auto& batches = programme.batches;
    claims.equal("the batch's number", event.number, programme.batch_number + 1);
    claims.equal("the batch's first event", event.first.value,
                 batches.empty() ? 1 : batches.back().last.value + 1);
    const Closing closing = closing_of(programme, event.request.day);
    claims.that(closing.last.value != 0,
                "it closes a day that has not ended, or is closed already");
    claims.equal("the batch's last event", event.last, closing.last);
    claims.that(event.cleared == closing.cleared,
                "its counts and sums are not those of its business days");
}

void audit(const Before&, const rules::Stamp&, const rules::OffsetTableSet& event, Claims& claims) {
    const auto& entries = event.request.table.entries;
    claims.that(std::ranges::is_sorted(entries, {}, &rules::OffsetEntry::from),
                "its offsets are not in the order of time");
}

void audit(const Before& before, const rules::Stamp&, const rules::ClockAdvanced& event,
           Claims& claims) {
    claims.that(event.request.to >= before.state.last_ns, "it moves the clock back");
}

void audit(const Before& before, const rules::Stamp&, const rules::ClockAccepted& event,
           Claims& claims) {
    claims.equal("the last time before the jump", event.last, before.state.last_ns);
}

void audit(const Before& before, const rules::Stamp& stamp, const rules::Restored& event,
           Claims& claims) {
    claims.that(event.epoch == stamp.epoch && event.epoch > before.state.epoch,
                "it does not begin a new epoch");
    claims.equal("the event it restores to", event.restored_to, before.state.last);
    claims.equal("the first event that is lost", event.lost_first, stamp.sequence);
    ProgrammeId last_programme;
    for (const rules::LostBatches& lost : event.batches_lost) {
        claims.that(
            exists(lost.programme, before.state.programmes) && lost.programme > last_programme,
            "it names a programme that is not there, or names it twice");
        if (!claims.hold()) return;
        last_programme = lost.programme;
        claims.equal("the first batch that is lost", lost.first,
                     before.state.at(lost.programme).batch_number + 1);
        claims.that(lost.last >= lost.first, "the batches that it names end before they begin");
    }
}

}  // namespace carecard::fsck
