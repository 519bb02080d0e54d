#pragma once

// The stored form of images, from which a start-up begins instead of from the first event.
//
//     offsets       := set varint | zone text | table          the event that set them
//     agreement     := rules
//     programme     := member* | list of ended days | list of batches | list of providers
//     account       := member* | list of purses | list of cards | list of open authorisations
//                    | list of kept reversals | list of rules of cards
//                    | list of open proposals | list of earmarks | list of their uses
//                    | list of open disputes
//     authorisation := members
//     list          := count varint | item*
//
// Members, and what they are made of, stand as in events (codec.h); which and in what order is in
// image_fields.h. Personal texts are in no image.

#include <cstddef>
#include <span>
#include <vector>

#include "common/result.h"
#include "rules/restore.h"

namespace carecard::journal {

/// The table of offsets, and the event that set it.
struct OffsetsImage {
    Sequence set;
    InlineText<32> zone;
    rules::OffsetTable table;
    friend bool operator==(const OffsetsImage&, const OffsetsImage&) = default;
};

/// Each appends the stored form to `out`.
void encode_image(const OffsetsImage& image, std::vector<std::byte>& out);
void encode_image(const rules::SpendingRules& rules, std::vector<std::byte>& out);
void encode_image(const rules::Programme& programme, std::vector<std::byte>& out);
void encode_image(const rules::State& state, const rules::Account& account,
                  std::vector<std::byte>& out);
void encode_image(const rules::Authorisation& authorisation, std::vector<std::byte>& out);

/// Reads a stored form back; `Image` is one of the five below. Safe on any bytes.
/// @return the image; `corrupt` on field `image` when the bytes are not one, a byte too few or too
///         many included.
template <class Image>
[[nodiscard]] Result<Image> decode_image(std::span<const std::byte> bytes);

extern template Result<OffsetsImage> decode_image(std::span<const std::byte>);
extern template Result<rules::SpendingRules> decode_image(std::span<const std::byte>);
extern template Result<rules::Programme> decode_image(std::span<const std::byte>);
extern template Result<rules::AccountImage> decode_image(std::span<const std::byte>);
extern template Result<rules::Authorisation> decode_image(std::span<const std::byte>);

}  // namespace carecard::journal
