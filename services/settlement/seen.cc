#include "services/settlement/seen.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "services/settlement/book_format.h"

namespace carecard::settlement {
namespace {

constexpr std::size_t number_digits_min = 6;

Fault broken_row() {
    return {FaultKind::corrupt, "settlement", "a row of the settlement's book cannot be read",
            "Give the numbers of the last batches with --batches-known instead."};
}

/// The number that a batch's directory is named after; nothing for one that is not finished.
std::optional<std::uint32_t> number_of(std::string_view name) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool whole = error == std::errc{} && end == name.data() + name.size();
    if (!whole || name.size() < number_digits_min || number == 0) return std::nullopt;
    return number;
}

void take(std::map<std::string, std::uint32_t>& batches, const std::string& code,
          std::uint32_t number) {
    batches[code] = std::max(batches[code], number);
}

Result<Done> read_book(const Book& book, Seen& seen) {
    const std::string key = cursor_key();
    const Result<Done> cursor =
        book.scan({.from = key, .to = key + '\0'},
                  [&](std::string_view, std::string_view value) -> Result<Done> {
                      const std::optional<Cursor> row = decode_cursor(value);
                      if (!row) return broken_row();
                      seen.head = row->head;
                      return Done{};
                  });
    if (!cursor) return cursor.fault();
    const auto take_batch = [&](const std::optional<ClosedBatch>& row) -> Result<Done> {
        if (!row) return broken_row();
        take(seen.batches, row->manifest.programme, row->manifest.number);
        seen.head.epoch = std::max(seen.head.epoch, row->manifest.epoch);
        return Done{};
    };
    const Result<Done> closed = book.scan(
        all_batches(),
        [&](std::string_view, std::string_view value) { return take_batch(decode_batch(value)); });
    if (!closed) return closed.fault();
    return book.scan(all_kept(), [&](std::string_view, std::string_view value) {
        return take_batch(decode_kept(value));
    });
}

Result<Done> read_shelf(const journal::NamedPath& root, journal::FileSystem& files, Seen& seen) {
    const auto programmes = files.list(root);
    if (!programmes) {
        if (programmes.fault().kind == FaultKind::not_found) return Done{};
        return programmes.fault();
    }
    for (const std::string& code : *programmes) {
        const auto names = files.list({.field = root.field, .path = root.path + "/" + code});
        if (!names) return names.fault();
        for (const std::string& name : *names) {
            if (const auto number = number_of(name)) take(seen.batches, code, *number);
        }
    }
    return Done{};
}

}  // namespace

Result<Seen> look_back(const Book& book, const journal::NamedPath& batches,
                       journal::FileSystem& files) {
    Seen seen;
    const Result<Done> booked = read_book(book, seen);
    if (!booked) return booked.fault();
    const Result<Done> shelved = read_shelf(batches, files, seen);
    if (!shelved) return shelved.fault();
    return seen;
}

}  // namespace carecard::settlement
