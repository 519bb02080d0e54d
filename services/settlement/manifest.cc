#include "services/settlement/manifest.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "common/check.h"
#include "common/limits.h"
#include "common/newer_version.h"
#include "common/sha256.h"
#include "services/settlement/damage.h"
#include "services/settlement/item.h"
#include "services/settlement/position.h"
#include "services/settlement/text.h"

namespace carecard::settlement {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint32_t first_version = 1;
constexpr std::uint32_t version_with_fork = 2;

std::string_view name_of(ClockKind clock) {
    switch (clock) {
        case ClockKind::system:
            return "system";
        case ClockKind::simulated:
            return "simulated";
    }
    CHECK(false);
}

std::int64_t number_of(TotalMinor total) {
    CHECK(total.value >= std::numeric_limits<std::int64_t>::min());
    CHECK(total.value <= std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(total.value);
}

Json json_of(std::string_view name, const FileDigest& file) {
    return {{"name", name}, {"size", file.size}, {"sha256", to_hex(file.sha256)}};
}

Json json_of(const CountAndSum& total) {
    return {{"count", total.count}, {"minor", number_of(total.sum)}};
}

Json json_of(const BatchTotals& totals) {
    Json json{{"loads", json_of(totals.loads)},
              {"debits", json_of(totals.debits)},
              {"credits", json_of(totals.credits)},
              {"opening_balance_minor", number_of(totals.opening_balance)},
              {"closing_balance_minor", number_of(totals.closing_balance)},
              {"closing_held_minor", number_of(totals.closing_held)},
              {"opening_exposure_minor", number_of(totals.opening_exposure)},
              {"exposure_minor", number_of(totals.exposure)},
              {"recovered_minor", number_of(totals.recovered)},
              {"closing_exposure_minor", number_of(totals.closing_exposure)},
              {"accounts", totals.accounts}};
    if (totals.has_sent_on()) {
        json["returned"] = json_of(totals.returned);
        json["owed"] = json_of(totals.owed);
    }
    if (totals.council_payments.count != 0) {
        json["council_payments"] = json_of(totals.council_payments);
    }
    if (totals.has_resolutions()) {
        json["write_offs"] = json_of(totals.write_offs);
        json["exposure_recoveries"] = json_of(totals.exposure_recoveries);
        json["write_offs_repaid"] = json_of(totals.write_offs_repaid);
        json["resolved_minor"] = number_of(totals.resolved());
    }
    if (totals.has_disputes()) {
        json["provisional_credits"] = json_of(totals.provisional_credits);
        json["provisional_debits"] = json_of(totals.provisional_debits);
        json["disputes_repaid"] = json_of(totals.disputes_repaid);
        json["disputes_paid_back"] = json_of(totals.disputes_paid_back);
        json["disputed_minor"] = number_of(totals.disputed());
    }
    return json;
}

Json json_of(const std::optional<PreviousBatch>& previous) {
    if (!previous) return nullptr;
    return {{"manifest_sha256", to_hex(previous->manifest_sha256)},
            {"signature_sha256", to_hex(previous->signature_sha256)}};
}

Json json_of(const Fork& fork) {
    return {{"restored_to", fork.restored_to.value},
            {"lost_first", fork.lost_first},
            {"lost_last", fork.lost_last}};
}

/// Reads members of one object. A member that is missing or of another type is read as a default
/// value: the comparison with the one form finds it.
class Members {
   public:
    explicit Members(const Json& object) : object_(object) {}

    [[nodiscard]] const Json& at(const char* name) const {
        static const Json nothing;
        if (!object_.is_object()) return nothing;
        const auto found = object_.find(name);
        return found == object_.end() ? nothing : *found;
    }

    template <std::unsigned_integral Number>
    [[nodiscard]] Number number(const char* name) const {
        const Json& value = at(name);
        if (!value.is_number_unsigned()) return 0;
        const auto whole = value.get<std::uint64_t>();
        return whole > std::numeric_limits<Number>::max() ? 0 : static_cast<Number>(whole);
    }

    [[nodiscard]] TotalMinor total(const char* name) const {
        const Json& value = at(name);
        if (value.is_number_unsigned() &&
            value.get<std::uint64_t>() >
                static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return {};
        }
        return value.is_number_integer() ? TotalMinor{value.get<std::int64_t>()} : TotalMinor{};
    }

    [[nodiscard]] std::string text(const char* name) const {
        const Json& value = at(name);
        return value.is_string() ? value.get<std::string>() : std::string();
    }

    [[nodiscard]] Hash32 hash(const char* name) const {
        return hash_from_hex(text(name)).value_or(Hash32{});
    }

    [[nodiscard]] CountAndSum count_and_sum(const char* name) const {
        const Members members(at(name));
        return {.count = members.number<std::uint64_t>("count"), .sum = members.total("minor")};
    }

   private:
    const Json& object_;
};

FileDigest file_from(const Json& files, std::size_t index) {
    if (!files.is_array() || files.size() <= index) return {};
    const Members file(files[index]);
    return {.size = file.number<std::uint64_t>("size"), .sha256 = file.hash("sha256")};
}

BatchTotals totals_from(const Json& json) {
    const Members totals(json);
    return {.loads = totals.count_and_sum("loads"),
            .debits = totals.count_and_sum("debits"),
            .credits = totals.count_and_sum("credits"),
            .returned = totals.count_and_sum("returned"),
            .owed = totals.count_and_sum("owed"),
            .write_offs = totals.count_and_sum("write_offs"),
            .exposure_recoveries = totals.count_and_sum("exposure_recoveries"),
            .write_offs_repaid = totals.count_and_sum("write_offs_repaid"),
            .council_payments = totals.count_and_sum("council_payments"),
            .provisional_credits = totals.count_and_sum("provisional_credits"),
            .provisional_debits = totals.count_and_sum("provisional_debits"),
            .disputes_repaid = totals.count_and_sum("disputes_repaid"),
            .disputes_paid_back = totals.count_and_sum("disputes_paid_back"),
            .opening_balance = totals.total("opening_balance_minor"),
            .closing_balance = totals.total("closing_balance_minor"),
            .closing_held = totals.total("closing_held_minor"),
            .opening_exposure = totals.total("opening_exposure_minor"),
            .exposure = totals.total("exposure_minor"),
            .recovered = totals.total("recovered_minor"),
            .closing_exposure = totals.total("closing_exposure_minor"),
            .accounts = totals.number<std::uint64_t>("accounts")};
}

std::optional<PreviousBatch> previous_from(const Json& json) {
    if (!json.is_object()) return std::nullopt;
    const Members previous(json);
    return PreviousBatch{.manifest_sha256 = previous.hash("manifest_sha256"),
                         .signature_sha256 = previous.hash("signature_sha256")};
}

std::optional<Fork> fork_from(const Json& json) {
    if (!json.is_object()) return std::nullopt;
    const Members fork(json);
    return Fork{.restored_to = {fork.number<std::uint64_t>("restored_to")},
                .lost_first = fork.number<std::uint32_t>("lost_first"),
                .lost_last = fork.number<std::uint32_t>("lost_last")};
}

Manifest manifest_from(const Json& json) {
    const Members top(json);
    Manifest manifest{.epoch = {top.number<std::uint32_t>("epoch")},
                      .programme = top.text("programme"),
                      .council = top.text("council"),
                      .currency = top.text("currency"),
                      .number = top.number<std::uint32_t>("number"),
                      .day = day_from_text(top.text("day")).value_or(DayNumber{}),
                      .first = {top.number<std::uint64_t>("first")},
                      .last = {top.number<std::uint64_t>("last")}};
    if (top.text("clock") == name_of(ClockKind::simulated)) manifest.clock = ClockKind::simulated;
    manifest.positions = file_from(top.at("files"), 0);
    manifest.items = file_from(top.at("files"), 1);
    manifest.totals = totals_from(top.at("totals"));
    manifest.previous = previous_from(top.at("previous"));
    manifest.fork = fork_from(top.at("fork"));
    return manifest;
}

/// The oldest that has what the batch has, so that equal batches have equal bytes for ever.
std::uint32_t version_of(const Manifest& manifest) {
    const BatchTotals& totals = manifest.totals;
    if (totals.has_sent_on() || totals.has_resolutions() || totals.has_disputes() ||
        totals.council_payments.count != 0) {
        return manifest_version;
    }
    return manifest.fork ? version_with_fork : first_version;
}

}  // namespace

CountAndSum& BatchTotals::of(ItemKind kind) {
    switch (kind) {
        case ItemKind::load:
            return loads;
        case ItemKind::debit:
            return debits;
        case ItemKind::credit:
            return credits;
        case ItemKind::returned:
            return returned;
        case ItemKind::owed:
            return owed;
        case ItemKind::write_off:
            return write_offs;
        case ItemKind::exposure_recovery:
            return exposure_recoveries;
        case ItemKind::write_off_repaid:
            return write_offs_repaid;
        case ItemKind::council_payment:
            return council_payments;
        case ItemKind::provisional_credit:
            return provisional_credits;
        case ItemKind::provisional_debit:
            return provisional_debits;
        case ItemKind::dispute_repaid:
            return disputes_repaid;
        case ItemKind::dispute_paid_back:
            return disputes_paid_back;
    }
    CHECK(false);
}

std::uint32_t number_before(const Manifest& manifest) {
    const bool numbers_lost = manifest.fork && manifest.fork->lost_first != 0;
    return (numbers_lost ? manifest.fork->lost_first : manifest.number) - 1;
}

std::string render(const Manifest& manifest) {
    Json json = {
        {"format_version", version_of(manifest)},
        {"epoch", manifest.epoch.value},
        {"programme", manifest.programme},
        {"council", manifest.council},
        {"currency", manifest.currency},
        {"number", manifest.number},
        {"day", day_text(manifest.day)},
        {"first", manifest.first.value},
        {"last", manifest.last.value},
        {"clock", name_of(manifest.clock)},
        {"files", Json::array({json_of(positions_file, manifest.positions),
                               json_of(items_file, manifest.items)})},
        {"totals", json_of(manifest.totals)},
        {"previous", json_of(manifest.previous)},
    };
    if (manifest.fork) json["fork"] = json_of(*manifest.fork);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<Manifest> parse_manifest(std::string_view text) {
    if (text.size() > batch_manifest_bytes_max) {
        return damaged(manifest_file,
                       fmt::format("it has more than {} bytes", batch_manifest_bytes_max));
    }
    constexpr bool may_throw = false;
    const Json json = Json::parse(text, nullptr, may_throw);
    if (!json.is_object()) return damaged(manifest_file, "it is not a JSON object");
    const auto version = Members(json).number<std::uint32_t>("format_version");
    if (version > manifest_version) {
        return newer_version(std::string(manifest_file),
                             {.name = "the batch", .known = manifest_version}, version);
    }
    Manifest manifest = manifest_from(json);
    if (render(manifest) != text) {
        return damaged(manifest_file, "it is not in the one form that a manifest may have");
    }
    return manifest;
}

}  // namespace carecard::settlement
