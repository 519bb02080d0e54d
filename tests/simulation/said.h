#pragma once

#include <fmt/format.h>

#include <string>
#include <variant>

#include "rules/decide.h"

/// The core's answers, in the sentences of the second opinion.
namespace carecard::simulation {

/// The purse that was short, or came nearest to paying.
inline std::string told(const rules::Decline& decline) {
    return fmt::format(", purse {} {}", decline.purse.value, static_cast<int>(decline.verdict));
}

inline std::string said(const rules::Decline& decline) {
    return fmt::format("{} by {}, works {}, count {}, from {}", rules::name_of(decline.reason),
                       rules::name_of(decline.level), decline.amount_would_work.value,
                       decline.count_max, decline.works_from.value) +
           (decline.purse.value == 0 ? "" : told(decline));
}

inline std::string told(const rules::Exception& exception) {
    return fmt::format(", {} {}", rules::name_of(exception.reason), exception.amount.value);
}

inline std::string told_broken(AmountMinor broken) {
    return broken.value == 0 ? "" : fmt::format(", {} kept for others", broken.value);
}

inline std::string told_balance(const rules::SpendingFacts& facts) {
    return facts.balance_hidden_by == rules::RuleLevel::none ? "" : ", balance hidden";
}

/// A sentence for each fact. What a fact of staff's says beyond "done" is in the state.
struct Sentence {
    std::string operator()(const rules::AuthorisationDecided& event) const {
        const std::string hidden = told_balance(event.facts);
        if (event.decline.declined()) return "declined " + said(event.decline) + hidden;
        return fmt::format("approved {}{}", event.approved.value, hidden);
    }
    std::string operator()(const rules::Reversed& event) const {
        if (event.decline.declined()) {
            return "not reversed " + said(event.decline) + told(event.exception);
        }
        return fmt::format("reversed {} by {}", event.released.value,
                           static_cast<int>(event.matched_by));
    }
    std::string operator()(const rules::HoldIncreased& event) const {
        const std::string hidden = told_balance(event.facts);
        if (event.decline.declined()) return "not increased " + said(event.decline) + hidden;
        return fmt::format("increased {} by {} to {}{}", event.extra.value,
                           static_cast<int>(event.matched_by), event.cumulative.value, hidden);
    }
    std::string operator()(const rules::ReversalKept& event) const {
        return fmt::format("kept to {} until {}", event.kept.remaining.value,
                           event.kept.until_ns.value);
    }
    std::string operator()(const rules::Presented& event) const {
        if (event.after.id.none()) return "in vain" + told(event.exception);
        return fmt::format(
                   "posted by {} to {}, freed {}, exposed {}, recovered {}, repaid {}, unmatched "
                   "{}, "
                   "settled {}, owed {}",
                   static_cast<int>(event.matched_by), event.after.id.sequence.value,
                   event.released.value, event.exposure.value, event.recovered.value,
                   event.repaid.value, event.unmatched.value, event.settled.value,
                   event.owed_back.value) +
               told(event.exception) + told_broken(event.broken);
    }
    std::string operator()(const rules::Advised& event) const {
        if (event.after.id.none()) return "advised of nothing";
        return fmt::format("advised by {} of {}, reserved {}, freed {}, beyond {}",
                           static_cast<int>(event.matched_by), event.after.id.sequence.value,
                           event.reserved.value, event.released.value, event.exposure.value) +
               told(event.exception) + told_broken(event.broken);
    }
    std::string operator()(const rules::HoldExpired& event) const {
        return fmt::format("expired {}", event.released.value);
    }
    std::string operator()(const rules::SettlementClosed& event) const {
        const rules::DayTotals& cleared = event.cleared;
        return fmt::format("done: batch {}, {} to {}, {} debits {}, {} credits {}", event.number,
                           event.first.value, event.last.value, cleared.debit_count,
                           cleared.debit.value, cleared.credit_count, cleared.credit.value);
    }
    std::string operator()(const rules::ResolutionProposed& event) const {
        return fmt::format("proposed, of {}", event.exposure.value);
    }
    std::string operator()(const rules::ResolutionDecided& event) const {
        return fmt::format("resolved {}", event.amount.value);
    }
    std::string operator()(const rules::ExposureRecovered& event) const {
        return fmt::format("recovered {}", event.amount.value);
    }
    std::string operator()(const rules::DisputeOpened& event) const {
        return fmt::format("disputed, lent {}", event.lent.value);
    }
    std::string operator()(const rules::DisputeClosed& event) const {
        return fmt::format("dispute {}, taken {}, exposed {}",
                           rules::name_of(event.request.outcome), event.taken.value,
                           event.exposure.value) +
               told(event.exception);
    }
    std::string operator()(const rules::ProgrammeCreated&) const { return "done"; }
    std::string operator()(const rules::AccountOpened&) const { return "done"; }
    std::string operator()(const rules::PurseOpened&) const { return "done"; }
    std::string operator()(const rules::StageReleased&) const { return "done"; }
    std::string operator()(const rules::PurseClosed&) const { return "done"; }
    std::string operator()(const rules::PurseEnded&) const { return "done"; }
    std::string operator()(const rules::EarmarkPaid& event) const {
        return fmt::format("paid {} of {}", event.amount.value, event.earmarked.value);
    }
    std::string operator()(const rules::EarmarkSet&) const { return "done"; }
    std::string operator()(const rules::EarmarkWithdrawn&) const { return "done"; }
    std::string operator()(const rules::ProviderSet&) const { return "done"; }
    std::string operator()(const rules::CardIssued&) const { return "done"; }
    std::string operator()(const rules::Loaded&) const { return "done"; }
    std::string operator()(const rules::AgreementSet&) const { return "done"; }
    std::string operator()(const rules::CardStatusSet&) const { return "done"; }
    std::string operator()(const rules::CardReplaced&) const { return "done"; }
    std::string operator()(const rules::CardRulesSet&) const { return "done"; }
    std::string operator()(const rules::AccountStatusSet&) const { return "done"; }
    std::string operator()(const rules::BusinessDayEnded&) const { return "done"; }
    std::string operator()(const rules::OffsetTableSet&) const { return "done"; }
    std::string operator()(const rules::ClockAdvanced&) const { return "done"; }
    std::string operator()(const rules::ClockAccepted&) const { return "done"; }
    std::string operator()(const rules::Restored&) const { return "done"; }

    std::string operator()(const rules::Event& event) const { return std::visit(*this, event); }
    std::string operator()(const rules::RefusedUnrecorded& refused) const {
        return fmt::format("refused {}", rules::name_of(refused.decline.reason));
    }
    std::string operator()(const rules::AlreadyRecorded& recorded) const {
        return fmt::format("refused recorded at {}", recorded.sequence.value);
    }
    std::string operator()(const Fault& fault) const {
        const char* kind = fault.kind == FaultKind::conflict     ? "conflict"
                           : fault.kind == FaultKind::not_found  ? "not_found"
                           : fault.kind == FaultKind::denied     ? "denied"
                           : fault.kind == FaultKind::overloaded ? "overloaded"
                                                                 : "other";
        return fmt::format("refused {} {}", kind, fault.field);
    }
};

inline std::string said(const rules::Decision& decision) {
    return std::visit(Sentence{}, decision);
}

}  // namespace carecard::simulation
