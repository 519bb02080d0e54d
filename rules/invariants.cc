#include "rules/invariants.h"

#include "common/check.h"

namespace carecard::rules {

void check_no_purse_is_below_zero(const Account& account) {
    for (const Purse& purse : account.purses) {
        CHECK(purse.available >= AmountMinor{0});
        CHECK(purse.held >= AmountMinor{0});
        CHECK(purse.status == PurseStatus::open || purse.available == AmountMinor{0});
    }
}

void check_holds_match_authorisations(const Account& account) {
    CHECK(account.held() == account.open_held);
}

void check_ledger_sums_to_zero(const Programme& programme) {
    const LedgerTotals& ledger = programme.ledger;
    CHECK(ledger.sum() == TotalMinor{0});
    CHECK(ledger[LedgerAccount::promised] >= TotalMinor{0});
    CHECK(ledger[LedgerAccount::promised] <= -ledger[LedgerAccount::exposure]);
}

void check_invariants(const State& state, AccountId id) {
    const Account& account = state.at(id);
    check_no_purse_is_below_zero(account);
    check_holds_match_authorisations(account);
    check_ledger_sums_to_zero(state.at(account.programme));
}

}  // namespace carecard::rules
