#include "rules/checks.h"
#include "rules/validate.h"

namespace carecard::rules {
namespace {

template <class Command>
void check_change(Checks& checks, const Command& command) {
    check_request(checks, command.request);
    check_account_name(checks, command.account);
    checks.free_text(command.reason.text.view(), 1, "reason");
}

void check_proposal(Checks& checks, Sequence proposal) {
    checks.that(proposal.value != 0, "proposal", "is missing",
                "show the account: it lists the proposals that are open");
}

}  // namespace

std::optional<Fault> fault_in(const ProposeResolution& command) noexcept {
    Checks checks;
    check_change(checks, command);
    const AuthorisationId id = command.authorisation;
    checks.that(!id.none() && id.epoch.value != 0, "authorisation_id", "is missing, or is none",
                "take the id from the list of the account's transactions");
    checks.that(among(command.kind, ResolutionKind::write_off, ResolutionKind::recovery), "kind",
                "is missing or unknown", "propose a write-off or a recovery");
    checks.within(command.amount, {1}, purse_minor_max, {"amount", "minor_units"});
    checks.currency(command.currency, {"amount", "currency"});
    if (command.kind == ResolutionKind::recovery) {
        checks.that(command.notice_until > DayNumber{0} && command.notice_until < calendar_end_day,
                    "notice_until", "is missing, or is not within the years 1970 to 2199",
                    "give the first day on which money may be taken");
    } else {
        checks.that(command.notice_until.value == 0, "notice_until", "is given for a write-off",
                    "leave it out: nothing is taken from the holder");
    }
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const DecideResolution& command) noexcept {
    Checks checks;
    check_change(checks, command);
    check_proposal(checks, command.proposal);
    return std::move(checks).take();
}

std::optional<Fault> fault_in(const RecoverExposure& command) noexcept {
    Checks checks;
    check_change(checks, command);
    check_proposal(checks, command.proposal);
    return std::move(checks).take();
}

}  // namespace carecard::rules
