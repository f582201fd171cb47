// How much memory the process keeps for itself. A generator shares its machine, and a run lasts for hours.

import CLinux

public enum ProcessMemory {
    /// Before there are other threads: one heap for all of them, and what is large goes back to the kernel when it is freed. Workers
    /// allocate nothing while they measure, so they do not wait for each other.
    public static func keepSmall() { clinux_keep_memory_small() }

    /// Gives back what was freed.
    public static func giveBack() { clinux_return_memory() }
}
