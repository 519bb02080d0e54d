#include "services/cli/onboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/sha256.h"
#include "services/cli/call_all.h"

namespace carecard::cli {
namespace {

/// A key that a repeated run makes again: from what is asked for.
std::string key_of(std::string_view what, const OnboardOptions& options, std::string_view name) {
    const Hash32 hash = sha256({bytes_of(what), bytes_of("\n"), bytes_of(options.programme),
                                bytes_of("\n"), bytes_of(name)});
    return fmt::format("onboard-{}", to_hex(hash).substr(0, 40));
}

void set_name(v1::AccountName& name, const OnboardOptions& options, const NewBudget& budget) {
    name.set_programme(options.programme);
    name.set_reference(budget.reference);
}

v1::OpenAccountRequest account_request(const NewBudget& budget, const OnboardOptions& options) {
    v1::OpenAccountRequest request;
    request.set_request_key(key_of("account", options, budget.reference));
    request.set_reason(options.reason);
    set_name(*request.mutable_account(), options, budget);
    request.set_arrangement(budget.arrangement);
    for (const v1::NewPurse& purse : budget.purses) *request.add_purses() = purse;
    return request;
}

v1::IssueCardRequest card_request(const NewBudget& budget, const NewCard& card,
                                  const OnboardOptions& options) {
    v1::IssueCardRequest request;
    request.set_request_key(key_of("card", options, card.token));
    request.set_reason(options.reason);
    set_name(*request.mutable_account(), options, budget);
    request.add_card_tokens(card.token);
    request.set_last_four(card.last_four);
    request.set_expiry(card.expiry);
    request.set_holder(card.holder);
    request.set_holder_reference(card.holder_reference);
    return request;
}

Fault another(std::string field, std::string detail) {
    return {.kind = FaultKind::conflict,
            .field = std::move(field),
            .detail = std::move(detail),
            .remedy = "correct the row, or look at the account with carecard show"};
}

/// Adds what an account that was there lacks.
std::optional<Fault> complete(v1::AdminService::Stub& support, const NewBudget& budget,
                              const OnboardOptions& options, OnboardTotals& totals) {
    v1::ReadAccountRequest read;
    set_name(*read.mutable_account(), options, budget);
    const Result<v1::ReadAccountResponse> there =
        call(support, &v1::AdminService::Stub::ReadAccount, read);
    if (!there) return there.fault();
    if (there->arrangement() != budget.arrangement) {
        return another("arrangement", "the account is there with another arrangement");
    }
    ++totals.accounts_found;
    for (const v1::NewPurse& purse : budget.purses) {
        const bool known = std::ranges::any_of(
            there->purses(), [&](const v1::Purse& each) { return each.name() == purse.name(); });
        if (known) continue;
        v1::OpenPurseRequest request;
        request.set_request_key(key_of("purse", options, budget.reference + '\n' + purse.name()));
        request.set_reason(options.reason);
        set_name(*request.mutable_account(), options, budget);
        *request.mutable_purse() = purse;
        const Result<v1::OpenPurseResponse> opened =
            call(support, &v1::AdminService::Stub::OpenPurse, request);
        if (!opened) return opened.fault();
        ++totals.purses_added;
    }
    return std::nullopt;
}

std::optional<CallFailure> open_accounts(v1::AdminService::Stub& support,
                                         std::span<const NewBudget> budgets,
                                         const OnboardOptions& options, OnboardTotals& totals) {
    Jobs<v1::OpenAccountRequest> jobs;
    for (std::uint32_t index = 0; index < budgets.size(); ++index) {
        jobs.add(account_request(budgets[index], options), index);
    }
    std::vector<std::size_t> there;
    std::optional<CallFailure> failure = call_all(
        support, &v1::AdminService::Stub::AsyncOpenAccount, jobs, options.in_flight_max,
        [&](std::size_t, const v1::OpenAccountResponse& answer) -> std::optional<Fault> {
            ++(answer.receipt().replay() ? totals.accounts_found : totals.accounts_opened);
            return std::nullopt;
        },
        [&](std::size_t index, Fault fault) -> std::optional<Fault> {
            if (fault.kind != FaultKind::conflict) return fault;
            there.push_back(index);
            return std::nullopt;
        });
    for (const std::size_t index : there) {
        if (failure) break;
        if (std::optional<Fault> fault = complete(support, budgets[index], options, totals)) {
            failure = {index, *std::move(fault)};
        }
    }
    return failure;
}

/// A card that could not be issued: it may be there already, on this very account.
std::optional<Fault> find_card(v1::AdminService::Stub& support, const NewBudget& budget,
                               const NewCard& card, const OnboardOptions& options,
                               const Fault& refusal, OnboardTotals& totals) {
    v1::ReadAccountRequest read;
    read.set_card_token(card.token);
    const Result<v1::ReadAccountResponse> there =
        call(support, &v1::AdminService::Stub::ReadAccount, read);
    if (!there) return there.fault().kind == FaultKind::not_found ? refusal : there.fault();
    if (there->account().programme() != options.programme ||
        there->account().reference() != budget.reference) {
        return another("card_number", "the card has been issued to another account");
    }
    ++totals.cards_found;
    return std::nullopt;
}

struct Card {
    const NewBudget* budget;
    const NewCard* card;
};

std::optional<CallFailure> issue_cards(v1::AdminService::Stub& support, std::span<const Card> cards,
                                       const OnboardOptions& options, OnboardTotals& totals) {
    Jobs<v1::IssueCardRequest> jobs;
    for (std::uint32_t index = 0; index < cards.size(); ++index) {
        jobs.add(card_request(*cards[index].budget, *cards[index].card, options), index);
    }
    std::vector<CallFailure> refused;
    std::optional<CallFailure> failure = call_all(
        support, &v1::AdminService::Stub::AsyncIssueCard, jobs, options.in_flight_max,
        [&](std::size_t, const v1::IssueCardResponse& answer) -> std::optional<Fault> {
            ++(answer.receipt().replay() ? totals.cards_found : totals.cards_issued);
            return std::nullopt;
        },
        [&](std::size_t index, Fault fault) -> std::optional<Fault> {
            if (fault.kind != FaultKind::conflict) return fault;
            refused.push_back({index, std::move(fault)});
            return std::nullopt;
        });
    for (const CallFailure& each : refused) {
        if (failure) break;
        const Card& card = cards[each.index];
        if (std::optional<Fault> fault =
                find_card(support, *card.budget, *card.card, options, each.fault, totals)) {
            failure = {each.index, *std::move(fault)};
        }
    }
    return failure;
}

}  // namespace

Result<OnboardTotals> onboard(v1::AdminService::Stub& support, std::span<const NewBudget> budgets,
                              const OnboardOptions& options) {
    OnboardTotals totals;
    if (std::optional<CallFailure> failure = open_accounts(support, budgets, options, totals)) {
        return at_row(budgets[failure->index].place, std::move(failure->fault));
    }
    std::vector<Card> cards;
    for (const NewBudget& budget : budgets) {
        for (const NewCard& card : budget.cards) cards.push_back({&budget, &card});
    }
    if (std::optional<CallFailure> failure = issue_cards(support, cards, options, totals)) {
        return at_row(cards[failure->index].card->place, std::move(failure->fault));
    }
    return totals;
}

}  // namespace carecard::cli
