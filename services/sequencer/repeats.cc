#include "services/sequencer/repeats.h"

#include <string>
#include <type_traits>
#include <vector>

#include "rules/apply.h"
#include "services/journal/codec.h"
#include "services/journal/record.h"

namespace carecard::sequencer {
namespace {

Fault not_there(Sequence sequence) {
    return {
        .kind = FaultKind::corrupt,
        .field = "record",
        .detail = "the event at sequence " + std::to_string(sequence.value) + " cannot be found",
        .remedy = "stop, keep the files, and call an operator"};
}

/// The command as it was recorded, made comparable with `command`.
template <class C>
const C* embedded(const rules::Event& event) {
    return std::visit(
        [](const auto& fact) -> const C* {
            if constexpr (requires { fact.request; }) {
                if constexpr (std::is_same_v<std::remove_cvref_t<decltype(fact.request)>, C>) {
                    return &fact.request;
                }
            }
            return nullptr;
        },
        event);
}

template <class C>
C with_key_of(C command, const C& recorded) {
    if constexpr (requires { command.vault_key; }) command.vault_key = recorded.vault_key;
    if constexpr (requires { command.seen; }) command.seen = recorded.seen;
    return command;
}

template <class C>
C content_only(C command) {
    if constexpr (requires { command.request; }) command.request = {};
    if constexpr (requires { command.requested_by; }) command.requested_by = {};
    rules::visit_free_text(command, [](auto& text) { text = {}; });
    return command;
}

}  // namespace

Result<Done> Recall::find_record(Sequence sequence) {
    if (record_ && record_->header().first <= sequence && sequence <= record_->header().last()) {
        return Done{};
    }
    record_.reset();
    journal::Record record;
    const Result<journal::ReadOutcome> read = store_.read({sequence.value - 1}, buffer_, record);
    if (!read) return read.fault();
    if (*read == journal::ReadOutcome::end) return not_there(sequence);
    const Result<journal::RecordView> view = journal::parse_record(record.bytes);
    if (!view) return view.fault();
    record_ = *view;
    return Done{};
}

Result<Recorded> Recall::read_clear(Sequence sequence) {
    const Result<Done> found = find_record(sequence);
    if (!found) return found.fault();
    for (const journal::EventView event : record_->events()) {
        if (event.sequence != sequence) continue;
        Result<journal::DecodedEvent> decoded = journal::decode_clear(event.clear);
        if (!decoded) return decoded.fault();
        sealed_ = event.sealed;
        return Recorded{.event = std::move(decoded->event), .stamp = decoded->stamp};
    }
    return not_there(sequence);
}

Result<Done> Recall::open_texts(Recorded& recorded, const Secret* key) {
    if (key == nullptr || sealed_.empty()) return Done{};
    const AccountId account = rules::account_of(recorded.event);
    const Result<std::vector<journal::OpenedText>> opened =
        sealer_.open(*key, account, recorded.stamp.sequence, sealed_);
    if (!opened) return opened.fault();
    std::vector<std::string> texts;
    for (const journal::OpenedText& text : *opened) texts.push_back(text.text);
    return journal::set_texts(recorded.event, texts);
}

Result<Recorded> Recall::read(Sequence sequence, const Secret* key) {
    Result<Recorded> recorded = read_clear(sequence);
    if (!recorded) return recorded.fault();
    const Result<Done> opened = open_texts(*recorded, key);
    if (!opened) return opened.fault();
    return recorded;
}

Result<Recorded> Recall::read(Sequence sequence, const AccountKeys& keys) {
    Result<Recorded> recorded = read_clear(sequence);
    if (!recorded) return recorded.fault();
    const Result<Done> opened =
        open_texts(*recorded, keys.find(rules::account_of(recorded->event)));
    if (!opened) return opened.fault();
    return recorded;
}

Likeness compare_by_key(const rules::Command& command, const rules::Event& event) {
    return std::visit(
        [&event]<class C>(const C& sent) {
            const C* recorded = embedded<C>(event);
            if constexpr (requires { sent.request; }) {
                if (recorded != nullptr && recorded->request != sent.request) {
                    return Likeness::other_key;
                }
            }
            if (recorded == nullptr) return Likeness::differs;
            return with_key_of(sent, *recorded) == *recorded ? Likeness::same : Likeness::differs;
        },
        command);
}

Likeness compare_by_content(const rules::Command& command, const rules::Event& event) {
    return std::visit(
        [&event]<class C>(const C& sent) {
            const C* recorded = embedded<C>(event);
            if (recorded == nullptr) return Likeness::differs;
            return content_only(sent) == content_only(*recorded) ? Likeness::same
                                                                 : Likeness::differs;
        },
        command);
}

}  // namespace carecard::sequencer
