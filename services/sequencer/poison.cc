#include "services/sequencer/poison.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <span>
#include <variant>

namespace carecard::sequencer {
namespace {

constexpr std::array<char, 4> magic{'C', 'C', 'P', 'O'};
constexpr std::uint32_t poison_version = 1;

constexpr std::array<std::string_view, std::variant_size_v<rules::CommandKinds>> kind_names{
    "Authorise",      "Reverse",           "Present",          "CreateProgramme",
    "OpenAccount",    "OpenPurse",         "IssueCard",        "Load",
    "SetAgreement",   "SetCardStatus",     "SetAccountStatus", "CloseSettlement",
    "SetOffsetTable", "ExpireHold",        "EndBusinessDay",   "AdvanceClock",
    "AcceptClock",    "Increment",         "Advise",           "ReleaseStage",
    "SetProvider",    "ReplaceCard",       "SetCardRules",     "ClosePurse",
    "EndPurse",       "ProposeResolution", "DecideResolution", "RecoverExposure",
    "SetEarmark",     "WithdrawEarmark",   "PayEarmark",       "OpenDispute",
    "CloseDispute"};
static_assert(std::ranges::all_of(kind_names, [](std::string_view name) {
    return !name.empty() && name.size() < sizeof(PoisonPage::kind);
}));

/// What comes after in the program comes after in memory, as the handler of a signal sees it.
void settle() { std::atomic_signal_fence(std::memory_order_seq_cst); }

bool is_whole(const PoisonPage& page) {
    return page.magic == magic && page.version == poison_version &&
           page.group_count <= page.group.size() && page.suspects_count <= page.suspects.size() &&
           page.stage <= PoisonStage::answering && page.kind.back() == '\0';
}

std::span<const std::uint64_t> group_of(const PoisonPage& page) {
    return std::span(page.group).first(page.group_count);
}

std::span<const std::uint64_t> suspects_of(const PoisonPage& page) {
    return std::span(page.suspects).first(page.suspects_count);
}

/// The group first: where there is no room for all, it is the older suspects that are let go.
void suspect_group(PoisonPage& page) {
    std::array<std::uint64_t, group_suspects_max> suspects{};
    std::uint32_t count = 0;
    const auto add = [&](std::uint64_t fingerprint) {
        const auto known = std::span(suspects).first(count);
        if (count == suspects.size() || std::ranges::find(known, fingerprint) != known.end())
            return;
        suspects[count++] = fingerprint;
    };
    std::ranges::for_each(group_of(page), add);
    std::ranges::for_each(suspects_of(page), add);
    page.suspects = suspects;
    page.suspects_count = count;
}

}  // namespace

Result<Done> prepare(PoisonPage& page) {
    if (page.magic == magic && page.version > poison_version) {
        return Fault{.kind = FaultKind::conflict,
                     .field = "poison",
                     .detail = "a newer release wrote the poison file",
                     .remedy = "run the release that wrote it, or a newer one"};
    }
    if (!is_whole(page)) page = {.magic = magic, .version = poison_version};
    return Done{};
}

std::string_view kind_name(const rules::Command& command) { return kind_names[command.index()]; }

std::optional<Death> read_death(const PoisonPage& page) {
    if (page.died == 0 || page.stage == PoisonStage::none) return std::nullopt;
    const bool is_certain = page.stage != PoisonStage::checking || page.group_count == 1;
    return Death{.signal = page.died,
                 .stage = page.stage,
                 .fingerprint = is_certain ? page.in_hand : 0,
                 .kind = page.kind.data()};
}

void clear_death(PoisonPage& page) {
    const std::optional<Death> death = read_death(page);
    if (death && death->fingerprint == 0) suspect_group(page);
    page.died = 0;
    page.stage = PoisonStage::none;
    page.group_count = 0;
}

void Poison::begin_group() {
    if (page_ == nullptr) return;
    page_->stage = PoisonStage::none;
    page_->group_count = 0;
    settle();
}

void Poison::begin(const Marked& command) {
    if (page_ == nullptr) return;
    if (page_->group_count < page_->group.size()) {
        page_->group[page_->group_count++] = command.fingerprint;
    }
    set_in_hand(command, PoisonStage::deciding);
}

void Poison::begin_checks() {
    if (page_ == nullptr) return;
    page_->stage = PoisonStage::checking;
    settle();
}

void Poison::end_group() {
    if (page_ == nullptr) return;
    page_->stage = PoisonStage::none;
    if (page_->group_count == 1) acquit(page_->group[0]);
    settle();
}

void Poison::begin_answer(const Marked& command) {
    if (page_ == nullptr || command.fingerprint == 0) return;
    set_in_hand(command, PoisonStage::answering);
}

void Poison::end_answers() {
    if (page_ == nullptr) return;
    page_->stage = PoisonStage::none;
    settle();
}

bool Poison::is_suspect(std::uint64_t fingerprint) const {
    if (page_ == nullptr || page_->suspects_count == 0) return false;
    const auto suspects = suspects_of(*page_);
    return std::ranges::find(suspects, fingerprint) != suspects.end();
}

void Poison::set_in_hand(const Marked& command, PoisonStage stage) {
    page_->in_hand = command.fingerprint;
    page_->kind = {};
    std::memcpy(page_->kind.data(), command.kind.data(), command.kind.size());
    page_->stage = stage;
    settle();
}

void Poison::acquit(std::uint64_t fingerprint) {
    const auto suspects = std::span(page_->suspects).first(page_->suspects_count);
    const auto found = std::ranges::find(suspects, fingerprint);
    if (found == suspects.end()) return;
    *found = suspects.back();
    --page_->suspects_count;
}

}  // namespace carecard::sequencer
