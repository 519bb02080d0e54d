#include "tests/simulation/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <type_traits>
#include <utility>
#include <variant>

#include "tests/rules/random_commands.h"

namespace carecard::simulation {
namespace {

/// No event of a simulation has a sequence from here on.
constexpr std::uint64_t nobodys_sequence = 1'000'000'000;

std::string code_of_step(int number) { return fmt::format("#{}", number); }

/// Before the clocks go forward, before they go back, and before 29 February.
const TimestampNs beginnings[] = {rules::utc(2024, 3, 20, 9), rules::utc(2024, 10, 17, 9),
                                  rules::utc(2024, 3, 27, 9), rules::utc(2024, 2, 22, 9)};

class Writer {
   public:
    explicit Writer(std::uint64_t seed)
        : random_(seed), commands_(seed), now_(beginnings[seed % std::size(beginnings)]) {
        for (const rules::Command& command : commands_.opening()) {
            if (!std::holds_alternative<rules::SetOffsetTable>(command)) send(command);
        }
    }

    /// One more command, or a few that belong together.
    void next() {
        pass(commands_.pause());
        const int dice = up_to(99);
        if (dice < 8) {
            send(earlier());
        } else if (dice < 13) {
            send(changed(earlier()));
        } else if (dice < 18) {
            reversal_first();
        } else {
            send(commands_.next());
        }
        const std::size_t count = script_.size();
        const bool two_sent = script_[count - 2].act == Act::send;
        if (one_in(10) && two_sent) {
            std::swap(script_[count - 2].command, script_[count - 1].command);
            std::swap(script_[count - 2].number, script_[count - 1].number);
        }
    }

    void act(Act act, DurationNs by = {}) {
        script_.push_back({.at_ns = now_.value, .act = act, .by = by});
    }
    void pass(DurationNs pause) {
        now_ = now_ + pause;
        commands_.pass_to(now_);
    }

    /// Now and then one of the things that a process lives through.
    void mishap() {
        const std::pair<Act, int> odds[] = {
            {Act::project, 8}, {Act::archive, 8},     {Act::sweep, 6},       {Act::restart, 4},
            {Act::crash, 3},   {Act::lose_commit, 3}, {Act::keep_commit, 3},
        };
        int dice = up_to(99);
        for (const auto& [what, share] : odds) {
            dice -= share;
            if (dice < 0 && dice >= -share) act(what);
        }
        if (one_in(25)) jump();
    }

    [[nodiscard]] int up_to(int most) {
        return std::uniform_int_distribution<int>(0, most)(random_);
    }
    [[nodiscard]] bool one_in(int times) { return up_to(times - 1) == 0; }

    [[nodiscard]] Script take() { return std::move(script_); }

   private:
    void send(rules::Command command) {
        const int number = static_cast<int>(sent_.size()) + 1;
        sent_.push_back(command);
        script_.push_back({.at_ns = now_.value,
                           .act = Act::send,
                           .command = std::move(command),
                           .number = number});
        if (const auto* asked = std::get_if<rules::Authorise>(&sent_.back())) {
            rules::AuthorisationDecided begun{.request = *asked};
            begun.id = {.epoch = {1}, .sequence = {static_cast<std::uint64_t>(number)}};
            begun.code = rules::AuthorisationCode::of(code_of_step(number));
            commands_.hear(begun);
        }
        if (const auto* advised = std::get_if<rules::Advise>(&sent_.back())) {
            commands_.hear(*advised,
                           {.epoch = {1}, .sequence = {static_cast<std::uint64_t>(number)}});
        }
        if (const auto* cleared = std::get_if<rules::Present>(&sent_.back())) {
            commands_.hear(*cleared,
                           {.epoch = {1}, .sequence = {static_cast<std::uint64_t>(number)}});
        }
        if (const auto* proposed = std::get_if<rules::ProposeResolution>(&sent_.back())) {
            commands_.hear(*proposed, {static_cast<std::uint64_t>(number)});
        }
    }

