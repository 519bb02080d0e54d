#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rules/mcc_groups.h"
#include "rules/validate.h"
#include "tests/rules/validate_rows.h"

namespace carecard::rules {
namespace {

AccountName good_account() {
    return {.programme = ProgrammeCode::of("riverdale-2026"),
            .reference = AccountReference::of("7557/RVA0K")};
}

MccRange codes(int first, int last, std::string_view group = {}) {
    return {.first = {static_cast<std::uint16_t>(first)},
            .last = {static_cast<std::uint16_t>(last)},
            .group = InlineText<24>::of(group)};
}

SpendingRules good_rules() {
    const std::vector<std::string_view> allowed{"groceries", "transport"};
    const std::vector<std::string_view> refused{"gambling"};
    return {.mcc_allowed = *parse_mcc_list(allowed),
            .mcc_refused = *parse_mcc_list(refused),
            .cash_agreed = true,
            .single_max = AmountMinor{5'000},
            .day = {AmountMinor{10'000}, 5},
            .week = {AmountMinor{20'000}, {}},
            .month = {{}, 60}};
}

template <class C>
std::vector<Row<C>> account_rows() {
    const auto programme = [](std::string_view text) {
        return [text](C& c) { c.account.programme = ProgrammeCode::of(text); };
    };
    return {
        {"the longest programme code", programme("abcdefghijklmnopqrstuvwxyz-01234"), accepted},
        {"no programme", programme(""), "account.programme"},
        {"capitals in the programme", programme("Riverdale"), "account.programme"},
        {"an underscore in the programme", programme("a_b"), "account.programme"},
        {"no reference", [](C& c) { c.account.reference = {}; }, "account.reference"},
    };
}

template <class C>
std::vector<Row<C>> reason_rows() {
    static const std::string longest(reason_bytes_max, 'r');
    return {
        {"the longest reason", [](C& c) { c.reason = reason(longest); }, accepted},
        {"no reason", [](C& c) { c.reason = {}; }, "reason"},
    };
}

InlineText<reason_bytes_max> plain_reason(std::string_view text) {
    return InlineText<reason_bytes_max>::of(text);
}

/// For commands that belong to no account, whose reason is therefore not sealed.
template <class C>
void expect_plain_reason_rows(const C& good) {
    expect_rows<C>(good, {{"no reason", [](C& c) { c.reason = {}; }, "reason"}});
    expect_rows(good, free_text_rows<C>("reason", [](C& c) -> auto& { return c.reason; }));
}

/// What staff send: request, account and reason.
template <class C>
void expect_staff_rows(const C& good) {
    expect_rows(good, request_rows<C>());
    expect_rows(good, account_rows<C>());
    expect_rows(good, reason_rows<C>());
    expect_rows(good, free_text_rows<C>("account.reference",
                                        [](C& c) -> auto& { return c.account.reference; }));
    expect_rows(good, free_text_rows<C>("reason", [](C& c) -> auto& { return c.reason.text; }));
}

template <class C>
std::vector<Row<C>> spending_rules_rows(SpendingRules& (*of)(C&), const std::string& parent) {
    const auto name = [&](const std::string& text) { return parent + "." + text; };
    const auto allow = [of](MccRanges ranges) {
        return [of, ranges](C& c) { of(c).mcc_allowed = ranges; };
    };
    const auto refuse = [of](MccRanges ranges) {
        return [of, ranges](C& c) { of(c).mcc_refused = ranges; };
    };
    MccRanges many;
    for (int code = 0; many.size() < mcc_ranges_per_list_max; code += 2) {
        many.push_back(codes(code, code));
    }
    MccRanges too_many = many;
    too_many.push_back(codes(9'000, 9'000));
    static constexpr AmountMinor over{purse_minor_max.value + 1};
    return {
        {"no rules at all", [of](C& c) { of(c) = {}; }, accepted},
        {"the most ranges", allow(many), accepted},
        {"one range too many", allow(too_many), name("mcc_allowed")},
        {"too many refused", refuse(too_many), name("mcc_refused")},
        {"a backward range", allow({codes(5'499, 5'411)}), name("mcc_allowed[0]")},
        {"a code of 5 digits", allow({codes(1, 1), codes(9'998, 10'000)}), name("mcc_allowed[1]")},
        {"ranges out of order", refuse({codes(5'499, 5'499), codes(5'411, 5'411)}),
         name("mcc_refused[1]")},
        {"a range twice", allow({codes(1, 2), codes(1, 2)}), name("mcc_allowed[1]")},
        {"a group that is not", allow({codes(1, 2, "grocery")}), name("mcc_allowed[0]")},
        {"all that is allowed is refused",
         [of](C& c) {
             of(c).mcc_allowed = {codes(5'411, 5'499)};
             of(c).mcc_refused = {codes(5'000, 5'450), codes(5'451, 5'999)};
         },
         name("mcc_refused")},
        {"everything is refused",
         [of](C& c) {
             of(c).mcc_allowed = {};
             of(c).mcc_refused = {codes(0, 9'999)};
         },
         name("mcc_refused")},
        {"some of what is allowed is refused",
         [of](C& c) {
             of(c).mcc_allowed = {codes(5'411, 5'499)};
             of(c).mcc_refused = {codes(5'412, 5'999)};
         },
         accepted},
        {"a day of nothing", [of](C& c) { of(c).day.amount_max = AmountMinor{0}; }, accepted},
        {"a count of none", [of](C& c) { of(c).day.count_max = 0; }, accepted},
        {"the largest limit", [of](C& c) { of(c).month.amount_max = purse_minor_max; }, accepted},
        {"a negative single", [of](C& c) { of(c).single_max = AmountMinor{-1}; },
         name("single_max.minor_units")},
        {"a single too large", [of](C& c) { of(c).single_max = over; },
         name("single_max.minor_units")},
        {"a negative day", [of](C& c) { of(c).day.amount_max = AmountMinor{-1}; },
         name("day.amount_max.minor_units")},
        {"a week too large", [of](C& c) { of(c).week.amount_max = over; },
         name("week.amount_max.minor_units")},
        {"a negative month", [of](C& c) { of(c).month.amount_max = AmountMinor{-1}; },
         name("month.amount_max.minor_units")},
    };
}

TEST(Validate, ChecksEveryPartOfAProgramme) {
    using C = CreateProgramme;
    const C good{.request = good_request(),
                 .code = ProgrammeCode::of("riverdale-2026"),
                 .council = CouncilCode::of("riverdale"),
                 .name = InlineText<80>::of("Riverdale care cards"),
                 .currency = {826},
                 .defaults = good_rules(),
                 .reason = plain_reason("scheme approved")};
    expect_rows(good, request_rows<C>());
    expect_plain_reason_rows(good);
    expect_rows(good, free_text_rows<C>("name", [](C& c) -> auto& { return c.name; }));
    expect_rows(good, spending_rules_rows<C>([](C& c) -> SpendingRules& { return c.defaults; },
                                             "defaults"));
    const auto cut_off = [](std::int32_t second) {
        return [second](C& c) { c.cut_off_second = second; };
    };
    const auto hold = [](DurationNs lifetime) {
        return [lifetime](C& c) { c.hold_lifetime = lifetime; };
    };
    const auto tolerance = [](ToleranceRule rule) {
        return [rule](C& c) { c.tolerance.rules = {ToleranceRule{.last = {9'999}}, rule}; };
    };
    expect_rows<C>(
        good,
        {{"a tolerance", tolerance({.first = {1}, .last = {1}, .basis_points = 10'000}), accepted},
         {"a tolerance for no category", tolerance({.first = {2}, .last = {1}}),
          "tolerance.rules[1].mcc_last"},
         {"a tolerance for a category of 5 digits", tolerance({.first = {2}, .last = {10'000}}),
          "tolerance.rules[1].mcc_last"},
         {"a tolerance for unknown payments", tolerance({.payments = static_cast<ToleranceFor>(3)}),
          "tolerance.rules[1].payments"},
         {"a tolerance beyond as much again", tolerance({.basis_points = 10'001}),
          "tolerance.rules[1].basis_points"},
         {"a tolerance below zero", tolerance({.amount = {-1}}),
          "tolerance.rules[1].amount.minor_units"},
         {"too many tolerances", [](C& c) { c.tolerance.rules.resize(tolerance_rules_max + 1); },
          "tolerance.rules"},
         {"a foreign tolerance beyond as much again",
          [](C& c) { c.tolerance.foreign_basis_points = 10'001; },
          "tolerance.foreign_basis_points"}});
    expect_rows<C>(
        good, {{"no code", [](C& c) { c.code = {}; }, "programme"},
               {"a dot in the code", [](C& c) { c.code = ProgrammeCode::of("a.b"); }, "programme"},
               {"a card number as the code",
                [](C& c) { c.code = ProgrammeCode::of("4111-1111-1111-1111"); }, "programme"},
               {"no council", [](C& c) { c.council = {}; }, "council"},
               {"a card number as the council",
                [](C& c) { c.council = CouncilCode::of("c-4111111111111111"); }, "council"},
               {"a space in the council", [](C& c) { c.council = CouncilCode::of("river dale"); },
                "council"},
               {"no name", [](C& c) { c.name = {}; }, "name"},
               {"no currency", [](C& c) { c.currency = {0}; }, "currency"},
               {"a currency of 4 digits", [](C& c) { c.currency = {1'000}; }, "currency"},
               {"midnight", cut_off(0), accepted},
               {"00:59:59", cut_off(3'599), accepted},
               {"01:00, which may come twice", cut_off(3'600), "cut_off"},
               {"01:59:59, which may never come", cut_off(7'199), "cut_off"},
               {"02:00", cut_off(7'200), accepted},
               {"23:59:59", cut_off(86'399), accepted},
               {"24:00", cut_off(86'400), "cut_off"},
               {"before midnight", cut_off(-1), "cut_off"},
               {"holds of an hour", hold(hours(1)), accepted},
               {"the longest holds", hold(hold_lifetime_max), accepted},
               {"holds under an hour", hold({hours(1).value - 1}), "hold_lifetime_days"},
               {"holds too long", hold({hold_lifetime_max.value + 1}), "hold_lifetime_days"}});
}

TEST(Validate, ChecksEveryPartOfAnAccount) {
    using C = OpenAccount;
    C good{.request = good_request(),
           .account = good_account(),
           .arrangement = Arrangement::individual_budget,
           .reason = reason("agreed at review")};
    good.purses.push_back({PurseName::of("social care"), 1});
    good.purses.push_back({PurseName::of("own money"), 255});
    expect_staff_rows(good);
    expect_rows(
        good, free_text_rows<C>("purses[1].name", [](C& c) -> auto& { return c.purses[1].name; }));
    expect_rows<C>(
        good,
        {{"no arrangement", [](C& c) { c.arrangement = static_cast<Arrangement>(0); },
          "arrangement"},
         {"an unknown arrangement", [](C& c) { c.arrangement = static_cast<Arrangement>(7); },
          "arrangement"},
         {"no purse", [](C& c) { c.purses.clear(); }, "purses"},
         {"a purse without a name", [](C& c) { c.purses[0].name = {}; }, "purses[0].name"},
         {"a purse without priority", [](C& c) { c.purses[1].priority = 0; }, "purses[1].priority"},
         {"two purses of one name", [](C& c) { c.purses[1].name = c.purses[0].name; },
          "purses[1].name"},
         {"two purses of one priority", [](C& c) { c.purses[1].priority = 1; }, accepted}});
}

TEST(Validate, ChecksEveryPartOfAPurse) {
    using C = OpenPurse;
    const C good{.request = good_request(),
                 .account = good_account(),
                 .purse = {PurseName::of("nhs"), 2, {}},
                 .reason = reason("health budget agreed")};
    expect_staff_rows(good);
    expect_rows(good, free_text_rows<C>("purse.name", [](C& c) -> auto& { return c.purse.name; }));
    expect_rows<C>(good, {{"no name", [](C& c) { c.purse.name = {}; }, "purse.name"},
                          {"no priority", [](C& c) { c.purse.priority = 0; }, "purse.priority"}});
}

TEST(Validate, ChecksEveryPartOfACard) {
    using C = IssueCard;
    C good{.request = good_request(),
           .account = good_account(),
           .last_four = InlineText<4>::of("0042"),
           .expiry = {.year = 2029, .month = 5},
           .holder = CardHolder::helper,
           .holder_reference = AccountReference::of("PA-17"),
           .reason = reason("first card")};
    good.tokens.push_back(good_token(1));
    good.tokens.push_back(good_token(2));
    expect_staff_rows(good);
    expect_rows(good, free_text_rows<C>("holder_reference",
                                        [](C& c) -> auto& { return c.holder_reference; }));
    const auto digits = [](std::string_view text) {
        return [text](C& c) { c.last_four = InlineText<4>::of(text); };
    };
    expect_rows<C>(
        good, {{"no token", [](C& c) { c.tokens.clear(); }, "card_tokens"},
               {"an empty token", [](C& c) { c.tokens[1] = {}; }, "card_tokens[1]"},
               {"one token twice", [](C& c) { c.tokens[1] = c.tokens[0]; }, "card_tokens[1]"},
               {"two tokens under one key",
                [](C& c) { c.tokens[1] = {.key_id = 1, .mac = {std::byte{8}}}; }, "card_tokens[1]"},
               {"three digits", digits("042"), "last_four"},
               {"a letter", digits("004x"), "last_four"},
               {"no digits", digits(""), "last_four"},
               {"no expiry", [](C& c) { c.expiry = {}; }, "expiry"},
               {"month 13", [](C& c) { c.expiry.month = 13; }, "expiry"},
               {"a year too late", [](C& c) { c.expiry.year = 2100; }, "expiry"},
               {"no holder", [](C& c) { c.holder = static_cast<CardHolder>(0); }, "holder"},
               {"an unknown holder", [](C& c) { c.holder = static_cast<CardHolder>(3); }, "holder"},
               {"no holder reference", [](C& c) { c.holder_reference = {}; }, accepted}});
}

TEST(Validate, ChecksEveryPartOfALoad) {
    using C = Load;
    const C good{.request = good_request(),
                 .account = good_account(),
                 .purse = PurseName::of("social care"),
                 .amount = {50'000},
                 .currency = {826},
                 .reference = LoadReference::of("2026-04"),
                 .reason = reason("monthly payment")};
    expect_staff_rows(good);
    expect_rows(good, free_text_rows<C>("purse", [](C& c) -> auto& { return c.purse; }));
    expect_rows(good, free_text_rows<C>("reference", [](C& c) -> auto& { return c.reference; }));
    expect_rows<C>(
        good,
        {{"the first purse", [](C& c) { c.purse = {}; }, accepted},
         {"no reference", [](C& c) { c.reference = {}; }, "reference"},
         {"the largest load", [](C& c) { c.amount = load_minor_max; }, accepted},
         {"nothing", [](C& c) { c.amount = {0}; }, "amount.minor_units"},
         {"less than nothing", [](C& c) { c.amount = {-1}; }, "amount.minor_units"},
         {"too much", [](C& c) { c.amount = {load_minor_max.value + 1}; }, "amount.minor_units"},
         {"no currency", [](C& c) { c.currency = {0}; }, "amount.currency"}});
}

TEST(Validate, ChecksEveryPartOfAnAgreement) {
    using C = SetAgreement;
    const C good{.request = good_request(),
                 .account = good_account(),
                 .rules = good_rules(),
                 .reason = reason("agreed with the holder")};
    expect_staff_rows(good);
    expect_rows(good,
                spending_rules_rows<C>([](C& c) -> SpendingRules& { return c.rules; }, "rules"));
}

TEST(Validate, ChecksEveryPartOfAReplacement) {
    ReplaceCard card{.request = good_request(),
                     .card = {17},
                     .because = ReplacedBecause::stolen,
                     .last_four = InlineText<4>::of("4242"),
                     .expiry = {.year = 2030, .month = 12},
                     .reason = reason("taken on the bus")};
    card.tokens.push_back(good_token());
    expect_rows(card, request_rows<ReplaceCard>());
    expect_rows(card, reason_rows<ReplaceCard>());
    expect_rows<ReplaceCard>(
        card,
        {{"by nothing", [](auto& c) { c.card = {}; }, "card"},
         {"for no reason", [](auto& c) { c.because = static_cast<ReplacedBecause>(0); }, "because"},
         {"for a fifth", [](auto& c) { c.because = static_cast<ReplacedBecause>(5); }, "because"},
         {"no token", [](auto& c) { c.tokens.clear(); }, "new_card_tokens"},
         {"no key", [](auto& c) { c.tokens[0].key_id = 0; }, "new_card_tokens[0]"},
         {"three digits", [](auto& c) { c.last_four = InlineText<4>::of("123"); }, "last_four"},
         {"no month", [](auto& c) { c.expiry.month = 0; }, "expiry"}});
}

TEST(Validate, ChecksEveryPartOfACardsRules) {
    const SetCardRules card{
        .request = good_request(), .card = {17}, .reason = reason("a helper's card")};
    expect_rows(card, request_rows<SetCardRules>());
    expect_rows(card, reason_rows<SetCardRules>());
    expect_rows<SetCardRules>(card, {{"by nothing", [](auto& c) { c.card = {}; }, "card"}});
    expect_rows(card, spending_rules_rows<SetCardRules>(
                          [](SetCardRules& c) -> SpendingRules& { return c.rules; }, "rules"));
}

TEST(Validate, ChecksEveryPartOfAStatus) {
    const SetCardStatus card{.request = good_request(),
                             .card = {17},
                             .status = CardStatus::frozen,
                             .reason = reason("lost")};
    expect_rows(card, request_rows<SetCardStatus>());
    expect_rows(card, reason_rows<SetCardStatus>());
    expect_rows(card, free_text_rows<SetCardStatus>(
                          "reason", [](SetCardStatus& c) -> auto& { return c.reason.text; }));
    expect_rows<SetCardStatus>(
        card,
        {{"by token",
          [](auto& c) {
              c.card = {};
              c.card_token = good_token();
          },
          accepted},
         {"by number and token", [](auto& c) { c.card_token = good_token(); }, "card"},
         {"by nothing", [](auto& c) { c.card = {}; }, "card"},
         {"no status", [](auto& c) { c.status = static_cast<CardStatus>(0); }, "status"},
         {"an unknown status", [](auto& c) { c.status = static_cast<CardStatus>(10); }, "status"},
         {"used, which it becomes by itself", [](auto& c) { c.status = CardStatus::used; },
          "status"},
         {"inactive", [](auto& c) { c.status = CardStatus::inactive; }, "status"},
         {"replaced", [](auto& c) { c.status = CardStatus::replaced; }, "status"},
         {"stolen", [](auto& c) { c.status = CardStatus::stolen; }, accepted},
         {"by the holder", [](auto& c) { c.by = Actor::holder; }, accepted},
         {"by nobody", [](auto& c) { c.by = Actor::none; }, "by"},
         {"by a third", [](auto& c) { c.by = static_cast<Actor>(3); }, "by"}});
    const SetAccountStatus account{.request = good_request(),
                                   .account = good_account(),
                                   .status = AccountStatus::suspended,
                                   .reason = reason("in hospital")};
    expect_staff_rows(account);
    expect_rows<SetAccountStatus>(
        account,
        {{"no status", [](auto& c) { c.status = static_cast<AccountStatus>(0); }, "status"},
         {"an unknown status", [](auto& c) { c.status = static_cast<AccountStatus>(4); },
          "status"}});
}

TEST(Validate, ChecksEveryPartOfAClose) {
    using C = CloseSettlement;
    const C good{.request = good_request(),
                 .programme = ProgrammeCode::of("riverdale-2026"),
                 .day = day_of({2026, 3, 31})};
    expect_rows(good, request_rows<C>());
    const auto day = [](DayNumber number) { return [number](C& c) { c.day = number; }; };
    expect_rows<C>(good, {{"no programme", [](C& c) { c.programme = {}; }, "programme"},
                          {"the first day", day(day_of({1970, 1, 1})), accepted},
                          {"the last day", day(day_of({2199, 12, 31})), accepted},
                          {"the day before the first", day(day_of({1969, 12, 31})), "day"},
                          {"the day after the last", day(day_of({2200, 1, 1})), "day"},
                          {"asked for by somebody",
                           [](C& c) { c.requested_by = CallerId::of("finance-2"); }, accepted},
                          {"asked for by a control character",
                           [](C& c) { c.requested_by = CallerId::of("\n"); }, "requested_by"}});
}

TEST(Validate, ChecksEveryPartOfAClockCommand) {
    static constexpr TimestampNs end{7'258'118'400 * ns_per_second};  // 2200-01-01T00:00:00Z
    const AdvanceClock advance{
        .request = good_request(), .to = {ns_per_second}, .reason = plain_reason("sample month")};
    expect_rows(advance, request_rows<AdvanceClock>());
    expect_plain_reason_rows(advance);
    expect_rows<AdvanceClock>(
        advance, {{"the first instant", [](auto& c) { c.to = {1}; }, accepted},
                  {"the last instant", [](auto& c) { c.to = end - DurationNs{1}; }, accepted},
                  {"nothing", [](auto& c) { c.to = {0}; }, "to"},
                  {"before 1970", [](auto& c) { c.to = {-1}; }, "to"},
                  {"the year 2200", [](auto& c) { c.to = end; }, "to"}});
    const AcceptClock accept{.request = good_request(),
                             .seen = {ns_per_second},
                             .reason = plain_reason("clock checked")};
    expect_rows(accept, request_rows<AcceptClock>());
    expect_plain_reason_rows(accept);
    expect_rows<AcceptClock>(accept, {{"no reading", [](auto& c) { c.seen = {0}; }, "seen"},
                                      {"the year 2200", [](auto& c) { c.seen = end; }, "seen"}});
}

TEST(Validate, ChecksEveryPartOfAnOffsetTable) {
    using C = SetOffsetTable;
    const C good{.zone = InlineText<32>::of("Europe/London"), .table = {{{{1}, 3'600}, {{2}, 0}}}};
    const auto offset = [](std::int32_t seconds) {
        return [seconds](C& c) { c.table.entries[1].offset_seconds = seconds; };
    };
    const auto entries = [](std::size_t count) {
        return [count](C& c) {
            c.table.entries.clear();
            for (std::size_t index = 0; index < count; ++index) {
                c.table.entries.push_back({{static_cast<std::int64_t>(index)}, 0});
            }
        };
    };
    expect_rows<C>(good, {{"always UTC", entries(0), accepted},
                          {"the most entries", entries(offset_entries_max), accepted},
                          {"one entry too many", entries(offset_entries_max + 1), "entries"},
                          {"two entries of one instant",
                           [](C& c) { c.table.entries[1].from = {1}; }, "entries"},
                          {"out of order", [](C& c) { c.table.entries[1].from = {0}; }, "entries"},
                          {"18 hours ahead", offset(64'800), accepted},
                          {"18 hours behind", offset(-64'800), accepted},
                          {"more than 18 hours ahead", offset(64'801), "entries"},
                          {"more than 18 hours behind", offset(-64'801), "entries"},
                          {"no zone", [](C& c) { c.zone = {}; }, "zone"},
                          {"a space in the zone",
                           [](C& c) { c.zone = InlineText<32>::of("Europe London"); }, "zone"}});
}

}  // namespace
}  // namespace carecard::rules
