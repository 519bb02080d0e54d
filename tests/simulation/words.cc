#include <date/date.h>
#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <sstream>
#include <variant>

#include "rules/resolution.h"
#include "tests/simulation/script.h"

namespace carecard::simulation {
namespace {

using fmt::format;

std::string time_text(std::int64_t ns) {
    const date::sys_time<std::chrono::nanoseconds> at{std::chrono::nanoseconds{ns}};
    return date::format("%F %T", date::floor<std::chrono::seconds>(at));
}

std::string card_text(const CardToken& token);

/// As staff name one: by its number or by a token.
template <class Command>
std::string named_card(const Command& one) {
    return one.card.value == 0 ? card_text(one.card_token)
                               : format("card number {}", one.card.value);
}

std::string card_text(const CardToken& token) {
    return format("card #{}", std::to_integer<int>(token.mac[0]));
}

template <class Text>
std::string named(const char* what, const Text& text) {
    return text.empty() ? "" : format(" {} {}", what, text.view());
}

std::string identity_text(const rules::NetworkIdentity& of) {
    return named("network id", of.network_transaction_id) + named("acquirer", of.acquirer) +
           named("stan", of.stan) + named("sent", of.transmission_time) + named("rrn", of.rrn);
}

std::string original_text(const rules::OriginalReference& of) {
    std::string text = ", of";
    if (!of.authorisation_id.none()) {
        text += format(" the authorisation of step {}", of.authorisation_id.sequence.value);
    }
    text += named("caller", of.caller) + named("key", of.request_key);
    return text + identity_text(of.identity) + named("date", of.local_date) +
           named("code", of.authorisation_code);
}

std::string amount_text(AmountMinor amount, CurrencyCode currency) {
    return format("{} minor units of {}", amount.value, currency.value);
}

std::string amounts_text(const rules::TransactionAmounts& of) {
    const std::string billing = amount_text(of.billing, of.billing_currency);
    if (of.transaction_currency == of.billing_currency) return billing;
    return format("{} for {}", billing, amount_text(of.transaction, of.transaction_currency));
}

std::string limit_text(const char* of, const rules::WindowLimit& limit) {
    std::string text;
    if (limit.amount_max) text += format(", {} {}", of, limit.amount_max->value);
    if (limit.count_max) text += format(", {} times {}", of, *limit.count_max);
    return text;
}

std::string list_text(const char* of, const rules::MccRanges& ranges) {
    std::string text = ranges.empty() ? "" : format(", {}", of);
    for (const rules::MccRange& one : ranges) {
        text += format(" {}-{}", one.first.value, one.last.value);
    }
    return text;
}

std::string rules_text(const rules::SpendingRules& rules) {
    return std::string(rules.cash_agreed ? "cash" : "no cash") +
           list_text("only", rules.mcc_allowed) + list_text("never", rules.mcc_refused) +
           (rules.quasi_cash_agreed ? ", quasi-cash" : "") +
           (rules.balance_hidden ? ", balance hidden" : "") +
           limit_text("cash at once", {.amount_max = rules.cash.single_max}) +
           limit_text("cash a day", {.amount_max = rules.cash.day_max}) +
           limit_text("quasi-cash at once", {.amount_max = rules.quasi_cash.single_max}) +
           limit_text("quasi-cash a day", {.amount_max = rules.quasi_cash.day_max}) +
           (rules.single_max ? format(", single {}", rules.single_max->value) : "") +
           limit_text("day", rules.day) + limit_text("week", rules.week) +
           limit_text("month", rules.month);
}

std::string purse_text(const rules::PurseSpec& purse) {
    const rules::PurseTerms& terms = purse.terms;
    std::string text = format(" {} (priority {}", purse.name.view(), int{purse.priority});
    for (const rules::MccSpan& span : terms.mccs) {
        text += format(", at {}-{}", span.first.value, span.last.value);
    }
    if (terms.exclusive) text += ", exclusive";
    if (!terms.provider_register.empty()) {
        text += format(", register {}", terms.provider_register.view());
    }
    if (terms.weekdays.value != 0) text += format(", weekdays {:b}", terms.weekdays.value);
    if (terms.no_cash) text += ", no cash";
    if (terms.spend_from.value != 0) text += format(", from {}", terms.spend_from.value);
    if (terms.spend_until.value != 0) text += format(", until {}", terms.spend_until.value);
    if (terms.intake_closed_from.value != 0) {
        text += format(", no load from {}", terms.intake_closed_from.value);
    }
    if (terms.staged) text += ", staged";
    if (terms.unit_rate.value != 0) text += format(", hours at {}", terms.unit_rate.value);
    return text + ")";
}

std::string account_text(const rules::AccountName& account) {
    return format("account {} of {}", account.reference.view(), account.programme.view());
}

/// What hold and tolerance go by.
template <class Payment>
std::string manner_text(const Payment& one) {
    return format("{}{}, channel {}, entry {}", one.estimated ? ", estimated" : "",
                  one.recurring ? ", recurring" : "", static_cast<int>(one.channel),
                  static_cast<int>(one.entry_mode));
}

struct Words {
    std::string operator()(const rules::Authorise& one) const {
        std::string text =
            format("Authorise {}, {} at {}, kind {}", card_text(one.card_token),
                   amounts_text(one.amounts), one.merchant.mcc.value, static_cast<int>(one.kind));
        if (one.expiry.month != 0) {
            text += format(", expiry {}-{}", one.expiry.year, int{one.expiry.month});
        }
        if (one.cashback.value != 0) text += format(", cashback {}", one.cashback.value);
        if (one.partial_capable) text += ", or a part";
        if (one.pin_present) text += ", PIN";
        if (one.refunds.is_named()) text += ", refund" + original_text(one.refunds.reference());
        return text + manner_text(one) + identity_text(one.identity) +
               named("date", one.local_date);
    }
    std::string operator()(const rules::Increment& one) const {
        return format("Increment {} by {} at {}{}; its own:{}", card_text(one.card_token),
                      amount_text(one.amounts.billing, one.amounts.billing_currency),
                      one.merchant.mcc.value, original_text(one.original),
                      identity_text(one.identity));
    }
    std::string operator()(const rules::Reverse& one) const {
        return format("Reverse {} to {}{}", card_text(one.card_token),
                      amount_text(one.remaining, one.currency), original_text(one.original));
    }
    std::string operator()(const rules::Present& one) const {
        return format("Present {} {}: {} {}, {}{}; its own:{}", one.presentment_id.view(),
                      card_text(one.card_token),
                      one.direction == rules::Direction::debit ? "debit" : "credit",
                      amounts_text(one.amounts), one.final ? "final" : "more follow",
                      named("takes back", one.reverses) + original_text(one.original),
                      identity_text(one.identity) + named("date", one.local_date));
    }
    std::string operator()(const rules::Advise& one) const {
        return format("Advise {}: {} {} at {}{}; its own:{}", card_text(one.card_token),
                      one.advice == rules::AdviceKind::completion          ? "completed"
                      : one.advice == rules::AdviceKind::stand_in_approved ? "stand-in approved"
                                                                           : "stand-in declined",
                      amounts_text(one.amounts), one.merchant.mcc.value,
                      manner_text(one) + original_text(one.original),
                      identity_text(one.identity) + named("date", one.local_date));
    }
    std::string operator()(const rules::CreateProgramme& one) const {
        return format("CreateProgramme {} of {}, cut-off {} s, holds {} h, {}", one.code.view(),
                      one.council.view(), one.cut_off_second,
                      one.hold_lifetime.value / hours(1).value, rules_text(one.defaults));
    }
    std::string operator()(const rules::OpenAccount& one) const {
        std::string text = format("OpenAccount {}, purses", account_text(one.account));
        for (const rules::PurseSpec& purse : one.purses) text += purse_text(purse);
        return text;
    }
    std::string operator()(const rules::ReleaseStage& one) const {
        return format("ReleaseStage {} {} of {}: {}", one.stage.view(),
                      amount_text(one.amount, one.currency), one.purse.view(),
                      account_text(one.account));
    }
    std::string operator()(const rules::ClosePurse& one) const {
        return format("ClosePurse {} of {}", one.purse.view(), account_text(one.account));
    }
    std::string operator()(const rules::EndPurse& one) const {
        return format("EndPurse {} of account {}", int{one.purse.value}, one.account.value);
    }
    std::string operator()(const rules::ProposeResolution& one) const {
        return format("ProposeResolution {} {} of {} from {}: {}", rules::name_of(one.kind),
                      amount_text(one.amount, one.currency), one.authorisation.sequence.value,
                      one.notice_until.value, account_text(one.account));
    }
    std::string operator()(const rules::DecideResolution& one) const {
        return format("DecideResolution {} {}: {}", one.approve ? "approve" : "reject",
                      one.proposal.value, account_text(one.account));
    }
    std::string operator()(const rules::RecoverExposure& one) const {
        return format("RecoverExposure {}: {}", one.proposal.value, account_text(one.account));
    }
    std::string operator()(const rules::SetEarmark& one) const {
        return format("SetEarmark {} {} of {} for {}, days {} to {}: {}", one.reference.view(),
                      amount_text(one.amount, one.currency), one.purse.view(), one.payee.view(),
                      one.due.value, one.until.value, account_text(one.account));
    }
    std::string operator()(const rules::PayEarmark& one) const {
        return format("PayEarmark {} of account {}", one.earmark.value, one.account.value);
    }
    std::string operator()(const rules::WithdrawEarmark& one) const {
        return format("WithdrawEarmark {}: {}", one.reference.view(), account_text(one.account));
    }
    std::string operator()(const rules::OpenDispute& one) const {
        return format("OpenDispute {} of {}{}: {}", one.amount.value,
                      one.authorisation.sequence.value, one.provisional ? " provisional" : "",
                      account_text(one.account));
    }
    std::string operator()(const rules::CloseDispute& one) const {
        return format("CloseDispute {} {}: {}", rules::name_of(one.outcome),
                      one.authorisation.sequence.value, account_text(one.account));
    }
    std::string operator()(const rules::SetProvider& one) const {
        return format("SetProvider {} on {} of {}, days {} to {}", one.acceptor.view(),
                      one.provider_register.view(), one.programme.view(), one.dates.from.value,
                      one.dates.until.value);
    }
    std::string operator()(const rules::OpenPurse& one) const {
        return format("OpenPurse {}{}", account_text(one.account), purse_text(one.purse));
    }
    std::string operator()(const rules::IssueCard& one) const {
        std::string text =
            format("IssueCard {}, until {}-{}{}{}", account_text(one.account), one.expiry.year,
                   int{one.expiry.month}, one.activation_required ? ", to be activated" : "",
                   one.single_use ? ", for one payment" : "");
        for (const CardToken& token : one.tokens) text += ", " + card_text(token);
        return text;
    }
    std::string operator()(const rules::Load& one) const {
        const std::string much = one.units.value == 0
                                     ? amount_text(one.amount, one.currency)
                                     : format("{} hundredths of an hour", one.units.value);
        return format("Load {}{}, {}, reference {}", account_text(one.account),
                      named("purse", one.purse), much, one.reference.view());
    }
    std::string operator()(const rules::SetAgreement& one) const {
        return format("SetAgreement {}: {}", account_text(one.account), rules_text(one.rules));
    }
    std::string operator()(const rules::SetCardStatus& one) const {
        return format("SetCardStatus {} to {} by {}", named_card(one), static_cast<int>(one.status),
                      static_cast<int>(one.by));
    }
    std::string operator()(const rules::ReplaceCard& one) const {
        std::string text = format("ReplaceCard {} because {}{}, until {}-{}", named_card(one),
                                  static_cast<int>(one.because),
                                  one.activation_required ? ", to be activated" : "",
                                  one.expiry.year, int{one.expiry.month});
        for (const CardToken& token : one.tokens) text += ", " + card_text(token);
        return text;
    }
    std::string operator()(const rules::SetCardRules& one) const {
        return format("SetCardRules {}: {}", named_card(one), rules_text(one.rules));
    }
    std::string operator()(const rules::SetAccountStatus& one) const {
        return format("SetAccountStatus {} to {}", account_text(one.account),
                      static_cast<int>(one.status));
    }
    std::string operator()(const rules::CloseSettlement& one) const {
        return format("CloseSettlement {}, day {}", one.programme.view(), one.day.value);
    }
    std::string operator()(const rules::SetOffsetTable& one) const {
        return format("SetOffsetTable {}, {} changes", one.zone.view(), one.table.entries.size());
    }
    std::string operator()(const rules::ExpireHold& one) const {
        return format("ExpireHold {}", one.authorisation.sequence.value);
    }
    std::string operator()(const rules::EndBusinessDay& one) const {
        return format("EndBusinessDay {} of programme {}", one.day.value, one.programme.value);
    }
    std::string operator()(const rules::AdvanceClock& one) const {
        return "AdvanceClock to " + time_text(one.to.value);
    }
    std::string operator()(const rules::AcceptClock&) const { return "AcceptClock"; }
};

std::string request_text(const rules::Command& command) {
    return std::visit(
        [](const auto& one) -> std::string {
            if constexpr (requires { one.request; }) {
                return format(" [{} of {}{}]", one.request.key.view(), one.request.caller.view(),
                              named("for", one.request.council));
            }
            return "";
        },
        command);
}

std::string act_text(const Step& step) {
    switch (step.act) {
        case Act::send:
            return std::visit(Words{}, step.command) + request_text(step.command);
        case Act::decide:
            return "decide what was sent";
        case Act::project:
            return "bring the projections up to date";
        case Act::archive:
            return "archive what is over";
        case Act::sweep:
            return "sweep and flush the images";
        case Act::restart:
            return "restart";
        case Act::crash:
            return "crash and restart";
        case Act::lose_commit:
            return "the next commit fails and is lost";
        case Act::keep_commit:
            return "the next commit fails and is kept";
        case Act::jump:
            return format("the clock jumps by {} s", step.by.value / ns_per_second);
        case Act::come_back:
            return "the clock comes back";
    }
    return "";
}

}  // namespace

std::string text_of(const Step& step) {
    const std::string number = step.number == 0 ? "" : std::to_string(step.number);
    return format("{:>5}  {}  {}", number, time_text(step.at_ns), act_text(step));
}

std::string text_of(const Script& script) {
    std::string text;
    for (const Step& step : script) text += text_of(step) + '\n';
    return text;
}

}  // namespace carecard::simulation
