#pragma once

#include <string>
#include <utility>
#include <variant>

#include "common/check.h"

namespace carecard {

/// What the caller can do about a fault. One entry for each *action*, not for each cause; the
/// cause goes into `Fault::detail`, for people.
enum class FaultKind : unsigned char {
    malformed,    ///< The input can never succeed. Correct the named field.
    denied,       ///< The caller's certificate lacks the right. Ask for it; do not repeat.
    not_found,    ///< What the field names does not exist, or is not the caller's to see.
    conflict,     ///< The request contradicts what is already recorded. Read, then decide.
    overloaded,   ///< A bounded queue or table is full: not decided. Repeat with the same key.
    unavailable,  ///< The outcome is unknown. Repeat with the same request key.
    fenced,       ///< Another process owns the journal. Stop this one.
    corrupt,      ///< Stored bytes fail their checksum. Stop, and call an operator.
    quarantined,  ///< Deciding it ended the service once. Do not repeat; call an operator.
};

/// An operating error: expected, handled, never a programmer's mistake.
///
/// No member ever holds a card number, a PIN block, a key or a person's name.
struct [[nodiscard]] Fault {
    FaultKind kind;
    std::string field;   ///< The proto or configuration field at fault; empty when none is.
    std::string detail;  ///< What is wrong with it, for people.
    std::string remedy;  ///< What to do next, as an imperative.
};

/// A value, or the fault that prevented it. The only error channel between modules.
///
///     const Result<Message> message = parse(bytes);
///     if (!message) return message.fault();
///     use(*message);
///
/// There is no chaining: a reader sees every exit. Ignoring a result does not compile. Reading
/// the wrong side is a bug, and aborts.
template <class T>
class [[nodiscard]] Result {
   public:
    Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
    Result(Fault fault) : state_(std::move(fault)) {}  // NOLINT(google-explicit-constructor)

    explicit operator bool() const { return std::holds_alternative<T>(state_); }

    const T& operator*() const& {
        CHECK(*this);
        return *std::get_if<T>(&state_);
    }
    T& operator*() & {
        CHECK(*this);
        return *std::get_if<T>(&state_);
    }
    T&& operator*() && {
        CHECK(*this);
        return std::move(*std::get_if<T>(&state_));
    }
    const T* operator->() const { return &**this; }
    T* operator->() { return &**this; }

    const Fault& fault() const {
        CHECK(!*this);
        return *std::get_if<Fault>(&state_);
    }

   private:
    std::variant<T, Fault> state_;
};

/// For operations that give back nothing but success: `Result<Done>`, `return Done{};`.
struct Done {};

}  // namespace carecard
