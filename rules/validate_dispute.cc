#include "rules/checks.h"
#include "rules/validate.h"

namespace carecard::rules {
namespace {

template <class Command>
void check_named(Checks& checks, const Command& command) {
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    const AuthorisationId id = command.authorisation;
    checks.that(!id.none() && id.epoch.value != 0, "authorisation_id", "is missing, or is none",
                "take the id from the list of the account's transactions");
    checks.free_text(command.reason.text.view(), 1, "reason");
}

}  // namespace

std::optional<Fault> fault_in(const OpenDispute& command) noexcept {
    Checks checks;
    check_named(checks, command);
    checks.that(among(command.category, DisputeCategory::not_recognised,
                      DisputeCategory{dispute_category_last}),
                "category", "is missing or unknown", "say why the holder disputes it");
    checks.within(command.amount, {1}, purse_minor_max, {"amount", "minor_units"});
    checks.currency(command.currency, {"amount", "currency"});
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const CloseDispute& command) noexcept {
    Checks checks;
    check_named(checks, command);
    checks.that(among(command.outcome, DisputeOutcome::won, DisputeOutcome::withdrawn), "outcome",
                "is missing or unknown", "say whether it was won, lost or withdrawn");
    return std::move(checks).take();
}

}  // namespace carecard::rules
