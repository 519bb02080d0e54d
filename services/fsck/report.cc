#include "services/fsck/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/sha256.h"

namespace carecard::fsck {
namespace {

using Json = nlohmann::ordered_json;

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

}  // namespace

std::string to_text(const Report& report) {
    if (report.damage) {
        return fmt::format("not sound from sequence {}: {}", report.first_unsound().value,
                           sentence(*report.damage));
    }
    if (report.records == 0) return "sound: 0 records, 0 events; nothing was ever recorded";
    return fmt::format("sound: {} records, {} events, head {}-{} (chain {})", report.records,
                       report.events, report.head.epoch.value, report.head.sequence.value,
                       to_hex(report.head.chain));
}

std::string to_json(const Report& report) {
    Json object;
    object["sound"] = report.sound();
    object["records"] = report.records;
    object["events"] = report.events;
    object["epoch"] = report.head.epoch.value;
    object["sequence"] = report.head.sequence.value;
    object["chain"] = to_hex(report.head.chain);
    if (report.damage) {
        object["first_unsound"] = report.first_unsound().value;
        add(*report.damage, object);
    }
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
