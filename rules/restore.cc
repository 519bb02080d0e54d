#include "rules/restore.h"

#include <algorithm>
#include <string>
#include <utility>

#include "rules/residence.h"

namespace carecard::rules {
namespace {

Fault misfit(std::string what) {
    return {.kind = FaultKind::corrupt,
            .field = "image",
            .detail = "the image of " + std::move(what) + " does not follow the one before it",
            .remedy = "remove the directory of projections; it is made anew from the journal"};
}

void restore_card(State& state, const Card& card) {
    if (state.cards.size() < card.id.value) state.cards.resize(card.id.value);
    state.at(card.id) = card;
    for (const CardToken& token : card.tokens) state.card_by_token.emplace(token, card.id);
}

}  // namespace

Result<Done> restore(State& state, AgreementId id, const SpendingRules& rules) {
    if (id.value != state.agreements.size() + 1) {
        return misfit("agreement " + std::to_string(id.value));
    }
    state.agreements.emplace_back(rules);
    state.agreement_by_digest.emplace(digest_of(rules), id);
    return Done{};
}

Result<Done> restore(State& state, Programme programme) {
    if (programme.id.value != state.programmes.size() + 1) {
        return misfit("programme " + std::to_string(programme.id.value));
    }
    state.programme_by_code.emplace(programme.terms.code.str(), programme.id);
    state.programmes.push_back(std::move(programme));
    return Done{};
}

Result<Done> restore(State& state, AccountImage image) {
    Account& account = image.account;
    if (account.id.value != state.accounts.size() + 1) {
        return misfit("account " + std::to_string(account.id.value));
    }
    state.account_by_name.emplace(account_key(account.programme, account.reference), account.id);
    for (const Card& card : image.cards) restore_card(state, card);
    for (const Authorisation& authorisation : image.open) {
        remember(state, authorisation, account.as_of);
        state.holds_due.emplace(authorisation.expires_ns, authorisation.id);
    }
    if (!image.kept_reversals.empty()) {
        state.kept_reversals.emplace(account.id, std::move(image.kept_reversals));
    }
    if (!image.resolutions.empty()) {
        state.resolutions.emplace(account.id, std::move(image.resolutions));
    }
    if (!image.earmarks.all.empty()) {
        for (const Earmark& one : image.earmarks.all) {
            if (one.is_council_run()) state.earmarks_due.insert({one.due, one.set_by, account.id});
        }
        state.earmarks.emplace(account.id, std::move(image.earmarks));
    }
    if (!image.disputes.empty()) state.disputes.emplace(account.id, std::move(image.disputes));
    for (const PurseImage& one : image.purses) {
        Purse purse = new_purse(state, one.spec);
        purse.available = one.available;
        purse.held = one.held;
        purse.unreleased = one.unreleased;
        purse.status = one.status;
        purse.last_day = one.last_day;
        purse.returned = one.returned;
        add_purse(state, account, purse);
    }
    for (const CardRules& rules : image.card_rules) state.card_rules.emplace(rules.first, rules);
    state.accounts.push_back(std::move(account));
    return Done{};
}

bool is_complete(const State& state) {
    return std::all_of(state.cards.begin(), state.cards.end(),
                       [](const Card& card) { return card.id.value != 0; });
}

}  // namespace carecard::rules