    const rules::Command& earlier() {
        const int recent = std::min(static_cast<int>(sent_.size()), one_in(3) ? 1'000 : 30);
        return sent_[sent_.size() - 1 - static_cast<std::size_t>(up_to(recent - 1))];
    }

    /// The same key, and another field.
    rules::Command changed(rules::Command command) {
        std::visit(
            [this](auto& one) {
                if constexpr (requires { one.amounts; }) one.amounts.billing.value += 1 + up_to(9);
                if constexpr (requires { one.amount; }) one.amount.value += 1;
                if constexpr (requires { one.remaining; }) one.remaining.value += 1;
                if constexpr (requires { one.to.value; }) one.to.value += 1;
                if constexpr (requires { one.rules; }) one.rules.cash_agreed ^= true;
                if constexpr (requires { one.cut_off_second; }) one.cut_off_second -= 60;
                if constexpr (requires { one.expiry.year; }) one.expiry = {2031, 1};
            },
            command);
        return command;
    }

    /// A reversal or a presentment, and a little later the authorisation it speaks of.
    void reversal_first() {
        rules::Authorise late = commands_.authorise();
        const rules::OriginalReference original{.authorisation_id = {},
                                                .caller = late.request.caller,
                                                .request_key = late.request.key,
                                                .identity = late.identity,
                                                .authorisation_code = {}};
        if (one_in(3)) {
            rules::Present present = commands_.present();
            present.card_token = late.card_token;
            present.original = original;
            send(present);
        } else {
            rules::Reverse reverse = commands_.reverse();
            reverse.card_token = late.card_token;
            reverse.original = original;
            send(reverse);
        }
        for (int between = up_to(3); between > 0; --between) {
            pass(commands_.pause());
            send(commands_.next());
        }
        send(late);
    }

    void jump() {
        const DurationNs sizes[] = {seconds(6), hours(1), days(1), days(30), days(366)};
        const DurationNs size = sizes[up_to(4)];
        const bool is_accepted = one_in(3) && size < days(366);
        act(Act::jump, one_in(2) ? size : DurationNs{-size.value});
        if (one_in(4)) act(Act::restart);
        for (int count = up_to(6); count > 0; --count) next();
        act(Act::decide);
        if (is_accepted) {
            send(rules::AcceptClock{.request = rules::asked_by(
                                        "operator", "accept-" + std::to_string(sent_.size()), ""),
                                    .seen = now_});
        } else {
            act(Act::come_back);
        }
    }

    std::mt19937_64 random_;
    rules::RandomCommands commands_;
    TimestampNs now_;
    std::vector<rules::Command> sent_;
    Script script_;
};

}  // namespace

rules::Command london_table() {
    return rules::SetOffsetTable{.zone = InlineText<32>::of("Europe/London"),
                                 .table = rules::london()};
}

Script commands_of(std::uint64_t seed, int commands) {
    Writer writer(seed);
    for (int count = 0; count < commands; ++count) writer.next();
    Script script = writer.take();
    script.resize(std::min(script.size(), static_cast<std::size_t>(commands)));
    return script;
}

Script life_of(std::uint64_t seed, int commands) {
    Writer writer(seed);
    writer.act(Act::decide);
    for (int count = 0; count < commands; ++count) {
        writer.next();
        if (!writer.one_in(3)) continue;
        writer.act(Act::decide);
        writer.mishap();
    }
    writer.act(Act::decide);
    return writer.take();
}

void Renaming::hear(int number, const rules::Event& event, Sequence sequence) {
    const auto at = static_cast<std::uint64_t>(number);
    if (std::holds_alternative<rules::ResolutionProposed>(event)) proposals_[at] = sequence;
    const auto* cleared = std::get_if<rules::Presented>(&event);
    if (cleared != nullptr && cleared->after.id.sequence == sequence) {
        names_[at] = {cleared->after.id, {}};
    }
    const auto* advised = std::get_if<rules::Advised>(&event);
    const bool began = advised != nullptr && advised->matched_by == rules::MatchedBy::nothing;
    if (began && !advised->after.id.none()) {
        names_[at] = {advised->after.id, {}};
    }
    const auto* decided = std::get_if<rules::AuthorisationDecided>(&event);
    if (decided == nullptr || decided->decline.declined()) return;
    names_[at] = {decided->id, decided->code};
}

rules::Command Renaming::operator()(rules::Command command) const {
    const auto rename_id = [this](AuthorisationId& id) {
        const auto known = names_.find(id.sequence.value);
        id.sequence =
            known == names_.end() ? Sequence{nobodys_sequence} : known->second.id.sequence;
    };
    const auto rename = [&](rules::OriginalReference& original) {
        if (original.authorisation_id.sequence.value != 0) rename_id(original.authorisation_id);
        if (original.authorisation_code.empty()) return;
        const std::string number = original.authorisation_code.str().substr(1);
        const auto by_code = names_.find(std::stoull(number));
        const bool known = by_code != names_.end();
        original.authorisation_code =
            known ? by_code->second.code : rules::AuthorisationCode::of("?");
    };
    std::visit(
        [&](auto& one) {
            if constexpr (requires { one.original; }) rename(one.original);
            if constexpr (requires { one.proposal; }) {
                const auto known = proposals_.find(one.proposal.value);
                one.proposal =
                    known == proposals_.end() ? Sequence{nobodys_sequence} : known->second;
            }
            if constexpr (
                requires { one.authorisation.sequence; } && requires { one.account.reference; }) {
                rules::OriginalReference named{.authorisation_id = one.authorisation};
                rename(named);
                one.authorisation = named.authorisation_id;
            }
        },
        command);
    return command;
}

}  // namespace carecard::simulation
