package dev.moa.async.work;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The offsets of one partition that were read and are not safe yet. Tasks become safe in any order; what may
 * be committed is the oldest that is not.
 *
 * @param <T> what stands at an offset
 */
final class OffsetWindow<T> {
    private final TreeMap<Long, T> unsafe = new TreeMap<>();
    private long next;

    /** @param next the first offset that will be read */
    OffsetWindow(long next) {
        this.next = next;
    }

    /** Notes that {@code offset} was read and is not safe yet. */
    void add(long offset, T what) {
        unsafe.put(offset, what);
        skip(offset);
    }

    /** Notes that {@code offset} was read and needs nothing. */
    void skip(long offset) {
        next = Math.max(next, offset + 1);
    }

    /** Notes that what stands at {@code offset} is safe. */
    void settle(long offset) {
        unsafe.remove(offset);
    }

    /** Returns the offset up to which, exclusive, everything is safe. */
    long committable() {
        return unsafe.isEmpty() ? next : unsafe.firstKey();
    }

    /** Returns the first offset that was not read yet. */
    long next() {
        return next;
    }

    /** Returns how far reading is ahead of what may be committed. */
    long span() {
        return next - committable();
    }

    int unsafeCount() {
        return unsafe.size();
    }

    /** Returns what is not safe, oldest first. */
    List<T> oldest(int limit) {
        List<T> oldest = new ArrayList<>(Math.min(limit, unsafe.size()));
        for (T what : unsafe.values()) {
            if (oldest.size() == limit) {
                break;
            }
            oldest.add(what);
        }
        return oldest;
    }
}
