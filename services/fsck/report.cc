#include "services/fsck/report.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "common/sha256.h"
#include "services/sequencer/progress.h"

namespace carecard::fsck {
namespace {

using Json = nlohmann::ordered_json;
using Checked = Report::Checked;

struct Part {
    const char* name;
    const std::optional<Flaw>& flaw;
};

/// The worst first.
std::array<Part, 3> parts_of(const Report& report) {
    return {{{.name = "journal", .flaw = report.journal},
             {.name = "batches", .flaw = report.batch},
             {.name = "projections", .flaw = report.cache}}};
}

std::string dump(const Json& object) {
    // A path or a message of the operating system may be in any encoding.
    return object.dump(2, ' ', false, Json::error_handler_t::replace);
}

void add(const Fault& fault, Json& object) {
    object["field"] = fault.field;
    object["detail"] = fault.detail;
    object["remedy"] = fault.remedy;
}

std::string sentence(const Fault& fault) {
    return fmt::format("{}: {}\nTo do: {}", fault.field, fault.detail, fault.remedy);
}

Json json_of(const Part& part) {
    Json object;
    object["first_unsound"] = part.flaw->sequence.value;
    object["part"] = part.name;
    add(part.flaw->fault, object);
    return object;
}

const char* name_of(Checked checked) {
    switch (checked) {
        case Checked::absent:
            return "none";
        case Checked::other_version:
            return "other_version";
        case Checked::checked:
            return "yes";
    }
    return "";
}

std::string projections_line(const Report& report) {
    switch (report.projections) {
        case Checked::absent:
            return "projections: none to check";
        case Checked::other_version:
            return fmt::format(
                "projections: not checked, another release made them (this one "
                "knows version {}); the service makes them anew",
                sequencer::projections_version);
        case Checked::checked:
            return fmt::format(
                "projections: {} rows and {} images agree, up to sequence {}{}", report.rows,
                report.images, report.projected.value,
                report.fingerprints_checked ? "" : "; request keys by place only (--master-key)");
    }
    return {};
}

std::string batches_line(const Report& report) {
    if (report.batches != Checked::checked) return "batches: not looked at (--batches)";
    return fmt::format("batches: {} agree to the byte; signatures {}", report.batches_agreed,
                       report.signatures_checked ? "are right" : "not looked at (--ca, --signer)");
}

std::string what_is_sound(const Report& report) {
    std::string text = fmt::format("sound: {} records, {} events, head {}-{} (chain {})\n",
                                   report.records, report.events, report.head.epoch.value,
                                   report.head.sequence.value, to_hex(report.head.chain));
    text += fmt::format("counted again: {} programmes, {} accounts, {} open authorisations\n",
                        report.programmes, report.accounts, report.authorisations_open);
    return text + projections_line(report) + "\n" + batches_line(report);
}

}  // namespace

std::string to_text(const Report& report) {
    if (report.sound() && report.records == 0) {
        return "sound: 0 records, 0 events; nothing was ever recorded";
    }
    if (report.sound()) return what_is_sound(report);
    std::string text;
    for (const Part& part : parts_of(report)) {
        if (!part.flaw) continue;
        if (!text.empty()) text += "\nalso ";
        text += fmt::format("not sound from sequence {}: {}", part.flaw->sequence.value,
                            sentence(part.flaw->fault));
    }
    return text;
}

std::string to_json(const Report& report) {
    Json object;
    object["sound"] = report.sound();
    object["records"] = report.records;
    object["events"] = report.events;
    object["epoch"] = report.head.epoch.value;
    object["sequence"] = report.head.sequence.value;
    object["chain"] = to_hex(report.head.chain);
    object["programmes"] = report.programmes;
    object["accounts"] = report.accounts;
    object["authorisations_open"] = report.authorisations_open;
    object["projections"] = {{"checked", name_of(report.projections)},
                             {"rows", report.rows},
                             {"images", report.images},
                             {"sequence", report.projected.value},
                             {"fingerprints_checked", report.fingerprints_checked}};
    object["batches"] = {{"checked", name_of(report.batches)},
                         {"agreed", report.batches_agreed},
                         {"signatures_checked", report.signatures_checked}};
    if (report.sound()) return dump(object);
    Json flaws = Json::array();
    for (const Part& part : parts_of(report)) {
        if (part.flaw) flaws.push_back(json_of(part));
    }
    object.update(flaws.front());
    object["flaws"] = std::move(flaws);
    return dump(object);
}

std::string to_text(const Fault& fault) {
    return fmt::format("cannot be read: {}", sentence(fault));
}

std::string to_json(const Fault& fault) {
    Json object;
    object["sound"] = false;
    add(fault, object);
    return dump(object);
}

}  // namespace carecard::fsck
