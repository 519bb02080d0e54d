#include "services/fsck/flaw.h"

#include <utility>

namespace carecard::fsck {

Fault not_as_journaled(std::string detail) {
    return {.kind = FaultKind::corrupt,
            .field = "projections",
            .detail = std::move(detail),
            .remedy =
                "Stop the service, delete the directory \"projections\" under its data "
                "directory, and start it again: it is a cache, and is made anew from the "
                "journal. No money or record is lost by that."};
}

}  // namespace carecard::fsck
