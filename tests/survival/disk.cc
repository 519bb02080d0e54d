#include "tests/survival/disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <utility>

#include "common/check.h"

namespace carecard::survival {
namespace {

bool needs_room(Operation operation) {
    return operation == Operation::create || operation == Operation::append ||
           operation == Operation::rename || operation == Operation::make_directory;
}

bool is_below(std::string_view path, const std::string& directory) {
    return !directory.empty() && path.starts_with(directory);
}

std::shared_ptr<Node> copy_of(const Node& node) {
    auto copy = std::make_shared<Node>();
    copy->made_as = node.made_as;
    copy->is_directory = node.is_directory;
    copy->bytes = node.bytes;
    copy->synced = copy->bytes.size();
    for (const auto& [name, child] : node.entries) copy->entries[name] = copy_of(*child);
    copy->durable = copy->entries;
    return copy;
}

void list_files(const Node& directory, const std::string& path, std::vector<std::string>& out) {
    for (const auto& [name, child] : directory.entries) {
        if (child->is_directory) {
            list_files(*child, path + "/" + name, out);
        } else {
            out.push_back(path + "/" + name);
        }
    }
}

}  // namespace

std::string_view name_of(Operation operation) {
    switch (operation) {
        case Operation::open:
            return "open";
        case Operation::create:
            return "create";
        case Operation::append:
            return "append";
        case Operation::read:
            return "read";
        case Operation::sync:
            return "sync";
        case Operation::sync_directory:
            return "sync of directory";
        case Operation::rename:
            return "rename";
        case Operation::remove:
            return "remove";
        case Operation::make_directory:
            return "make directory";
        case Operation::look:
            return "look";
        case Operation::list:
            return "list";
        case Operation::store:
            return "call of the journal";
        case Operation::reply:
            return "reply";
    }
    return "unknown";
}

std::string_view name_of(Trouble trouble) {
    switch (trouble) {
        case Trouble::io_error:
            return "EIO";
        case Trouble::no_space:
            return "ENOSPC";
        case Trouble::short_write:
            return "short write";
        case Trouble::flipped_bit:
            return "flipped bit";
    }
    return "unknown";
}

bool can_befall(Trouble trouble, Operation operation) {
    switch (trouble) {
        case Trouble::io_error:
            return operation != Operation::store && operation != Operation::reply;
        case Trouble::no_space:
            return needs_room(operation) || operation == Operation::sync;
        case Trouble::short_write:
            return operation == Operation::append;
        case Trouble::flipped_bit:
            return operation == Operation::append || operation == Operation::read;
    }
    return false;
}

Disk::Disk(std::uint64_t seed) : random_(seed), root_(std::make_shared<Node>()) {
    root_->is_directory = true;
}

// --- The calls -------------------------------------------------------------------------------

Disk::Fate Disk::begin(Operation operation, std::string_view path) {
    if (stopped_) return Fate::refused;
    if (unwatched_ > 0) return Fate::works;
    const std::uint64_t call = operations_.size();
    operations_.push_back(operation);
    if (cut_at_ && call == *cut_at_) {
        cut_at_.reset();
        stopped_ = true;
        return Fate::cut;
    }
    if (trouble_at_ && call >= *trouble_at_ && can_befall(trouble_, operation)) {
        met_ = Met{.operation = operation,
                   .path = std::string(path),
                   .text = fmt::format("{} at call {}, {} of {}", name_of(trouble_), call,
                                       name_of(operation), path)};
        trouble_at_.reset();
        full_ = trouble_ == Trouble::no_space;
        return Fate::troubled;
    }
    return full_ && needs_room(operation) ? Fate::troubled : Fate::works;
}

int Disk::refusal(Fate fate) {
    return fate == Fate::troubled && trouble_ == Trouble::no_space ? ENOSPC : EIO;
}

bool Disk::passes(Operation operation) {
    const std::lock_guard lock(mutex_);
    return begin(operation, {}) == Fate::works;
}

int Disk::open(std::string_view path, File& file) {
    const std::lock_guard lock(mutex_);
    const Fate fate = begin(Operation::open, path);
    if (fate != Fate::works) return refusal(fate);
    file = find(path);
    return file == nullptr ? ENOENT : 0;
}

int Disk::create(std::string_view path, File& file) {
    const std::lock_guard lock(mutex_);
    std::string name;
    const File parent = parent_of(path, name);
    if (parent == nullptr) return ENOENT;
    const auto present = parent->entries.find(name);
    if (present == parent->entries.end()) {
        file = std::make_shared<Node>();
        file->made_as = path;
        file->sync_is_ignored = is_below(path, ignored_below_);
        Node::Entries entries = parent->entries;
        entries[name] = file;
        return change(Operation::create, path, parent, std::move(entries));
    }
    const Fate fate = begin(Operation::create, path);
    if (fate != Fate::works) return refusal(fate);
    file = present->second;
    if (!file->before) file->before = file->bytes.substr(0, file->synced);
    file->bytes.clear();
    file->synced = 0;
    file->write_back_failed = false;  // what was lost is of no use to anyone now
    return 0;
}

int Disk::append(const File& file, std::string_view bytes, std::size_t& stored) {
    const std::lock_guard lock(mutex_);
    stored = 0;
    const Fate fate = begin(Operation::append, file->made_as);
    if (fate == Fate::refused) return EIO;
    if (fate == Fate::works) {
        file->bytes += bytes;
        stored = bytes.size();
        return 0;
    }
    if (fate == Fate::troubled && trouble_ == Trouble::flipped_bit) {
        const std::size_t from = file->bytes.size();
        file->bytes += bytes;
        flip_one(file->bytes, from);
        stored = bytes.size();
        return 0;
    }
    const std::size_t part = below(bytes.size());
    file->bytes += bytes.substr(0, part);
    if (fate == Fate::troubled && trouble_ == Trouble::short_write) {
        stored = part;
        return 0;
    }
    return refusal(fate);
}

int Disk::read(const File& file, std::size_t offset, std::size_t count, std::string& out) {
    const std::lock_guard lock(mutex_);
    out.clear();
    const Fate fate = begin(Operation::read, file->made_as);
    const bool flips = fate == Fate::troubled && trouble_ == Trouble::flipped_bit;
    if (fate != Fate::works && !flips) return refusal(fate);
    if (offset < file->bytes.size()) out = file->bytes.substr(offset, count);
    if (flips) flip_one(out, 0);
    return 0;
}

int Disk::sync(const File& file) {
    const std::lock_guard lock(mutex_);
    const Fate fate =
        begin(file->is_directory ? Operation::sync_directory : Operation::sync, file->made_as);
    if (fate != Fate::works) {
        if (fate == Fate::troubled) file->write_back_failed = !file->is_directory;
        return refusal(fate);
    }
    if (file->sync_is_ignored || file->write_back_failed) return 0;
    file->synced = file->bytes.size();
    file->before.reset();
    file->durable = file->entries;
    file->changed.clear();
    return 0;
}

int Disk::rename(std::string_view from, std::string_view to) {
    const std::lock_guard lock(mutex_);
    std::string name;
    std::string new_name;
    const File parent = parent_of(from, name);
    if (parent == nullptr || !parent->entries.contains(name)) return ENOENT;
    CHECK(parent == parent_of(to, new_name));  // nobody moves a file to another directory
    Node::Entries entries = parent->entries;
    auto moved = entries.extract(name);
    entries[new_name] = moved.mapped();
    return change(Operation::rename, to, parent, std::move(entries));
}

int Disk::remove(std::string_view path) {
    const std::lock_guard lock(mutex_);
    std::string name;
    const File parent = parent_of(path, name);
    if (parent == nullptr || !parent->entries.contains(name)) return ENOENT;
    Node::Entries entries = parent->entries;
    entries.erase(name);
    return change(Operation::remove, path, parent, std::move(entries));
}

int Disk::make_directory(std::string_view path) {
    const std::lock_guard lock(mutex_);
    std::string name;
    const File parent = parent_of(path, name);
    if (parent == nullptr) return ENOENT;
    if (parent->entries.contains(name)) return EEXIST;
    auto directory = std::make_shared<Node>();
    directory->made_as = path;
    directory->is_directory = true;
    directory->sync_is_ignored = is_below(path, ignored_below_);
    Node::Entries entries = parent->entries;
    entries[name] = directory;
    return change(Operation::make_directory, path, parent, std::move(entries));
}

/// Gives a directory other names, which are on the disk when it is synced.
int Disk::change(Operation operation, std::string_view path, const File& parent,
                 Node::Entries entries) {
    const Fate fate = begin(operation, path);
    if (fate == Fate::works || (fate == Fate::cut && below(2) == 0)) {
        parent->entries = std::move(entries);
        parent->changed.push_back(parent->entries);
    }
    return fate == Fate::works ? 0 : refusal(fate);
}

int Disk::look(std::string_view path, Seen& seen) {
    const std::lock_guard lock(mutex_);
    const Fate fate = begin(Operation::look, path);
    if (fate != Fate::works) return refusal(fate);
    const File file = find(path);
    if (file == nullptr) return ENOENT;
    seen = {.is_directory = file->is_directory, .bytes = file->bytes.size()};
    return 0;
}

int Disk::look(const File& file, Seen& seen) {
    const std::lock_guard lock(mutex_);
    const Fate fate = begin(Operation::look, file->made_as);
    if (fate != Fate::works) return refusal(fate);
    seen = {.is_directory = file->is_directory, .bytes = file->bytes.size()};
    return 0;
}

int Disk::list(std::string_view path, std::vector<std::string>& names) {
    const std::lock_guard lock(mutex_);
    names.clear();
    const Fate fate = begin(Operation::list, path);
    if (fate != Fate::works) return refusal(fate);
    const File directory = find(path);
    if (directory == nullptr || !directory->is_directory) return ENOENT;
    for (const auto& [name, child] : directory->entries) names.push_back(name);
    return 0;
}

// --- What befalls it -------------------------------------------------------------------------

void Disk::cut_after(std::uint64_t calls) {
    const std::lock_guard lock(mutex_);
    cut_at_ = operations_.size() + calls;
}

void Disk::trouble_after(std::uint64_t calls, Trouble trouble) {
    const std::lock_guard lock(mutex_);
    trouble_at_ = operations_.size() + calls;
    trouble_ = trouble;
    met_.reset();
}

void Disk::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
}

