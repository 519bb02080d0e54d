#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "rules/purse_templates.h"
#include "tests/rules/fixture.h"

/// What tests of purses with terms are written with.
namespace carecard::rules {

inline PurseTerms template_terms(std::string_view name) {
    const PurseTemplate* const found = find_purse_template(name);
    EXPECT_NE(found, nullptr) << name;
    return found == nullptr ? PurseTerms{} : found->terms;
}

inline PurseSpec purse_from(std::string_view name) {
    const PurseTemplate* const found = find_purse_template(name);
    EXPECT_NE(found, nullptr) << name;
    if (found == nullptr) return {};
    return {.name = PurseName::of(name), .priority = found->priority, .terms = found->terms};
}

/// Opens account `reference` with these purses and card `number`. The default world has account "A"
/// and card 1.
inline void open(World& world, std::string_view reference, std::initializer_list<PurseSpec> purses,
                 std::uint8_t number) {
    OpenAccount command = world.open_account(reference, {});
    for (const PurseSpec& purse : purses) command.purses.push_back(purse);
    world.record(command);
    world.record(world.issue_card(reference, number));
}

inline Load load_of(World& world, std::string_view reference, std::string_view purse,
                    std::int64_t pence) {
    Load command = world.load(pence, purse);
    command.account = account_name(reference);
    return command;
}

inline Authorise pay_at(World& world, std::uint8_t card, std::uint16_t mcc, std::int64_t pence,
                        std::string_view acceptor = "") {
    Authorise command = world.pay(pence);
    command.card_token = token(card);
    command.merchant.mcc = {mcc};
    command.merchant.acceptor = Acceptor::of(acceptor);
    return command;
}

inline SetProvider accredit(std::string_view in, std::string_view acceptor, DayNumber from,
                            DayNumber until = {}) {
    static int keys = 0;
    return {.request = asked_by("support", "provider-" + std::to_string(++keys)),
            .programme = ProgrammeCode::of("care"),
            .provider_register = RegisterName::of(in),
            .acceptor = Acceptor::of(acceptor),
            .dates = {.from = from, .until = until},
            .reason = InlineText<reason_bytes_max>::of("inspected")};
}

inline ReleaseStage release(std::string_view reference, std::string_view purse, std::int64_t pence,
                            std::string_view stage) {
    static int keys = 0;
    return {.request = asked_by("finance", "stage-" + std::to_string(++keys)),
            .account = account_name(reference),
            .purse = PurseName::of(purse),
            .amount = {pence},
            .currency = gbp,
            .stage = StageReference::of(stage),
            .reason = {InlineText<reason_bytes_max>::of("inspected")}};
}

}  // namespace carecard::rules
