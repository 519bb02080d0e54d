#pragma once

#include <memory>
#include <memory_resource>

namespace carecard {

/// Where maps of one owner have their nodes from. A node that is freed is used again, so that
/// adding and removing allocate nothing once a map has had its size. For one thread.
///
/// Maps point to their owner's pool: a moved-to owner shares the pool of what it was made of, and
/// an owner that is assigned to, or copied, keeps one of its own.
class NodePool {
   public:
    NodePool() = default;
    NodePool(const NodePool&) {}
    // NOLINTNEXTLINE(performance-move-constructor-init): the moved-from owner keeps its pool too.
    NodePool(NodePool&& other) noexcept : resource_(other.resource_) {}
    // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): nothing is assigned.
    NodePool& operator=(const NodePool&) { return *this; }
    NodePool& operator=(NodePool&&) noexcept { return *this; }
    ~NodePool() = default;

    [[nodiscard]] std::pmr::memory_resource* get() const { return resource_.get(); }

   private:
    std::shared_ptr<std::pmr::memory_resource> resource_ =
        std::make_shared<std::pmr::unsynchronized_pool_resource>();
};

}  // namespace carecard
