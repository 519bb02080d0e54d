#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace carecard::settlement {

/// One row to be put or, without a value, removed.
struct Change {
    std::string key;
    std::optional<std::string> value;
};
using Changes = std::vector<Change>;

/// The keys from `from` on, before `to`, in the order of their bytes.
struct KeyRange {
    std::string from;
    std::string to;
};

/// Sees a row; both texts are good during the call only. A fault ends the scan.
using RowVisitor = std::function<Result<Done>(std::string_view key, std::string_view value)>;

/// What the settlement service remembers between two runs: ordered rows of bytes. It can be lost
/// as a whole, for the journal has it all; it must never be half there. One writer; any number of
/// readers beside it.
class Book {
   public:
    virtual ~Book() = default;

    /// Applies all changes, the later over the earlier, or none. After a crash the book holds the
    /// changes of some first part of all calls: the last ones may be missing.
    /// @return done; `unavailable` when whether they are stored is unknown: then stop.
    virtual Result<Done> write(std::span<const Change> changes) = 0;

    /// @return done; `corrupt` when a row cannot be read; the visitor's fault.
    virtual Result<Done> scan(const KeyRange& range, const RowVisitor& visitor) const = 0;
};

}  // namespace carecard::settlement