void Disk::go_on() {
    const std::lock_guard lock(mutex_);
    stopped_ = false;
}

void Disk::heal() {
    const std::lock_guard lock(mutex_);
    stopped_ = false;
    full_ = false;
    cut_at_.reset();
    trouble_at_.reset();
}

void Disk::restore_power() {
    {
        const std::lock_guard lock(mutex_);
        settle(*root_);
    }
    heal();
}

void Disk::settle(Node& node) {
    if (!node.is_directory) return settle_file(node);
    // The old names, or those after one of the changes since; the last ones are the newest.
    const std::size_t choice = below(3);
    const std::size_t kept = choice == 0   ? 0
                             : choice == 1 ? node.changed.size()
                                           : below(node.changed.size() + 1);
    damage_.names_dropped += node.changed.size() - kept;
    node.entries = kept == 0 ? node.durable : node.changed[kept - 1];
    node.durable = node.entries;
    node.changed.clear();
    node.write_back_failed = false;
    for (const auto& [name, child] : node.entries) settle(*child);
}

void Disk::settle_file(Node& file) {
    const std::size_t choice = std::min<std::size_t>(below(4), 2);
    if (file.before && choice == 0) {
        file.bytes = *file.before;
    } else {
        const std::size_t unsynced = file.bytes.size() - file.synced;
        const std::size_t kept = choice == 0 ? 0 : choice == 1 ? unsynced : below(unsynced + 1);
        damage_.bytes_dropped += unsynced - kept;
        file.bytes.resize(file.synced + kept);
        if (choice == 2 && kept > 0) tear(file.bytes, file.synced);
    }
    file.before.reset();
    file.synced = file.bytes.size();
    file.write_back_failed = false;
}

