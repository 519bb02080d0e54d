#include "services/journal/codec.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <variant>

#include "common/check.h"
#include "common/newer_version.h"
#include "services/journal/values.h"

namespace carecard::journal {
namespace {

constexpr std::size_t kind_count = std::variant_size_v<rules::EventKinds>;

constexpr std::array<std::string_view, kind_count> kind_names{"AuthorisationDecided",
                                                              "Reversed",
                                                              "Presented",
                                                              "ProgrammeCreated",
                                                              "AccountOpened",
                                                              "PurseOpened",
                                                              "CardIssued",
                                                              "Loaded",
                                                              "AgreementSet",
                                                              "CardStatusSet",
                                                              "AccountStatusSet",
                                                              "HoldExpired",
                                                              "BusinessDayEnded",
                                                              "SettlementClosed",
                                                              "OffsetTableSet",
                                                              "ClockAdvanced",
                                                              "ClockAccepted",
                                                              "ReversalKept",
                                                              "Restored",
                                                              "HoldIncreased",
                                                              "Advised",
                                                              "StageReleased",
                                                              "ProviderSet",
                                                              "CardReplaced",
                                                              "CardRulesSet",
                                                              "PurseClosed",
                                                              "PurseEnded",
                                                              "ResolutionProposed",
                                                              "ResolutionDecided",
                                                              "ExposureRecovered",
                                                              "EarmarkSet",
                                                              "EarmarkWithdrawn",
                                                              "EarmarkPaid",
                                                              "DisputeOpened",
                                                              "DisputeClosed"};
static_assert(std::ranges::none_of(kind_names, &std::string_view::empty));

/// Kind and version, the stamp, and the number of commitments.
template <class Kind>
constexpr std::size_t clear_bytes_max =
    2 + bytes_max<Epoch>() + bytes_max<Sequence>() + bytes_max<TimestampNs>() + bytes_max<Kind>() +
    1 + free_text_count<Kind>() * sizeof(Hash32);

template <class Kind>
consteval bool keeps_to_limits() {
    constexpr std::size_t texts = free_text_count<Kind>();
    // Only the command's texts are visited, so there must be no others.
    static_assert(texts == free_text_count<decltype(Kind::request)>());
    return texts <= commitments_per_event_max &&
           clear_bytes_max<Kind> + texts * sealed_text_bytes_max <= event_bytes_max;
}

template <std::size_t... index>
consteval bool all_keep_to_limits(std::index_sequence<index...>) {
    return (keeps_to_limits<std::variant_alternative_t<index, rules::EventKinds>>() && ...);
}
static_assert(all_keep_to_limits(std::make_index_sequence<kind_count>{}));

Fault corrupt_event(std::string detail) {
    return {FaultKind::corrupt, "event", std::move(detail),
            "Stop, keep the journal as it is, and restore it from a copy."};
}

/// A kind that is not known yet: its version says nothing about it.
Fault newer_kind(std::uint8_t kind) {
    Fault fault = newer_version("event", {.name = "the event", .known = event_version}, 0);
    fault.detail = fmt::format("the event is of kind {}, and this program knows kinds up to {}",
                               kind, kind_count);
    return fault;
}

void write_commitments(Writer& writer, std::span<const Hash32> commitments) {
    writer.byte(static_cast<std::uint8_t>(commitments.size()));
    for (const Hash32& commitment : commitments) write(writer, commitment);
}

bool read_commitments(Reader& reader, std::size_t expected, Commitments& commitments) {
    std::uint8_t count = 0;
    if (!reader.byte(count)) return false;
    if (count != expected) return reader.fail("its kind has another number of commitments");
    for (std::size_t index = 0; index < expected; ++index) {
        Hash32 commitment{};
        if (!read(reader, commitment)) return false;
        commitments.push_back(commitment);
    }
    return reader.left() == 0 || reader.fail("bytes follow its end");
}

bool read_stamp(Reader& reader, rules::Stamp& stamp) {
    return read(reader, stamp.epoch) && read(reader, stamp.sequence) && read(reader, stamp.now_ns);
}

template <std::size_t index>
bool read_kind(Reader& reader, DecodedEvent& decoded) {
    using Kind = std::variant_alternative_t<index, rules::EventKinds>;
    return read_stamp(reader, decoded.stamp) && read(reader, decoded.event.emplace<index>()) &&
           read_commitments(reader, free_text_count<Kind>(), decoded.commitments);
}

using ReadKind = bool (*)(Reader&, DecodedEvent&);

template <std::size_t... index>
constexpr std::array<ReadKind, kind_count> readers_of(std::index_sequence<index...>) {
    return {&read_kind<index>...};
}
constexpr std::array<ReadKind, kind_count> readers =
    readers_of(std::make_index_sequence<kind_count>{});

}  // namespace

void encode_clear(const rules::Event& event, const rules::Stamp& stamp,
                  std::span<const Hash32> commitments, std::vector<std::byte>& out) {
    std::visit(
        [&]<class Kind>(const Kind& fact) {
            CHECK(commitments.size() == free_text_count<Kind>());
            const std::size_t before = out.size();
            out.resize(before + clear_bytes_max<Kind>);
            Writer writer(out.data() + before);
            writer.byte(static_cast<std::uint8_t>(event.index() + 1));
            writer.byte(event_version);
            write(writer, stamp.epoch);
            write(writer, stamp.sequence);
            write(writer, stamp.now_ns);
            write(writer, fact);
            write_commitments(writer, commitments);
            const auto size = static_cast<std::size_t>(writer.at() - out.data());
            CHECK(size <= out.size());
            out.resize(size);
        },
        event);
}

Result<DecodedEvent> decode_clear(std::span<const std::byte> clear) {
    Reader reader(clear);
    std::uint8_t kind = 0;
    std::uint8_t version = 0;
    if (!reader.byte(kind) || !reader.byte(version)) {
        return corrupt_event("the event is shorter than its kind and version");
    }
    if (version == 0) return corrupt_event("the event has version 0, which never was");
    if (version > event_version) {
        return newer_version("event", {.name = "the event", .known = event_version}, version);
    }
    if (kind == 0) return corrupt_event("the event has kind 0, which never was");
    if (kind > kind_count) return newer_kind(kind);
    reader.set_version(version);
    DecodedEvent decoded{.version = version};
    if (!readers[kind - std::size_t{1}](reader, decoded)) {
        return corrupt_event(fmt::format("{} does not parse at byte {} of {}: {}",
                                         kind_names[kind - std::size_t{1}], reader.position(),
                                         clear.size(), reader.problem()));
    }
    return decoded;
}

PersonalTexts texts_of(const rules::Event& event) {
    PersonalTexts texts;
    std::visit(
        [&](const auto& fact) {
            rules::visit_free_text(fact.request,
                                   [&](const auto& text) { texts.push_back(text.view()); });
        },
        event);
    return texts;
}

Result<Done> set_texts(rules::Event& event, std::span<const std::string> texts) {
    const std::size_t expected = texts_of(event).size();
    if (texts.size() != expected) {
        return corrupt_event(fmt::format("{} has {} personal texts, not {}", kind_name(event),
                                         expected, texts.size()));
    }
    bool all_fit = true;
    const auto for_each_text = [&](auto&& use) {
        std::visit(
            [&](auto& fact) {
                std::size_t index = 0;
                rules::visit_free_text(fact.request,
                                       [&](auto& text) { use(text, texts[index++]); });
            },
            event);
    };
    for_each_text([&]<class Text>(const Text&, std::string_view opened) {
        all_fit = all_fit && opened.size() <= Text::capacity;
    });
    if (!all_fit) {
        return corrupt_event(
            fmt::format("a personal text of {} is longer than its field", kind_name(event)));
    }
    for_each_text([]<class Text>(Text& text, std::string_view opened) { text = Text::of(opened); });
    return Done{};
}

std::string_view kind_name(const rules::Event& event) { return kind_names[event.index()]; }

}  // namespace carecard::journal
