#pragma once

#include <string>
#include <variant>

#include "rules/decide.h"
#include "tests/model/parts.h"

/// The rules' answers in the sentences of the model.
namespace carecard::rules {

using model::say;

inline std::string said(const Decline& decline) {
    return say(name_of(decline.reason), " by ", name_of(decline.level), ", works ",
               decline.amount_would_work.value, ", count ", decline.count_max, ", from ",
               decline.works_from.value);
}
inline std::string left(AmountMinor available) { return say("; left ", available.value); }

/// A sentence for each fact.
struct Sentence {
    std::string operator()(const AuthorisationDecided& event) const {
        if (event.decline.declined()) {
            return "declined " + said(event.decline) + left(event.available);
        }
        return say("approved ", event.approved.value, left(event.available));
    }
    std::string operator()(const Reversed& event) const {
        if (event.decline.declined()) {
            return "not reversed " + said(event.decline) + left(event.available);
        }
        return say("reversed ", event.released.value, " by ", static_cast<int>(event.matched_by),
                   left(event.available));
    }
    std::string operator()(const ReversalKept& event) const {
        return say("kept to ", event.kept.remaining.value, " until ", event.kept.until_ns.value,
                   left(event.available));
    }
    std::string operator()(const Presented& event) const {
        return say("posted by ", static_cast<int>(event.matched_by), " to ",
                   event.after.id.sequence.value, ", freed ", event.released.value, ", exposed ",
                   event.exposure.value, ", recovered ", event.recovered.value, ", unmatched ",
                   event.unmatched.value, left(event.available));
    }
    std::string operator()(const ProgrammeCreated& event) const {
        return say("programme ", event.programme.value, " rules ", event.defaults.value, " from ",
                   event.first_day.value);
    }
    std::string operator()(const AccountOpened& event) const {
        return say("account ", event.account.value);
    }
    std::string operator()(const PurseOpened& event) const {
        return say("purse ", int{event.purse.value});
    }
    std::string operator()(const CardIssued& event) const { return say("card ", event.card.value); }
    std::string operator()(const Loaded& event) const {
        return say("loaded into ", int{event.purse.value}, left(event.available));
    }
    std::string operator()(const AgreementSet& event) const {
        return say("rules ", event.agreement.value, " version ", event.version);
    }
    std::string operator()(const CardStatusSet&) const { return "card status"; }
    std::string operator()(const AccountStatusSet&) const { return "account status"; }
    std::string operator()(const HoldExpired& event) const {
        return say("expired ", event.released.value);
    }
    std::string operator()(const BusinessDayEnded& event) const {
        return say("day ended ", event.request.day.value, " at ", event.last.value);
    }
    std::string operator()(const SettlementClosed& event) const {
        const DayTotals& cleared = event.cleared;
        return say("batch ", event.number, ": ", event.first.value, " to ", event.last.value,
                   ", debits ", cleared.debit_count, ' ', static_cast<long>(cleared.debit.value),
                   ", credits ", cleared.credit_count, ' ',
                   static_cast<long>(cleared.credit.value));
    }
    std::string operator()(const OffsetTableSet&) const { return "offsets"; }
    std::string operator()(const ClockAdvanced&) const { return "clock advanced"; }
    std::string operator()(const ClockAccepted& event) const {
        return say("clock accepted after ", event.last.value);
    }

    std::string operator()(const Event& event) const { return std::visit(*this, event); }
    std::string operator()(const RefusedUnrecorded& refused) const {
        return say("unrecorded ", name_of(refused.decline.reason));
    }
    std::string operator()(const AlreadyRecorded& recorded) const {
        return say("recorded at ", recorded.sequence.value);
    }
    std::string operator()(const Fault& fault) const {
        const char* kind = fault.kind == FaultKind::conflict    ? "conflict "
                           : fault.kind == FaultKind::not_found ? "not_found "
                           : fault.kind == FaultKind::denied    ? "denied "
                                                                : "other ";
        return say("fault ", kind, fault.field);
    }
};

inline std::string said(const Decision& decision) { return std::visit(Sentence{}, decision); }

inline std::string said(const Due& due) {
    if (const auto* end = std::get_if<EndBusinessDay>(&due.command)) {
        return say("cut-off of ", end->programme.value, " day ", end->day.value, " at ",
                   due.at.value);
    }
    const auto* expiry = std::get_if<ExpireHold>(&due.command);
    return expiry == nullptr
               ? "something else"
               : say("expiry of ", expiry->authorisation.sequence.value, " at ", due.at.value);
}

}  // namespace carecard::rules