/// Writes noise, or the zeros of a block that was never written, over a run of `bytes`.
void Disk::tear(std::string& bytes, std::size_t from) {
    const std::size_t kind = below(3);
    if (kind == 2) return;
    ++damage_.files_torn;
    const std::size_t first = from + below(bytes.size() - from);
    const std::size_t last = std::min(bytes.size(), first + 1 + below(512));
    for (std::size_t at = first; at < last; ++at) {
        bytes[at] = kind == 0 ? static_cast<char>(below(256)) : '\0';
    }
}

void Disk::flip(std::string_view path, std::size_t byte, unsigned bit) {
    const std::lock_guard lock(mutex_);
    std::string& bytes = find(path)->bytes;
    bytes.at(byte) = static_cast<char>(static_cast<unsigned char>(bytes.at(byte)) ^ (1U << bit));
}

void Disk::shorten(std::string_view path, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    const File file = find(path);
    file->bytes.resize(bytes);
    file->synced = bytes;
}

void Disk::flip_one(std::string& bytes, std::size_t from) {
    if (bytes.size() == from) return;
    const std::size_t at = from + below(bytes.size() - from);
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << below(8)));
}

// --- What it has seen ------------------------------------------------------------------------

bool Disk::is_stopped() const {
    const std::lock_guard lock(mutex_);
    return stopped_;
}

