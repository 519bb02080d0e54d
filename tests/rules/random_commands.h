#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/rules/fixture.h"

namespace carecard::rules {

/// Commands of every kind, in believable proportions, from one seed: two councils with a
/// programme each, a few accounts, names that often repeat, and now and then what must be refused.
class RandomCommands {
   public:
    explicit RandomCommands(std::uint64_t seed) : random_(seed) {}

    /// What must come first, so that the rest has something to be about.
    std::vector<Command> opening() {
        CreateProgramme near = programme("care", "riverdale");
        CreateProgramme far = programme("help", "hillside");
        far.cut_off_second = 17 * 3600 + 1800;
        far.hold_lifetime = days(3);
        far.hold_rules = {
            {.merchants = range(8000, 8999), .lifetime = hours(30)},
            {.merchants = range(5000, 5999),
             .exactness = Exactness::estimated,
             .lifetime = days(10),
             .uplift = {.basis_points = 1'500, .amount = {7}, .at_least = {100}}},
            {.initiator = Initiator::merchant, .lifetime = days(5)},
            {.presence = Presence::absent, .exactness = Exactness::exact, .lifetime = days(9)}};
        far.partial = {.allowed = true, .least = {50}};
        far.estimate_beyond_balance = true;
        near.partial.allowed = true;
        far.defaults = rules();
        far.tolerance.rules = {{.first = {4000},
                                .last = {5999},
                                .payments = ToleranceFor::estimated,
                                .basis_points = 2'500},
                               {.first = {0}, .last = {9999}, .amount = {30}}};
        far.tolerance.foreign_basis_points = 100;
        std::vector<Command> commands{
            SetOffsetTable{.zone = InlineText<32>::of("Europe/London"), .table = london()}, near,
            far};
        for (int count = 0; count < accounts; ++count) {
            OpenAccount open = open_account();
            open.account = account(count);
            open.request.council = {};
            IssueCard issue = issue_card();
            issue.account = open.account;
            issue.request.council = {};
            issue.tokens.clear();
            issue.tokens.push_back(token(static_cast<std::uint8_t>(count + 1)));
            commands.insert(commands.end(), {open, issue, load(), load()});
        }
        return commands;
    }

    DurationNs pause() {
        if (one_in(60)) return hours(up_to(24 * 9));
        return one_in(4) ? minutes(up_to(300)) : DurationNs{up_to(5) * seconds(7).value};
    }

    Command next() {
        if (early_left_ > 0) return early_reversal();
        if (!cleared_.empty() && one_in(25)) return about_an_exposure();
        const int dice = up_to(99);
        if (dice < 38) return authorise();
        if (dice < 42) return increment();
        if (dice < 45) return advise();
        if (dice < 60) return present();
        if (dice < 62) return take_back();
        if (dice < 74) return reverse();
        if (dice < 84) return load();
        return dice < 94 ? staff() : rare();
    }

    /// Learns the names under which later commands may speak of an authorisation, and the cards
    /// that took the places of others.
    void hear(const Event& event) {
        if (const auto* replaced = std::get_if<CardReplaced>(&event)) {
            newer_.push_back(replaced->request.tokens[0]);
        }
        const auto* decided = std::get_if<AuthorisationDecided>(&event);
        if (decided == nullptr || decided->decline.declined()) return;
        known_.push_back({.authorisation_id = decided->id,
                          .caller = decided->request.request.caller,
                          .request_key = decided->request.request.key,
                          .identity = decided->request.identity,
                          .authorisation_code = decided->code,
                          .local_date = decided->request.local_date});
        cards_of_known_.push_back(decided->request.card_token);
    }
    /// The same of one that an advice may have begun.
    void hear(const Advise& advise, const AuthorisationId& id) {
        known_.push_back({.authorisation_id = id,
                          .caller = advise.request.caller,
                          .request_key = advise.request.key,
                          .identity = advise.identity,
                          .authorisation_code = {},
                          .local_date = advise.local_date});
        cards_of_known_.push_back(advise.card_token);
    }

    /// A clearing, by which its payment may have begun, as `id`: whose exposure may be resolved.
    void hear(const Present& clearing, const AuthorisationId& id) {
        for (int which = 0; which < accounts; ++which) {
            if (clearing.card_token != token(static_cast<std::uint8_t>(which + 1))) continue;
            cleared_.push_back({account(which), id});
            const AuthorisationId& named = clearing.original.authorisation_id;
            if (!named.none()) cleared_.push_back({account(which), named});
        }
    }
    void hear(const ProposeResolution& command, Sequence proposed) {
        proposals_.push_back({command.account, proposed});
    }
    /// All of it from an event that stands in a journal.
    void hear(const Event& event, const Stamp& stamp) {
        hear(event);
        pass_to(stamp.now_ns);
        if (const auto* cleared = std::get_if<Presented>(&event)) {
            hear(cleared->request, cleared->after.id);
        }
        if (const auto* proposed = std::get_if<ResolutionProposed>(&event)) {
            hear(proposed->request, stamp.sequence);
        }
    }
    /// Notices are counted from there.
    void pass_to(TimestampNs now) { now_ = now; }

   private:
    static constexpr int accounts = 6;

    int up_to(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
    bool one_in(int times) { return up_to(times - 1) == 0; }
    std::int64_t pence() { return 1 + (one_in(8) ? up_to(3000) : up_to(300)); }
    std::string number(int most) { return std::to_string(up_to(most)); }

    Request request(const char* caller, bool by_machine = false) {
        const char* council = by_machine || !one_in(3) ? "" : one_in(2) ? "riverdale" : "hillside";
        return asked_by(caller, "k" + std::to_string(++keys_), council);
    }
    /// One of the accounts of the opening, or at times one that may not be there.
    static AccountName account(int which) {
        return account_name("A" + std::to_string(which), which % 2 == 0 ? "care" : "help");
    }
    AccountName account() {
        if (one_in(12)) return account_name("A" + number(accounts), one_in(2) ? "care" : "none");
        return account(up_to(accounts - 1));
    }
    CardToken card() {
        if (!newer_.empty() && one_in(3)) {
            return newer_[static_cast<std::size_t>(up_to(static_cast<int>(newer_.size()) - 1))];
        }
        return token(static_cast<std::uint8_t>(1 + up_to(one_in(9) ? 13 : accounts - 1)));
    }
    CurrencyCode currency() { return one_in(40) ? eur : gbp; }
    TransactionAmounts amounts() {
        const AmountMinor amount{pence()};
        const bool abroad = one_in(7);
        return {.transaction = abroad ? AmountMinor{amount.value + up_to(200)} : amount,
                .transaction_currency = abroad ? CurrencyCode{840} : gbp,
                .billing = amount,
                .billing_currency = currency()};
    }
    Mcc mcc() {
        const Mcc codes[] = {{5411}, {5411}, {5411}, {4121}, {4111}, {7995}, {6011}, {8050}};
        return codes[up_to(7)];
    }
    /// Small pools, so that names meet.
    NetworkIdentity identity() {
        NetworkIdentity names;
        if (!one_in(4)) names.network_transaction_id = InlineText<15>::of(number(400));
        if (one_in(2)) {
            names.acquirer = InlineText<11>::of(number(2));
            names.stan = InlineText<6>::of(number(60));
            names.transmission_time = InlineText<10>::of("0603090000");
            if (!one_in(5)) names.rrn = InlineText<12>::of(number(2));
        }
        return names;
    }

    std::optional<AmountMinor> maybe(int most) {
        if (!one_in(3)) return std::nullopt;
        return AmountMinor{up_to(most)};
    }
    WindowLimit window(int most, int times) {
        WindowLimit limit{.amount_max = maybe(most)};
        if (one_in(4)) limit.count_max = static_cast<std::uint32_t>(up_to(times));
        return limit;
    }
    SpendingRules rules() {
        SpendingRules rules{.cash_agreed = one_in(2)};
        if (one_in(6)) rules.mcc_allowed = {range(4000, 5999), range(8000, 8999)};
        if (one_in(4)) rules.mcc_refused = {range(7995, 7995)};
        rules.single_max = maybe(3000);
        rules.day = window(2000, 8);
        rules.week = window(4000, 20);
        rules.month = window(8000, 50);
        rules.quasi_cash_agreed = one_in(2);
        rules.cash = {.single_max = maybe(300), .day_max = maybe(600)};
        rules.contactless = {.off = one_in(9), .single_max = maybe(300), .total_max = maybe(900)};
        if (one_in(4)) rules.contactless.count_max = static_cast<std::uint32_t>(up_to(4));
        rules.quasi_cash = {.single_max = maybe(300), .day_max = maybe(600)};
        rules.balance_hidden = one_in(5);
        return one_in(3) ? SpendingRules{} : rules;
    }

    CreateProgramme programme(const char* code, const char* council) {
        return {.request = request("operator"),
                .code = ProgrammeCode::of(code),
                .council = CouncilCode::of(council),
                .currency = gbp,
                .defaults = {}};
    }
    OpenAccount open_account() {
        OpenAccount command{.request = request("support"), .account = account()};
        const int count = 1 + up_to(2);
        for (int index = 0; index < count; ++index) {
            command.purses.push_back({.name = PurseName::of("p" + std::to_string(index)),
                                      .priority = static_cast<std::uint8_t>(up_to(2)),
                                      .terms = terms()});
        }
        return command;
    }
    /// Often none; else some of all kinds, in words that meet what is bought.
    PurseTerms terms() {
        PurseTerms terms;
        if (one_in(2)) return terms;
        if (one_in(3)) terms.mccs.push_back({{4000}, {5999}});
        if (one_in(5)) terms.mccs.push_back({{8050}, {8050}});
        terms.exclusive = !terms.mccs.empty() && one_in(6);
        if (one_in(8)) terms.provider_register = RegisterName::of("r" + number(1));
        if (one_in(5)) terms.weekdays = monday_to_friday;
        terms.no_cash = one_in(3);
        if (one_in(8)) terms.spend_from = some_day(20);
        if (one_in(6)) terms.spend_until = some_day(one_in(2) ? 20 : 800);
        if (terms.spend_until < terms.spend_from) terms.spend_until = {};
        if (one_in(8)) terms.intake_closed_from = some_day(800);
        terms.staged = one_in(6);
        if (one_in(6)) {
            terms.unit = PurseUnit::hours;
            terms.unit_rate = {1'000 + 5 * up_to(200)};
        }
        return terms;
    }
    DayNumber some_day(int most) { return {day_number(2024, 6, 1).value + up_to(most)}; }
    Acceptor acceptor() { return Acceptor::of(one_in(3) ? "" : "S" + number(3)); }
    ReleaseStage release_stage() {
        return {.request = request("finance"),
                .account = account(),
                .purse = PurseName::of("p" + number(3)),
                .amount = {3 * pence()},
                .currency = currency(),
                .stage = StageReference::of("s" + number(300))};
    }
    ClosePurse close_purse() {
        return {.request = request("finance"),
                .account = account(),
                .purse = PurseName::of("p" + number(3))};
    }
    Request staff_member() { return request(one_in(2) ? "ann" : "ben"); }
    /// One of those that came last.
    template <class Item>
    const Item& recent_of(const std::vector<Item>& items, int few) {
        const int last = static_cast<int>(items.size()) - 1;
        return items[static_cast<std::size_t>(last - up_to(std::min(last, few)))];
    }
    /// Of one who proposes, or who answers or carries out what was proposed.
    Command about_an_exposure() {
        if (proposals_.empty() || one_in(3)) return propose();
        const auto& [whose, proposal] = recent_of(proposals_, 5);
        if (one_in(2)) {
            return RecoverExposure{
                .request = staff_member(), .account = whose, .proposal = proposal};
        }
        return DecideResolution{.request = staff_member(),
                                .account = whose,
                                .proposal = proposal,
                                .approve = !one_in(5)};
    }
    ProposeResolution propose() {
        const auto& [whose, payment] = recent_of(cleared_, 5);
        ProposeResolution command{.request = staff_member(),
                                  .account = one_in(20) ? account() : whose,
                                  .authorisation = payment,
                                  .amount = {1 + up_to(one_in(2) ? 30 : 200)},
                                  .currency = currency()};
        if (one_in(2)) return command;
        command.kind = ResolutionKind::recovery;
        const auto today = static_cast<std::int32_t>(now_.value / days(1).value);
        command.notice_until = {today + 27 + up_to(5)};
        return command;
    }
    SetEarmark set_earmark() {
        SetEarmark command{.request = request("worker"),
                           .account = account(),
                           .reference = EarmarkReference::of("e" + number(300)),
                           .amount = {one_in(3) ? pence() : 1 + up_to(20) * 500},
                           .currency = currency(),
                           .payee = one_in(4) ? Acceptor{} : Acceptor::of("S" + number(3)),
                           .due = some_day(800)};
        if (one_in(2)) command.purse = PurseName::of("p" + number(3));
        if (!command.payee.empty() && one_in(2)) {
            command.until = {command.due.value + up_to(30)};
        }
        earmarked_.push_back(command);
        return command;
    }
    /// Mostly of one that was asked for lately.
    WithdrawEarmark withdraw_earmark() {
        if (earmarked_.empty() || one_in(9)) {
            return {.request = request("worker"),
                    .account = account(),
                    .reference = EarmarkReference::of("e" + number(300))};
        }
        const SetEarmark& one = recent_of(earmarked_, 20);
        return {.request = request("worker"), .account = one.account, .reference = one.reference};
    }
    SetProvider set_provider() {
        SetProvider command{.request = request("support"),
                            .programme = ProgrammeCode::of(one_in(2) ? "care" : "help"),
                            .provider_register = RegisterName::of("r" + number(1)),
                            .acceptor = Acceptor::of("S" + number(3)),
                            .dates = {.from = some_day(300)}};
        if (one_in(2)) command.dates.until = {command.dates.from.value + up_to(300)};
        return command;
    }
    IssueCard issue_card() {
        IssueCard command{.request = request("support"),
                          .account = account(),
                          .last_four = InlineText<4>::of("0001"),
                          .expiry = one_in(8) ? ExpiryMonth{.year = 2024, .month = 5} : far_expiry};
        command.tokens.push_back(card());
        if (one_in(4)) command.tokens.push_back(card());
        command.activation_required = one_in(5);
        command.single_use = one_in(5);
        return command;
    }
    /// By its number or by a token.
    template <class Command>
    void name_card(Command& command) {
        if (one_in(2)) {
            command.card_token = card();
        } else {
            command.card = {static_cast<std::uint32_t>(1 + up_to(one_in(3) ? 30 : 9))};
        }
    }
    ReplaceCard replace_card() {
        ReplaceCard command{
            .request = request("support"),
            .because = static_cast<ReplacedBecause>(1 + up_to(3)),
            .last_four = InlineText<4>::of("0002"),
            .expiry = one_in(9) ? ExpiryMonth{.year = 2024, .month = 5} : far_expiry,
            .activation_required = one_in(2)};
        name_card(command);
        command.tokens.push_back(token(static_cast<std::uint8_t>(20 + up_to(200))));
        return command;
    }
    SetCardStatus card_status() {
        using enum CardStatus;
        const CardStatus ends[] = {closed, lost, stolen, damaged};
        SetCardStatus command{.request = request("support"),
                              .status = one_in(30)  ? ends[up_to(3)]
                                        : one_in(8) ? frozen
                                                    : active,
                              .by = one_in(3) ? Actor::holder : Actor::council};
        name_card(command);
        return command;
    }
    SetCardRules card_rules() {
        SetCardRules command{.request = request("worker"), .rules = rules()};
        name_card(command);
        return command;
    }
    Load load() {
        Load command{.request = request("finance"),
                     .account = account(),
                     .purse = PurseName::of(one_in(2) ? "" : "p" + number(3)),
                     .amount = {5 * pence()},
                     .currency = currency(),
                     .reference = LoadReference::of("l" + number(2000))};
        if (!one_in(12)) return command;
        command.amount = {};
        command.currency = {};
        command.units = {static_cast<std::uint32_t>(1 + (one_in(2) ? 20 * up_to(9) : up_to(99)))};
        return command;
    }

   public:
    Authorise authorise() {
        Authorise command{.request = request("gateway", !one_in(20)),
                          .card_token = card(),
                          .amounts = amounts(),
                          .merchant = {.mcc = mcc(), .acceptor = acceptor()},
                          .identity = identity()};
        if (one_in(12)) command.kind = TransactionKind::cash;
        if (one_in(20)) {
            command.kind = TransactionKind::purchase_with_cashback;
            const auto most = static_cast<int>(command.amounts.transaction.value);
            command.cashback = {1 + up_to(most - 1)};
        }
        if (one_in(8)) rare_kind(command);
        if (command.kind == TransactionKind::refund && one_in(2)) {
            const OriginalReference purchase = original(command.card_token);
            command.refunds = {purchase.authorisation_id, purchase.identity.network_transaction_id};
        }
        command.partial_capable = one_in(3);
        command.estimated = one_in(5);
        command.pin_present = one_in(7);
        command.recurring = one_in(9);
        command.channel = static_cast<Channel>(up_to(5));
        command.entry_mode = static_cast<EntryMode>(up_to(7));
        if (one_in(3)) command.expiry = far_expiry;
        if (one_in(2)) command.local_date = InlineText<4>::of("060" + number(2));
        if (one_in(4)) command.channel = Channel::e_commerce;
        command.recurring = one_in(9);
        command.estimated = one_in(6);
        return command;
    }

   private:
    void rare_kind(Authorise& command) {
        using enum TransactionKind;
        const TransactionKind kinds[] = {quasi_cash, verification, balance_enquiry, refund,
                                         original_credit};
        command.kind = kinds[up_to(4)];
        command.cashback = {};
        if (flow_of(command.kind) != Flow::asks) return;
        command.amounts.transaction = {};
        command.amounts.billing = {};
    }

    /// Names an earlier authorisation by some of its names; at times by another's as well, or by
    /// names that nobody has. `card` becomes the one it was made with, mostly.
    OriginalReference original(CardToken& card) {
        OriginalReference reference;
        if (known_.empty() || one_in(8)) return unknown();
        const auto index = static_cast<std::size_t>(up_to(static_cast<int>(known_.size()) - 1));
        const OriginalReference& known = known_[one_in(2) ? index : recent(index)];
        if (!one_in(12)) card = cards_of_known_[static_cast<std::size_t>(&known - known_.data())];
        if (one_in(3)) reference.authorisation_id = known.authorisation_id;
        if (one_in(3)) {
            reference.caller = known.caller;
            reference.request_key = known.request_key;
        }
        if (one_in(2)) reference.identity = one_in(8) ? identity() : known.identity;
        if (one_in(2)) {
            reference.local_date = known.local_date;
            reference.identity.transmission_time = {};
        }
        if (one_in(3)) reference.authorisation_code = known.authorisation_code;
        return reference;
    }
    /// Names that nobody has yet; some are those of one of the next payments.
    OriginalReference unknown() {
        OriginalReference reference;
        if (!one_in(3)) reference.identity = identity();
        if (one_in(2)) {
            reference.caller = CallerId::of("gateway");
            reference.request_key = RequestKey::of("k" + std::to_string(keys_ + 1 + up_to(15)));
        }
        return reference;
    }
    [[nodiscard]] std::size_t recent(std::size_t index) const {
        const std::size_t few = std::min<std::size_t>(known_.size(), 20);
        return known_.size() - 1 - index % few;
    }

    /// One of a run of reversals that come before their payments, all of one card.
    Reverse early_reversal() {
        --early_left_;
        Reverse command{.request = request("gateway", true),
                        .card_token = early_card_,
                        .remaining = {one_in(2) ? 0 : up_to(400)},
                        .currency = gbp};
        command.original = unknown();
        return command;
    }

   public:
    Increment increment() {
        Increment command{.request = request("gateway", !one_in(20)),
                          .card_token = card(),
                          .amounts = amounts(),
                          .merchant = {.mcc = mcc(), .acceptor = acceptor()},
                          .estimated = one_in(3)};
        command.original = original(command.card_token);
        if (one_in(3)) command.identity = identity();
        return command;
    }
    Reverse reverse() {
        if (one_in(80)) {
            early_left_ = 14;
            early_card_ = card();
        }
        Reverse command{.request = request("gateway", !one_in(20)),
                        .card_token = card(),
                        .remaining = {one_in(2) ? 0 : up_to(400)},
                        .currency = currency()};
        command.original = original(command.card_token);
        return command;
    }
    Present present() {
        Present command{.request = request("gateway", !one_in(20)),
                        .card_token = card(),
                        .direction = one_in(3) ? Direction::credit : Direction::debit,
                        .presentment_id = InlineText<64>::of("c" + number(3000)),
                        .amounts = amounts(),
                        .merchant = {.mcc = mcc(), .acceptor = acceptor()},
                        .identity = identity(),
                        .local_date = InlineText<4>::of(one_in(2) ? "" : "060" + number(2)),
                        .final = !one_in(3)};
        command.original = original(command.card_token);
        if (one_in(9)) {
            const bool pays = command.direction == Direction::credit;
            command.kind = pays ? PresentmentKind::chargeback : PresentmentKind::second;
        }
        presented_.push_back(command);
        return command;
    }
    /// Of one of the last payments, whose account is mostly known by its card.
    OpenDispute open_dispute() {
        OpenDispute command{.request = request("support"),
                            .amount = {pence()},
                            .currency = currency(),
                            .category = static_cast<DisputeCategory>(1 + up_to(5)),
                            .provisional = !one_in(4)};
        name_payment(command);
        if (!cleared_.empty() && !one_in(3)) {
            const auto& [whose, payment] = recent_of(cleared_, 10);
            command.account = whose;
            command.authorisation = payment;
        }
        disputed_.push_back(command);
        return command;
    }
    CloseDispute close_dispute() {
        CloseDispute command{.request = request("support"),
                             .outcome = static_cast<DisputeOutcome>(1 + up_to(2))};
        if (disputed_.empty() || one_in(9)) {
            name_payment(command);
            return command;
        }
        const OpenDispute& one = recent_of(disputed_, 20);
        command.account = one.account;
        command.authorisation = one.authorisation;
        return command;
    }
    /// Mostly of a clearing that came before.
    Present take_back() {
        Present command = present();
        command.kind = PresentmentKind::clearing;
        command.direction = Direction::credit;
        command.reverses = PresentmentId::of("c" + number(3000));
        if (one_in(6)) return command;
        const std::size_t few = std::min<std::size_t>(presented_.size(), 40);
        const auto back = static_cast<std::size_t>(up_to(static_cast<int>(few) - 1));
        const Present& one = presented_[presented_.size() - 1 - back];
        command.card_token = one.card_token;
        command.reverses = one.presentment_id;
        if (!one_in(5)) command.amounts = one.amounts;
        return command;
    }
    Advise advise() {
        Advise command{.request = request("gateway", !one_in(20)),
                       .card_token = card(),
                       .advice = one_in(2)   ? AdviceKind::stand_in_approved
                                 : one_in(2) ? AdviceKind::completion
                                             : AdviceKind::stand_in_declined,
                       .amounts = amounts(),
                       .merchant = {.mcc = mcc(), .acceptor = acceptor()},
                       .identity = identity()};
        if (one_in(2)) command.local_date = InlineText<4>::of("060" + number(2));
        command.estimated = one_in(6);
        command.recurring = one_in(9);
        command.channel = static_cast<Channel>(up_to(5));
        command.entry_mode = static_cast<EntryMode>(up_to(7));
        if (!one_in(4)) command.original = original(command.card_token);
        return command;
    }

   private:
    template <class Command>
    void name_payment(Command& command) {
        command.account = account();
        if (known_.empty()) return;
        const auto index = static_cast<std::size_t>(up_to(static_cast<int>(known_.size()) - 1));
        const std::size_t chosen = one_in(3) ? index : recent(index);
        command.authorisation = known_[chosen].authorisation_id;
        const int number = std::to_integer<int>(cards_of_known_[chosen].mac[0]);
        if (number <= accounts && !one_in(20)) command.account = account(number - 1);
    }

    Command staff() {
        if (one_in(12)) return replace_card();
        if (one_in(12)) return card_rules();
        if (one_in(24)) return close_purse();
        if (one_in(4)) return set_earmark();
        if (one_in(12)) return withdraw_earmark();
        if (one_in(3)) return open_dispute();
        if (one_in(3)) return close_dispute();
        switch (up_to(7)) {
            case 0:
                return open_account();
            case 5:
                return release_stage();
            case 6:
                return set_provider();
            case 1:
                return issue_card();
            case 2:
                return SetAgreement{
                    .request = request("worker"), .account = account(), .rules = rules()};
            case 3:
                return card_status();
            case 4:
                return SetAccountStatus{.request = request("support"),
                                        .account = account(),
                                        .status = one_in(4)   ? AccountStatus::closed
                                                  : one_in(8) ? AccountStatus::suspended
                                                              : AccountStatus::open};
            default:
                return OpenPurse{.request = request("support"),
                                 .account = account(),
                                 .purse = {.name = PurseName::of("p" + number(20)),
                                           .priority = static_cast<std::uint8_t>(up_to(2)),
                                           .terms = terms()}};
        }
    }

    /// A table that differs from the others only long after the run.
    SetOffsetTable offsets() {
        SetOffsetTable command{.zone = InlineText<32>::of("Europe/London"), .table = london()};
        if (one_in(2)) {
            command.table.entries.push_back({.from = utc(2060 + up_to(2), 1, 1)});
        }
        return command;
    }

    /// One whose cut-off is in the hour that comes twice in October and not at all in March.
    CreateProgramme third_programme() {
        CreateProgramme command = programme(one_in(2) ? "care" : "extra", "riverdale");
        command.cut_off_second = 1 * 3600 + 1800;
        return command;
    }

    Command rare() {
        const TimestampNs some_time = utc(2024, 3, 1) + hours(up_to(24 * 900));
        const Request who = request("operator");
        switch (up_to(9)) {
            case 0:
                return third_programme();
            case 1:
                return AdvanceClock{.request = who, .to = some_time};
            case 2:
                return AcceptClock{.request = who, .seen = some_time};
            case 3:
                return offsets();
            default:
                return CloseSettlement{
                    .request = request("finance"),
                    .programme = ProgrammeCode::of(one_in(2) ? "care" : "help"),
                    .day = {day_number(2024, 3, 18).value + up_to(one_in(2) ? 40 : 400)}};
        }
    }

    std::mt19937_64 random_;
    std::vector<OriginalReference> known_;
    std::vector<CardToken> cards_of_known_;
    std::vector<CardToken> newer_;
    std::vector<Present> presented_;
    std::vector<OpenDispute> disputed_;
    std::vector<SetEarmark> earmarked_;
    std::vector<std::pair<AccountName, AuthorisationId>> cleared_;
    std::vector<std::pair<AccountName, Sequence>> proposals_;
    TimestampNs now_ = utc(2024, 6, 3, 9);
    int keys_ = 0;
    int early_left_ = 0;
    CardToken early_card_;
};

}  // namespace carecard::rules
