#include "services/journal/master_key.h"

#include <optional>
#include <utility>

#include "common/secret_text.h"

namespace carecard::journal {

Result<Secret> read_master_key(FileSystem& files, const NamedPath& file) {
    const Result<Secret> text = files.read_secret(file);
    if (!text) return text.fault();
    std::optional<Secret> key =
        secret_from_hex({reinterpret_cast<const char*>(text->bytes().data()), text->size()});
    if (!key) {
        return Fault{.kind = FaultKind::malformed,
                     .field = file.field,
                     .detail = "does not hold 64 hexadecimal digits",
                     .remedy = "make one with carecard-certificates, or restore the right file"};
    }
    return *std::move(key);
}

}  // namespace carecard::journal