std::uint64_t Disk::calls() const {
    const std::lock_guard lock(mutex_);
    return operations_.size();
}

std::vector<Operation> Disk::operations() const {
    const std::lock_guard lock(mutex_);
    return operations_;
}

std::optional<Disk::Met> Disk::met() const {
    const std::lock_guard lock(mutex_);
    return met_;
}

std::vector<std::string> Disk::files() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> paths;
    list_files(*root_, "", paths);
    return paths;
}

std::size_t Disk::size_of(std::string_view path) const {
    const std::lock_guard lock(mutex_);
    return find(path)->bytes.size();
}

std::unique_ptr<Disk> Disk::copy(std::uint64_t seed) const {
    const std::lock_guard lock(mutex_);
    auto disk = std::make_unique<Disk>(seed);
    disk->root_ = copy_of(*root_);
    return disk;
}

Disk::Damage Disk::damage() const {
    const std::lock_guard lock(mutex_);
    return damage_;
}

Disk::Unwatched::Unwatched(Disk& disk) : disk_(disk) {
    const std::lock_guard lock(disk_.mutex_);
    ++disk_.unwatched_;
}

Disk::Unwatched::~Unwatched() {
    const std::lock_guard lock(disk_.mutex_);
    --disk_.unwatched_;
}

std::size_t Disk::below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

Disk::File Disk::find(std::string_view path) const {
    File node = root_;
    while (node != nullptr && !path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string name(path.substr(0, slash));
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
        if (name.empty()) continue;
        const auto child = node->entries.find(name);
        node = child == node->entries.end() ? nullptr : child->second;
    }
    return node;
}

Disk::File Disk::parent_of(std::string_view path, std::string& name) const {
    while (path.ends_with('/')) path.remove_suffix(1);
    const std::size_t slash = path.rfind('/');
    CHECK(slash != std::string_view::npos);
    name = path.substr(slash + 1);
    return find(path.substr(0, slash));
}

}  // namespace carecard::survival
