package dev.moa.monitor.store;

import dev.moa.monitor.minute.MethodKey;
import dev.moa.monitor.minute.Tally;
import java.util.SortedMap;

/**
 * A method's minutes.
 *
 * @param minutes tallies by minutes since 1970; a minute without calls is not there
 */
public record StoredSeries(MethodKey key, SortedMap<Integer, Tally> minutes) {}
