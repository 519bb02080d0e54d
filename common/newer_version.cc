#include "common/newer_version.h"

#include <fmt/format.h>

#include <utility>

namespace carecard {

Fault newer_version(std::string field, const StoredFormat& format, std::uint32_t found,
                    std::string_view where) {
    return {
        .kind = FaultKind::conflict,
        .field = std::move(field),
        .detail = fmt::format("{}{}{} is of format version {}, and this program knows versions "
                              "up to {}",
                              format.name, where.empty() ? "" : " ", where, found, format.known),
        .remedy =
            "Use the program of the release that wrote it, or of a later one. Leave the "
            "files as they are: nothing in them has been changed."};
}

}  // namespace carecard
